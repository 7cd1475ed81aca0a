"""PixelStore: decoded images kept as they are asked for; whole after a first pass, and then found again."""

import contextlib
import json
import os
import shutil
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from convolens.data.entries import begin_entry, index_of, is_whole, key_of, put_entry
from convolens.data.folder import ImageFolder
from convolens.data.place import cache_folder, cache_limit, mark_used, prune_cache


class PixelStore:
    """Images by their places, each read once.

    What was read is kept in the cache; after all images were, any later store of the same photos begins with it.
    Where the cache has no room, or the images are more than it may hold, every image is read at each use.

    Args:
        folder: the files.
        shape: (rows, columns, channels) of each image.
        how: a name for the way they are decoded: colour mode, interpolation, resize.
        read: gives one image, uint8 of that shape, by its place; may raise for a broken file.
    """

    def __init__(
        self,
        folder: ImageFolder,
        shape: tuple[int, int, int],
        how: tuple[str, str, str],
        read: Callable[[int], np.ndarray],
    ) -> None:
        self.folder, self.shape, self.read = folder, shape, read
        self.array: np.ndarray | None = None
        self.missing: set[int] = set(range(len(folder)))
        self._temporary: Path | None = None
        size = len(folder) * int(np.prod(shape))
        if size > cache_limit():
            return
        self.place = cache_folder() / key_of(folder, shape[:2], *how)
        if is_whole(self.place):
            self._open()
            return
        self._temporary = begin_entry(self.place, size)
        if self._temporary is not None:
            # What a store that never became whole has kept goes with it.
            weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
            self.array = np.lib.format.open_memmap(
                self._temporary / "pixels.npy", mode="w+", dtype=np.uint8, shape=(len(folder), *shape)
            )

    def _open(self) -> None:
        mark_used(self.place)
        self.array = np.load(self.place / "pixels.npy", mmap_mode="r")
        self.missing = set()

    def __getitem__(self, which: np.ndarray) -> np.ndarray:
        """Return images by their places: uint8 (n, rows, columns, channels)."""
        places = [int(i) for i in which]
        if self.array is None:
            read = self._read_all(places)
            return np.stack(read) if read else np.empty((0, *self.shape), np.uint8)
        new = [i for i in dict.fromkeys(places) if i in self.missing]
        for i, image in zip(new, self._read_all(new), strict=True):
            self.array[i] = image
        images = self.array[places]
        if new:
            self.missing.difference_update(new)
            if not self.missing:
                self._finish()
        return images

    def _read_all(self, places: list[int]) -> list[np.ndarray]:
        if not places:
            return []
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return list(pool.map(self.read, places))

    def _finish(self) -> None:
        """Put the whole entry in its place; where that fails, it serves this store alone."""
        if self._temporary is None or self.array is None:
            return
        with contextlib.suppress(OSError):
            self.array.flush()  # type: ignore[attr-defined]
            index = index_of(self.folder, self.shape[:2], {})
            (self._temporary / "index.json").write_text(
                json.dumps(index), encoding="utf-8", errors="surrogateescape"
            )
            put_entry(self._temporary, self.place)
            self._open()
            prune_cache(keep=self.place)
