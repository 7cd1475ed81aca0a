"""PixelStore: decoded images kept as they are asked for; whole after a first pass, and then found again."""

import os
import shutil
import threading
import weakref
from collections.abc import Callable, Sequence

import numpy as np

from convolens.data.caching.content import Contents
from convolens.data.caching.entries import (
    begin_entry,
    is_whole,
    place_of,
    put_entry,
    warn_of_no_room,
    write_index,
)
from convolens.data.caching.pixel_file import FILE, PixelFile
from convolens.data.caching.place import cache_limit, list_cache, mark_used, prune_cache
from convolens.threads import TINY, in_threads


class PixelStore:
    """Images by their places, each read once.

    What was read is kept in the cache; after all images were, any later store of the same photos begins with it.
    Where the cache has no room, or the images are more than it may hold, every image is read at each use.

    Args:
        root: the folder of the files.
        names: of the files, from `root`, with "/" between folders.
        shape: (rows, columns, channels) of each image.
        how: a name for the way they are decoded: colour mode, interpolation, resize.
        decode: gives one image, uint8 of that shape, by its place and the bytes of its file, which are None where
            it has to read the file itself; may raise for a broken file.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        names: Sequence[str],
        shape: tuple[int, int, int],
        how: tuple[str, str, str],
        decode: Callable[[int, bytes | None], np.ndarray],
    ) -> None:
        self.root, self.names, self.shape, self.how, self.decode = root, names, shape, how, decode
        self.array: np.ndarray | None = None
        self.missing: set[int] = set(range(len(names)))
        self._lock = threading.Lock()
        self._file: PixelFile | None = None
        self._contents = Contents(root, names)
        self._bytes = len(names) * int(np.prod(shape))
        if self._bytes <= cache_limit() and not self._find_entry():
            self._begin_entry()

    def _find_entry(self) -> bool:
        """Open the entry of these photos, where the cache has it.

        The files are read for that only if an entry could be theirs; else they are hashed while they are decoded.
        """
        like = (len(self.names), self.shape[:2])
        if not self._contents.are_known() and all(
            (entry.images, entry.size) != like for entry in list_cache()
        ):
            return False
        place = place_of(self._contents.hashes(), self.shape[:2], *self.how)
        if not is_whole(place):
            return False
        mark_used(place)
        self.array, self.missing = np.load(place / FILE, mmap_mode="r"), set()
        return True

    def _begin_entry(self) -> None:
        temporary = begin_entry(self._bytes)
        if temporary is None:
            return
        try:
            self._file = PixelFile(temporary / FILE, (len(self.names), *self.shape))
            self.array = self._file.open()
        except OSError as error:
            shutil.rmtree(temporary, ignore_errors=True)
            self._give_up(error)
        else:
            weakref.finalize(self, _remove, self._file)

    def find(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return an array with images at some places, and where in it they are: once all are kept, nothing is copied.

        Returns:
            uint8 (m, rows, columns, channels), perhaps read-only; int64 (n,).

        Raises:
            What `decode` raises.
        """
        array = self.array
        if array is not None and not self.missing:
            return array, which
        places, of = np.unique(which, return_inverse=True)
        images = np.empty((len(places), *self.shape), np.uint8)
        new = [row for row, i in enumerate(places.tolist()) if array is None or i in self.missing]

        def read(row: int) -> None:
            images[row] = self._read(int(places[row]))

        in_threads(read, new, alone_below=TINY)
        if array is not None:
            old = np.setdiff1d(np.arange(len(places)), new)
            images[old] = array[places[old]]
            self._keep(places[new], images[new])
        return images, of

    def __getitem__(self, which: np.ndarray) -> np.ndarray:
        """Return images by their places: uint8 (n, rows, columns, channels)."""
        images, rows = self.find(which)
        return images[rows]

    def _read(self, i: int) -> np.ndarray:
        return self.decode(i, None if self._file is None else self._contents.read(i))

    def _keep(self, places: np.ndarray, images: np.ndarray) -> None:
        """Write images; with the last of them the entry is whole, and is put in its place."""
        with self._lock:
            if self._file is None:  # another thread has finished
                return
            try:
                for i, image in zip(places.tolist(), images, strict=True):
                    self._file.write(i, image)
                self.missing.difference_update(places.tolist())
                if not self.missing:
                    self._finish(self._file)
            except OSError as error:
                self._give_up(error)

    def _finish(self, file: PixelFile) -> None:
        self._file = None
        file.finish()
        temporary = file.path.parent
        write_index(temporary, self.root, len(self.names), self.shape[:2], {})
        place = place_of(self._contents.hashes(), self.shape[:2], *self.how)
        put_entry(temporary, place)
        mark_used(place)
        self.array = np.load(place / FILE, mmap_mode="r")
        prune_cache(keep=place)

    def _give_up(self, error: OSError) -> None:
        """Keep nothing from now on: the disk is full, say."""
        if self._file is not None:
            self._file.close()
        self._file, self.array = None, None
        warn_of_no_room(self._bytes, error.strerror or str(error))


def _remove(file: PixelFile) -> None:
    """Remove what a store that never became whole has kept."""
    file.close()
    shutil.rmtree(file.path.parent, ignore_errors=True)
