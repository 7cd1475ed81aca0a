"""GatheredPixels: pixels that lie in entries of the cache already, in another order or among others; nothing is decoded, or written."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convolens.data.caching.pixel_file import FILE
from convolens.data.caching.place import cache_folder, mark_used

CONTENTS = "contents.bin"  # SHA-256 of each photo's file, 32 bytes a row
_LOOKED_AT = 48  # entries, the newest; a folder whose photos are moved one by one finds its own among them
_SIZE = 32


class GatheredPixels:
    """`PixelRows`, uint8, of images that lie in several arrays.

    Args:
        arrays: each (n, rows, columns, channels), mapped from disk.
        which: of each image, the number of its array, int64 (m,).
        rows: of each image, its place there, int64 (m,).

    Example:
        >>> first, second = np.zeros((2, 1, 1, 1), np.uint8), np.ones((1, 1, 1, 1), np.uint8)
        >>> pixels = GatheredPixels([first, second], np.array([1, 0]), np.array([0, 1]))
        >>> pixels.shape, pixels[:].ravel().tolist()
        ((2, 1, 1, 1), [1, 0])
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, arrays: Sequence[np.ndarray], which: np.ndarray, rows: np.ndarray) -> None:
        self.arrays, self.which, self.rows = list(arrays), which, rows
        self.shape = (len(which), *arrays[0].shape[1:])

    def __len__(self) -> int:
        return len(self.which)

    def __getitem__(self, rows: slice | np.ndarray, /) -> np.ndarray:
        which, places = self.which[rows], self.rows[rows]
        found = np.empty((len(which), *self.shape[1:]), np.uint8)
        for number in np.unique(which):
            mine = which == number
            found[mine] = self.arrays[number][places[mine]]
        return found


def write_contents(entry: Path, contents: Sequence[str]) -> None:
    """Note in an entry which photos its rows are, by the SHA-256 of their files, in hexadecimal.

    Raises:
        OSError: it cannot be written.
    """
    (entry / CONTENTS).write_bytes(b"".join(map(bytes.fromhex, contents)))


def gather(contents: Sequence[str], decoding: str) -> GatheredPixels | None:
    """Return the pixels of photos that all lie in entries of the cache; None where one does not.

    Args:
        contents: SHA-256 of each photo's file, in hexadecimal.
        decoding: how they are decoded, as the index of an entry says it.
    """
    missing = dict.fromkeys(contents)
    found: dict[str, tuple[int, int]] = {}
    arrays: list[np.ndarray] = []
    for entry in _newest():
        known = _contents_of(entry, decoding)
        wanted = {content: row for row, content in enumerate(known) if content in missing}
        if not wanted:
            continue
        try:
            array = np.load(entry / FILE, mmap_mode="r")
        except (OSError, ValueError, EOFError):
            continue
        if len(array) != len(known) or array.dtype != np.uint8:
            continue  # damaged
        found |= {content: (len(arrays), row) for content, row in wanted.items()}
        arrays.append(array)
        mark_used(entry)
        for content in wanted:
            del missing[content]
        if not missing:
            places = np.array([found[content] for content in contents], np.int64).reshape(-1, 2)
            return GatheredPixels(arrays, places[:, 0], places[:, 1])
    return None


def decoding_of(*options: object) -> str:
    """Return a digest of how photos are decoded, for the index of an entry.

    Example:
        >>> decoding_of((8, 8), "rgb") == decoding_of((8, 8), "rgb"), len(decoding_of(1))
        (True, 64)
    """
    return hashlib.sha256(repr(options).encode()).hexdigest()


def _newest() -> list[Path]:
    try:
        with os.scandir(cache_folder()) as entries:
            found = [Path(entry.path) for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []
    return sorted(found, key=_used, reverse=True)[:_LOOKED_AT]


def _used(entry: Path) -> float:
    try:
        return (entry / "index.json").stat().st_mtime
    except OSError:
        return 0.0


def _contents_of(entry: Path, decoding: str) -> list[str]:
    try:
        index = json.loads((entry / "index.json").read_text(encoding="utf-8", errors="surrogateescape"))
        if index.get("decoding") != decoding:
            return []
        raw = (entry / CONTENTS).read_bytes()
    except (OSError, ValueError, AttributeError):
        return []
    return [raw[start : start + _SIZE].hex() for start in range(0, len(raw), _SIZE)]
