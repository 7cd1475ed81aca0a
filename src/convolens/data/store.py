"""PixelStore: decoded images kept as they are asked for; whole after a first pass, and then found again."""

import json
import shutil
import threading
import weakref
from collections.abc import Callable

import numpy as np

from convolens.data.entries import begin_entry, index_of, is_whole, key_of, put_entry, warn_of_no_room
from convolens.data.folder import ImageFolder
from convolens.data.pixel_file import FILE, PixelFile
from convolens.data.place import cache_folder, cache_limit, mark_used, prune_cache
from convolens.threads import in_threads


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
        self._lock = threading.Lock()
        self._file: PixelFile | None = None
        size = len(folder) * int(np.prod(shape))
        if size > cache_limit():
            return
        self.place = cache_folder() / key_of(folder, shape[:2], *how)
        if is_whole(self.place):
            self._open()
            return
        temporary = begin_entry(self.place, size)
        if temporary is None:
            return
        # What a store that never became whole has kept goes with it.
        weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)
        try:
            self._file = PixelFile(temporary / FILE, (len(folder), *shape))
            self.array = self._file.open()
        except OSError as error:
            self._give_up(error)

    def _open(self) -> None:
        mark_used(self.place)
        self.array = np.load(self.place / FILE, mmap_mode="r")
        self.missing = set()

    def find(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return an array with images at some places, and where in it they are: once all are kept, nothing is copied.

        Returns:
            uint8 (m, rows, columns, channels), perhaps read-only; int64 (n,).

        Raises:
            What `read` raises.
        """
        array = self.array
        if array is not None and not self.missing:
            return array, which
        places = [int(i) for i in which]
        images = np.empty((len(places), *self.shape), np.uint8)
        new = [i for i in dict.fromkeys(places) if array is None or i in self.missing]
        fresh = dict(zip(new, in_threads(self.read, new), strict=True))
        for row, i in enumerate(places):
            images[row] = array[i] if array is not None and i not in fresh else fresh[i]
        if array is not None and new:
            self._keep(fresh)
        return images, np.arange(len(places))

    def __getitem__(self, which: np.ndarray) -> np.ndarray:
        """Return images by their places: uint8 (n, rows, columns, channels)."""
        images, rows = self.find(which)
        return images[rows]

    def _keep(self, fresh: dict[int, np.ndarray]) -> None:
        """Write images; with the last of them the entry is whole, and is put in its place."""
        with self._lock:
            if self._file is None:  # another thread has finished
                return
            try:
                for i, image in fresh.items():
                    self._file.write(i, image)
                self.missing.difference_update(fresh)
                if not self.missing:
                    self._finish(self._file)
            except OSError as error:
                self._give_up(error)

    def _finish(self, file: PixelFile) -> None:
        self._file = None
        file.finish()
        index = index_of(self.folder, self.shape[:2], {})
        (file.path.parent / "index.json").write_text(
            json.dumps(index), encoding="utf-8", errors="surrogateescape"
        )
        put_entry(file.path.parent, self.place)
        self._open()
        prune_cache(keep=self.place)

    def _give_up(self, error: OSError) -> None:
        """Keep nothing from now on: the disk is full, say."""
        if self._file is not None:
            self._file.close()
        self._file, self.array = None, None
        warn_of_no_room(
            self.place.parent, len(self.folder) * int(np.prod(self.shape)), error.strerror or str(error)
        )
