"""Pixels decoded once: a memory-mapped array in the user's cache, found again by the files' names, sizes and times."""

import hashlib
import json
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.decode import read_pixels
from convolens.data.folder import ImageFolder
from convolens.errors import DataError, ImageError, MissingFileError

CHANNELS = {"rgb": 3, "grayscale": 1, "rgba": 4}
FORMAT = 1  # raise when decoding changes, so that old entries are not taken


@dataclass(frozen=True)
class Pixels:
    """Decoded images.

    Attributes:
        array: uint8 (n, rows, columns, channels), read-only, mapped from disk.
        indices: which of the folder's files they are, int64 (n,), rising.
        skipped: (path, reason) of files that could not be read.
        from_cache: whether nothing had to be decoded.
    """

    array: np.ndarray
    indices: np.ndarray
    skipped: tuple[tuple[Path, str], ...]
    from_cache: bool


def cache_folder() -> Path:
    """Return where decoded pixels are kept: `$CONVOLENS_CACHE`, or the user's cache of the system.

    Example:
        >>> cache_folder().name
        'pixels'
    """
    from platformdirs import user_cache_dir

    return Path(os.environ.get("CONVOLENS_CACHE") or user_cache_dir("convolens")) / "pixels"


def load_pixels(
    folder: ImageFolder,
    size: tuple[int, int],
    color_mode: str = "rgb",
    interpolation: str = "bilinear",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Pixels:
    """Return the pixels of a folder's images, decoded with all cores where they are not in the cache yet.

    Args:
        folder: the files.
        size: (rows, columns) of each image.
        color_mode: "rgb", "grayscale" or "rgba".
        interpolation: how photos are scaled.
        progress: told how many of how many files are done.

    Raises:
        DataError: not one image could be read; the first reason is given.
    """
    key = _key(folder, size, color_mode, interpolation)
    place = cache_folder() / key
    found = _read(place, folder)
    if found is not None:
        progress(len(folder), len(folder))
        return found
    shape = (len(folder), *size, CHANNELS[color_mode])
    temporary = _new_folder(place, int(np.prod(shape)))
    array: Any = (
        np.empty(shape, np.uint8)
        if temporary is None
        else np.lib.format.open_memmap(temporary / "pixels.npy", mode="w+", dtype=np.uint8, shape=shape)
    )
    skipped = _decode(folder, array, size, color_mode, interpolation, progress)
    if len(skipped) == len(folder):
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        _, reason = next(iter(skipped.items()))
        raise DataError(f"{folder.root}: none of {len(folder)} images can be read; the first: {reason}")
    if temporary is None:
        kept = np.array([i for i in range(len(folder)) if i not in skipped], np.int64)
        paths = tuple((folder.root / folder.relative_paths[i], skipped[i]) for i in sorted(skipped))
        return Pixels(array[kept] if skipped else array, kept, paths, from_cache=False)
    array.flush()
    del array
    (temporary / "index.json").write_text(
        json.dumps({"skipped": {str(i): skipped[i] for i in sorted(skipped)}})
    )
    try:
        temporary.rename(place)
    except OSError:  # another program was faster
        shutil.rmtree(place, ignore_errors=True)
        temporary.rename(place)
    written = _read(place, folder)
    if written is None:
        raise DataError(
            f"{place}: the cache entry just written cannot be read; is something removing files there?"
        )
    return Pixels(written.array, written.indices, written.skipped, from_cache=False)


def _key(folder: ImageFolder, size: tuple[int, int], color_mode: str, interpolation: str) -> str:
    digest = hashlib.sha256(f"{FORMAT} {folder.root.resolve()} {size} {color_mode} {interpolation}".encode())
    for path in folder.relative_paths:
        try:
            state = os.stat(folder.root / path)
            digest.update(
                f"\n{path.as_posix()}\0{state.st_size}\0{state.st_mtime_ns}".encode(
                    "utf-8", "surrogateescape"
                )
            )
        except OSError:
            digest.update(f"\n{path.as_posix()}\0missing".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def _read(place: Path, folder: ImageFolder) -> Pixels | None:
    try:
        skipped = {
            int(i): str(reason)
            for i, reason in json.loads((place / "index.json").read_text())["skipped"].items()
        }
        array = np.load(place / "pixels.npy", mmap_mode="r")
    except (OSError, ValueError, KeyError, EOFError):
        return None  # not there, or half removed: decode again
    if len(array) != len(folder):
        return None
    kept = np.array([i for i in range(len(folder)) if i not in skipped], np.int64)
    paths = tuple((folder.root / folder.relative_paths[i], reason) for i, reason in sorted(skipped.items()))
    return Pixels(array[kept] if skipped else array, kept, paths, from_cache=True)


def _new_folder(place: Path, size: int) -> Path | None:
    """Return a new folder beside `place` to write into, or None (with a warning) where the cache has no room."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(place.parent).free < size + 2**26:
            raise OSError("the disk has no room")
        temporary = place.parent / f".{place.name}.{uuid.uuid4().hex[:8]}"
        temporary.mkdir()
        with tempfile.TemporaryFile(dir=temporary):
            pass
    except OSError as error:
        warnings.warn(
            f"The cache {place.parent} cannot take {size / 2**20:.0f} MiB of decoded pixels ({error}); they stay in "
            "memory and are decoded anew next time. Set CONVOLENS_CACHE to a folder with room.",
            stacklevel=3,
        )
        return None
    return temporary


def _decode(
    folder: ImageFolder,
    array: np.ndarray,
    size: tuple[int, int],
    color_mode: str,
    interpolation: str,
    progress: Callable[[int, int], None],
) -> dict[int, str]:
    """Fill `array` and return the places of the files that could not be read, with the reasons."""
    paths = folder.paths

    def decode(i: int) -> str | None:
        try:
            array[i] = read_pixels(paths[i], color_mode, size, interpolation, shrink_early=True)
        except (ImageError, MissingFileError) as error:
            array[i] = 0
            return str(error).removeprefix(f"{paths[i]}: ")
        return None

    skipped = {}
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        # Pillow warns of odd metadata and of big photos; what matters is an error, and is listed
        warnings.filterwarnings("ignore", module=r"PIL\.")
        for i, reason in enumerate(pool.map(decode, range(len(paths)), chunksize=16)):
            if reason is not None:
                skipped[i] = reason
            progress(i + 1, len(paths))
    return skipped
