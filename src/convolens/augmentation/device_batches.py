"""DeviceBatches: pixels that lie on a device as training batches there; what AugmentedBatches gives, without the way."""

from typing import Any

import numpy as np
import torch

from convolens.augmentation.augmentation import Augmentation
from convolens.augmentation.on_device import check_images, check_order, transform_on_device
from convolens.augmentation.philox import permutation
from convolens.errors import ArgumentError


class DeviceBatches:
    """Batches by number, for `Model.fit` of a model on a GPU: pixels and labels are copied to the device once.

    Args:
        pixels: uint8 (or float32, 0 to 255) array or tensor (n, rows, columns, channels).
        labels: (n, ...) numbers that belong to them, array or tensor.
        batch_size: images a batch; the last may be smaller.
        augmentation: the random changes: Keras' and random resized crop; of interpolation order 0 or 1.
        seed: of order and changes.
        rescale: factor on the bytes.
        shuffle: a new order each epoch.
        device: where pixels, labels and batches lie.

    Raises:
        ArgumentError: no images, another number of labels, labels that are not numbers, pixels of another dtype, an
            order above 1, changes that only the CPU can do.
        ShapeError: pixels that are not of rank 4.

    Example:
        >>> batches = DeviceBatches(
        ...     np.zeros((5, 2, 2, 3), np.uint8), np.arange(5), 2, Augmentation(), seed=1, device="cpu"
        ... )
        >>> len(batches), batches[2][0].shape
        (3, torch.Size([1, 2, 2, 3]))
    """

    def __init__(
        self,
        pixels: np.ndarray | torch.Tensor,
        labels: np.ndarray | torch.Tensor,
        batch_size: int,
        augmentation: Augmentation,
        seed: int,
        rescale: float = 1 / 255,
        shuffle: bool = True,
        *,
        device: torch.device | str,
    ) -> None:
        if len(pixels) == 0 or len(pixels) != len(labels):
            raise ArgumentError(
                f"DeviceBatches: there must be as many labels as images, and some; received {len(pixels)} images "
                f"and {len(labels)} labels."
            )
        check_order("DeviceBatches", augmentation)
        if augmentation.needs_finishing:
            raise ArgumentError(
                "DeviceBatches: pad_and_crop, random_erasing, colour_jitter, mixup, cutmix, randaugment and "
                f"trivialaugment run on the CPU only; received {augmentation.describe()}. Use AugmentedBatches, or "
                "leave them out."
            )
        self.device = torch.device(device)
        self.pixels = _resident("pixels", pixels, self.device)
        check_images("DeviceBatches", self.pixels)
        self.labels = _resident("labels", labels, self.device)
        self.batch_size, self.augmentation, self.seed = batch_size, augmentation, seed
        self.rescale, self.shuffle = rescale, shuffle
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
        self.order = permutation(self.seed, epoch, n) if self.shuffle else np.arange(n)
        self._order_there = torch.from_numpy(self.order).to(self.device)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (x, y) of a batch: float32 (n, rows, columns, channels) and the labels, both on the device."""
        if not 0 <= number < len(self):
            raise IndexError(f"batch {number} of {len(self)}")
        places = slice(number * self.batch_size, (number + 1) * self.batch_size)
        which = self.order[places]
        draws = self.augmentation.draw(self.seed, self.epoch, which, self.image_shape[:2])  # type: ignore[arg-type]
        x = transform_on_device(self.pixels, which, draws, self.augmentation, self.rescale)
        return x, self.labels.index_select(0, self._order_there[places])


def _resident(name: str, values: Any, device: torch.device) -> torch.Tensor:
    """Return an array or tensor of numbers as a contiguous tensor on the device; whole numbers as labels in int64."""
    if not isinstance(values, torch.Tensor):
        array = np.ascontiguousarray(values)
        if array.dtype.kind not in "biuf":
            raise ArgumentError(
                f"DeviceBatches: {name} must hold numbers; received {array.dtype} such as "
                f"{array.reshape(-1)[:1].tolist()}. Class names become numbers by np.unique(names, return_inverse=True)."
            )
        if name == "labels" and array.dtype.kind in "iu":
            array = array.astype(np.int64)  # torch selects no rows of unsigned numbers
        values = torch.from_numpy(array if array.flags.writeable else array.copy())
    return values.detach().to(device).contiguous()
