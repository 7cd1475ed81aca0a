"""PixelFile: the pixels of an entry of the cache in the making, written image by image, by several threads."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

FILE = "pixels.npy"
# Bytes written between two flushes, which go on beside the writing: the end has little to wait for.
FLUSH_EVERY = 8 * 2**20


class PixelFile:
    """A .npy file of uint8 images, written at their places in any order and readable meanwhile.

    Images are written as files are, not by way of mapped memory: a disk that is full in the middle is an error that
    can be caught, where mapped memory would kill the program.

    Args:
        path: of the file; is made.
        shape: (n, rows, columns, channels).

    Raises:
        OSError: from here and from every method: no room, no permission.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = PixelFile(Path(folder) / FILE, (3, 2, 2, 1))
        ...     for place in (2, 0):
        ...         file.write(place, np.full((2, 2, 1), place + 1, np.uint8))
        ...     file.finish(kept=[0, 2])
        ...     np.load(Path(folder) / FILE)[:, 0, 0, 0].tolist()
        [1, 3]
    """

    def __init__(self, path: Path, shape: tuple[int, int, int, int]) -> None:
        self.path, self.shape = path, shape
        self._size = int(np.prod(shape[1:]))
        self._lock = threading.Lock()
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="convolens-flush")
        self._flush: Future[None] | None = None
        self._unflushed = 0
        self._file = path.open("xb+", buffering=0)
        self._begin = self._write_header(shape[0])
        self._file.truncate(self._begin + shape[0] * self._size)

    def _write_header(self, images: int) -> int:
        """Write the header for so many images and return its length, which does not depend on them."""
        self._file.seek(0)
        header = {"descr": "|u1", "fortran_order": False, "shape": (images, *self.shape[1:])}
        np.lib.format.write_array_header_1_0(self._file, header)
        return self._file.tell()

    def write(self, place: int, image: np.ndarray) -> None:
        """Write one image, uint8 (rows, columns, channels)."""
        data, begin = np.ascontiguousarray(image).data.cast("B"), self._begin + place * self._size
        with self._lock:
            while data:  # a write may take less than all
                written = self._write_at(data, begin)
                data, begin = data[written:], begin + written
            self._flush_now_and_then()

    def _write_at(self, data: memoryview, begin: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._file.fileno(), data, begin)
        self._file.seek(begin)
        return self._file.write(data)

    def _flush_now_and_then(self) -> None:
        self._unflushed += self._size
        if self._unflushed >= FLUSH_EVERY and (self._flush is None or self._flush.done()):
            self._check_flush()
            self._flush, self._unflushed = self._flusher.submit(os.fsync, self._file.fileno()), 0

    def _check_flush(self) -> None:
        """Raise what the last flush met: the system tells of an error once."""
        if self._flush is not None:
            self._flush.result()

    def open(self) -> np.ndarray:
        """Return all images, mapped read-only; those not written yet are black, and appear when they are."""
        return np.load(self.path, mmap_mode="r")

    def finish(self, kept: Sequence[int] | None = None) -> None:
        """Flush the file to disk and close it; then it holds the images at the places `kept` (rising) and no others."""
        with self._lock:
            if kept is not None and len(kept) < self.shape[0]:
                mapped = np.memmap(self.path, np.uint8, "r+", self._begin, self.shape)
                for new, old in enumerate(kept):  # inside the file: there is room
                    if new != old:
                        mapped[new] = mapped[old]
                del mapped
                self._file.truncate(self._begin + len(kept) * self._size)
                self._write_header(len(kept))
            self._check_flush()
            os.fsync(self._file.fileno())
        self.close()

    def close(self) -> None:
        """Close the file as it is."""
        self._flusher.shutdown()
        self._file.close()
