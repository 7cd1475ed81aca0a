"""AugmentedBatches: pixels as training batches; every batch a pure function of (seed, epoch, number)."""

from typing import Any

import numpy as np

from convolens.augmentation.cpu.buffers import BatchBuffers
from convolens.augmentation.cpu.finishing import augment_batch
from convolens.augmentation.cpu.mix import mix_images
from convolens.augmentation.cpu.value_types import converted, name_of
from convolens.augmentation.draw import mixing
from convolens.augmentation.draw.augmentation import Augmentation
from convolens.augmentation.draw.balance import balanced_order, class_numbers, times_before
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.philox import permutation
from convolens.errors import ArgumentError
from convolens.pixel_rows import PixelRows


class AugmentedBatches:
    """Batches by number, for `Model.fit`.

    Args:
        pixels: uint8 (n, rows, columns, channels).
        labels: (n, ...) what belongs to them.
        batch_size: images a batch; the last may be smaller.
        augmentation: the random changes.
        seed: of order and changes.
        rescale: factor on the bytes.
        shuffle: a new order each epoch.
        classes: how many there are, where the augmentation mixes images: class numbers become rows of so many floats,
            for `categorical_crossentropy` (or `crossentropy`, which tells by the shape). None takes the highest
            number and one.
        threads: at most; None is one a core. The result does not depend on it.
        balance: each class equally often, however rare, see `balanced_order`; an image that comes again in an epoch
            is varied anew.
        dtype: of x: "float32", "bfloat16" (a torch tensor), or "uint8" with `rescale=1`.

    Raises:
        ArgumentError: no images, or another number of labels; labels that cannot be mixed; bytes and a rescale.
        UnknownNameError: another dtype.

    Example:
        >>> batches = AugmentedBatches(np.zeros((5, 2, 2, 3), np.uint8), np.arange(5), 2, Augmentation(), seed=1)
        >>> len(batches), batches[2][0].shape
        (3, (1, 2, 2, 3))
    """

    def __init__(
        self,
        pixels: PixelRows,
        labels: np.ndarray,
        batch_size: int,
        augmentation: Augmentation,
        seed: int,
        rescale: float = 1 / 255,
        shuffle: bool = True,
        classes: int | None = None,
        threads: int | None = None,
        balance: bool = False,
        dtype: Any = "float32",
    ) -> None:
        if len(pixels) == 0 or len(pixels) != len(labels):
            raise ArgumentError(
                f"AugmentedBatches: there must be as many labels as images, and some; received {len(pixels)} images "
                f"and {len(labels)} labels."
            )
        self.pixels = pixels
        self.labels = mixing.label_rows(np.asarray(labels), classes) if augmentation.mixes else labels
        self.batch_size, self.augmentation, self.seed = batch_size, augmentation, seed
        self.rescale, self.shuffle, self.threads = rescale, shuffle, threads
        self.numbers = class_numbers("AugmentedBatches", labels) if balance else None
        self.dtype = name_of("AugmentedBatches", dtype)
        if self.dtype == "uint8" and rescale != 1:
            raise ArgumentError(
                f"AugmentedBatches: bytes hold 0 to 255, so dtype 'uint8' needs rescale=1; received {rescale!r}."
            )
        self._buffers = BatchBuffers()
        self.set_epoch(0)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """(rows, columns, channels)."""
        return tuple(self.pixels.shape[1:])

    def __len__(self) -> int:
        return -(-len(self.pixels) // self.batch_size)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the following batches belong to."""
        self.epoch = epoch
        n = len(self.pixels)
        self.again = np.zeros(n, np.int64)  # how often the image at each place came before in this epoch
        if self.numbers is not None:
            self.order = balanced_order(self.numbers, self.seed, epoch)
            self.again = times_before(self.order)
        else:
            self.order = permutation(self.seed, epoch, n) if self.shuffle else np.arange(n)

    def chosen(self, number: int) -> tuple[slice, np.ndarray, np.ndarray]:
        """Return a batch's places in the order, which images stand there, and what their random numbers go by.

        Raises:
            IndexError: there is no such batch.
        """
        if not 0 <= number < len(self):
            raise IndexError(f"batch {number} of {len(self)}")
        places = slice(number * self.batch_size, (number + 1) * self.batch_size)
        which = self.order[places]
        return places, which, which + len(self.pixels) * self.again[places]

    def draw(self, samples: np.ndarray) -> Draws:
        """Return the parameters of samples of the epoch."""
        return self.augmentation.draw(self.seed, self.epoch, samples, self._shape)

    def draw_mixing(self, samples: np.ndarray) -> mixing.Mixing:
        """Return with what samples of the epoch are mixed."""
        return self.augmentation.draw_mixing(
            self.seed, self.epoch, samples, self._shape, size=len(self.pixels)
        )

    def __getitem__(self, number: int) -> tuple[Any, np.ndarray]:
        """Return (x, y) of a batch: (n, rows, columns, channels) of `dtype`, and the labels."""
        _, which, samples = self.chosen(number)
        if not self.augmentation.mixes:
            return self._images(which, samples, self.dtype), self.labels[which]
        x = self._images(which, samples)
        mixed = self.draw_mixing(samples)
        mix_images(x, self._images(mixed.partner, mixed.partner), mixed, self.threads)
        return converted("AugmentedBatches", x, self.dtype), mixing.mix_labels(self.labels, which, mixed)

    @property
    def _shape(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[2]

    def _images(self, which: np.ndarray, samples: np.ndarray, dtype: str = "float32") -> Any:
        return augment_batch(
            self.pixels, which, self.draw(samples), self.augmentation, self.rescale, self.threads, dtype, self._buffers
        )  # fmt: skip
