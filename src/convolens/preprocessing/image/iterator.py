"""Iterator: batches of varied images by number; order and variations a function of (seed, epoch, index)."""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.augmentation.cpu.buffers import BatchBuffers
from convolens.augmentation.draw.philox import STREAM_FILES, permutation, words
from convolens.errors import ArgumentError, ArgumentTypeError, MissingFileError, WriteError
from convolens.files.atomic import write_error
from convolens.preprocessing.image.files import array_to_img

SUBSETS = ("training", "validation")


def dtype_of(generator: Any, dtype: Any) -> np.dtype[Any]:
    """Return the type of a batch's values: `dtype`, or the generator's, or float32."""
    if dtype is None:
        dtype = getattr(generator, "dtype", None)
    try:
        found: np.dtype[Any] = np.dtype("float32" if dtype is None else dtype)
    except TypeError:
        found = np.dtype(object)
    if found.kind not in "fiu":
        raise ArgumentTypeError(
            f"dtype must be a type of numbers, float32 for example, which None means; received {dtype!r}."
        )
    return found


def is_pure(generator: Any) -> bool:
    """Return whether a generator runs no code of its user's, which may draw from NumPy's global stream."""
    return generator is None or bool(getattr(generator, "is_pure", False))


def own_seed(seed: int | None) -> int:
    """Return a seed; None takes one from NumPy's global stream, as Keras would draw from it."""
    return int(np.random.randint(2**31)) if seed is None else int(seed)


class Iterator:
    """The base of the image iterators: an endless row of epochs, and any batch of the current one by number.

    Args:
        n: how many samples.
        batch_size: samples a batch; the last of an epoch may be smaller.
        shuffle: a new order each epoch.
        seed: of order and variations; None takes one from NumPy's global stream.

    Attributes:
        epoch: the epoch that `iterator[i]` belongs to.
        thread_safe: whether `Model.fit` may prepare batches ahead on a thread while the network computes. False
            where a function of the user's takes part, which could draw from a global stream of random numbers; set it
            to True where that is not so.
    """

    data_format: str
    save: "ImageSaver"

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        self.n = n
        self.batch_size = integer(type(self).__name__, "batch_size", batch_size)
        self.shuffle = bool(shuffle)
        self.seed = own_seed(seed)
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.buffers = BatchBuffers()
        self.thread_safe = True
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch of the following batches, and begin at its first."""
        self.epoch = int(epoch)
        self.batch_index = 0
        self.index_array = (
            permutation(self.seed, self.epoch, self.n) if self.shuffle else np.arange(self.n, dtype=np.int64)
        )

    def on_epoch_end(self) -> None:
        """Go on to the next epoch."""
        self.set_epoch(self.epoch + 1)

    def reset(self) -> None:
        """Begin the epoch anew: the same batches follow again."""
        self.batch_index = 0

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, number: int) -> Any:
        """Return a batch of the current epoch."""
        if not 0 <= number < len(self):
            raise ArgumentError(
                f"{type(self).__name__}: batch {number} does not exist; there are {len(self)}."
            )
        which = self.index_array[number * self.batch_size : (number + 1) * self.batch_size]
        return self._batch(which, self.epoch)

    def __iter__(self) -> "Iterator":
        return self

    def __next__(self) -> Any:
        """Return the next batch, of the next epoch after the last one of this.

        Raises:
            StopIteration: the data set is empty.
        """
        with self.lock:  # several threads may ask: each gets a batch of its own
            if len(self) == 0:
                raise StopIteration
            if self.batch_index >= len(self):
                self.on_epoch_end()
            first = self.batch_index * self.batch_size
            which, epoch = self.index_array[first : first + self.batch_size], self.epoch
            self.batch_index += 1
            self.total_batches_seen += 1
        return self._batch(which, epoch)

    next = __next__

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one image."""
        raise NotImplementedError

    @property
    def save_to_dir(self) -> Any:
        """As given."""
        return self.save.given

    @property
    def save_prefix(self) -> str:
        """As given."""
        return self.save.prefix

    @property
    def save_format(self) -> str:
        """As given."""
        return self.save.file_format

    def images(self, which: np.ndarray) -> np.ndarray:
        """Return images by their places in the data set, as they are: neither varied nor standardised."""
        raise NotImplementedError

    def _batch(self, which: np.ndarray, epoch: int) -> Any:
        raise NotImplementedError


class ImageSaver:
    """Writes each image of a batch into a folder, to be looked at.

    Args:
        folder: has to exist; None writes nothing.
        prefix: the beginning of the file names; index, epoch and a mark follow.
        file_format: "png" or "jpeg".
        data_format: of the batches.
        seed: of the marks in the file names.
    """

    def __init__(self, folder: Any, prefix: str, file_format: str, data_format: str, seed: int) -> None:
        self.given, self.folder = folder, None if folder is None else Path(folder)
        if self.folder is not None and not self.folder.is_dir():
            kind = WriteError if self.folder.exists() else MissingFileError
            raise kind(f"save_to_dir: {folder} is no folder; make it first.")
        self.prefix, self.file_format = prefix, file_format
        self.data_format, self.seed = data_format, seed

    def __call__(self, batch: np.ndarray, which: np.ndarray, epoch: int) -> None:
        """Write images `which` of an epoch, stretched to 0 to 255."""
        if self.folder is None:
            return
        marks = words(self.seed, epoch, which, 1, STREAM_FILES)[:, 0] % 10**7
        for image, index, mark in zip(batch, which, marks, strict=True):
            path = self.folder / f"{self.prefix}_{index}_{mark}.{self.file_format}"
            picture = array_to_img(image, self.data_format, scale=True)
            if self.file_format in ("jpg", "jpeg") and picture.mode == "RGBA":
                picture = picture.convert("RGB")
            try:
                picture.save(path)
            except (OSError, ValueError, KeyError) as error:
                if not isinstance(error, OSError):
                    raise ArgumentError(
                        f"save_format: {self.file_format!r} is not a form that can be written; use png or jpeg."
                    ) from error
                raise write_error(error, path) from error
