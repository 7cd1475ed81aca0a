"""Pixels decoded once: a memory-mapped array in the user's cache, found again by the photos' content."""

import json
import os
import shutil
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.caching.content import content_hashes
from convolens.data.caching.entries import (
    FORMAT,
    begin_entry,
    place_of,
    put_entry,
    warn_of_no_room,
    write_index,
)
from convolens.data.caching.gathered import decoding_of, gather, write_contents
from convolens.data.caching.pixel_file import FILE, PixelFile
from convolens.data.caching.place import mark_used, prune_cache
from convolens.data.decoding.decode import CHANNELS, read_pixels
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.data.decoding.streamed import StreamedPixels
from convolens.data.folders.folder import ImageFolder
from convolens.errors import DataError, ImageError, MissingFileError
from convolens.pixel_rows import PixelRows


@dataclass(frozen=True)
class Pixels:
    """Decoded images.

    Attributes:
        array: uint8 (n, rows, columns, channels): read-only and mapped from disk, or a `StreamedPixels` that decodes
            at every access where the disk has no room.
        indices: which of the folder's files they are, int64 (n,), rising.
        skipped: (path, reason) of files that could not be read.
        from_cache: whether nothing had to be decoded.
    """

    array: PixelRows
    indices: np.ndarray
    skipped: tuple[tuple[Path, str], ...]
    from_cache: bool


def load_pixels(
    folder: ImageFolder,
    size: tuple[int, int],
    color_mode: str = "rgb",
    interpolation: str = "bilinear",
    progress: Callable[[int, int], None] = lambda done, total: None,
    resize: str = "squash",
    samples: Samples = STANDARD,
) -> Pixels:
    """Return the pixels of a folder's images, decoded with all cores where they are not in the cache yet.

    Several programs may build and use the cache at once; one that is killed leaves nothing that is believed.

    Args:
        folder: the files.
        size: (rows, columns) of each image.
        color_mode: "rgb", "grayscale" or "rgba".
        interpolation: how photos are scaled.
        progress: told how many of how many files are done.
        resize: "squash", "crop" or "pad", see `read_image`.
        samples: how the values of a file become bytes.

    Raises:
        DataError: not one image could be read; the first reason is given.
    """
    contents = content_hashes(folder)
    place = place_of(contents, size, color_mode, interpolation, resize, samples)
    found = _read(place, folder)
    if found is not None:
        mark_used(place)
        progress(len(folder), len(folder))
        return found
    decoding = decoding_of(FORMAT, size, color_mode, interpolation, resize, samples)
    gathered = gather(contents, decoding)
    if gathered is not None:
        progress(len(folder), len(folder))
        return _kept(folder, gathered, {}, from_cache=True)
    options = (color_mode, size, interpolation, True, resize, None, samples)
    shape = (len(folder), *size, CHANNELS[color_mode])
    temporary = begin_entry(int(np.prod(shape)))
    if temporary is None:
        return _stream(folder, options, progress)
    try:
        file = PixelFile(temporary / FILE, shape)
        try:
            skipped = _decode(folder, file, options, progress)
            _check_some(folder, skipped)
            kept = [i for i in range(len(folder)) if i not in skipped]
            file.finish(kept)
            write_contents(temporary, [contents[i] for i in kept])
        finally:
            file.close()
        write_index(temporary, folder.root, len(folder), size, skipped, decoding)
        put_entry(temporary, place)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        warn_of_no_room(int(np.prod(shape)), error.strerror or str(error))
        return _stream(folder, options, progress)
    except BaseException:  # Ctrl-C too: nothing is left behind
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    prune_cache(keep=place)
    written = _read(place, folder)
    if written is None:
        raise DataError(
            f"{place}: the cache entry just written cannot be read; is something removing files there?"
        )
    return Pixels(written.array, written.indices, written.skipped, from_cache=False)


def _read(place: Path, folder: ImageFolder) -> Pixels | None:
    try:
        index = json.loads((place / "index.json").read_text(encoding="utf-8", errors="surrogateescape"))
        skipped = {int(i): str(reason) for i, reason in index["skipped"].items()}
        array = np.load(place / FILE, mmap_mode="r")
    except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError):
        return None  # not there, or half removed: decode again
    if len(array) != len(folder) - len(skipped):
        return None
    return _kept(folder, array, skipped, from_cache=True)


def _kept(folder: ImageFolder, array: PixelRows, skipped: dict[int, str], from_cache: bool) -> Pixels:
    kept = np.array([i for i in range(len(folder)) if i not in skipped], np.int64)
    paths = tuple((folder.root / folder.relative_paths[i], reason) for i, reason in sorted(skipped.items()))
    return Pixels(array, kept, paths, from_cache)


def _check_some(folder: ImageFolder, skipped: dict[int, str]) -> None:
    if len(skipped) == len(folder):
        _, reason = next(iter(skipped.items()))
        raise DataError(f"{folder.root}: none of {len(folder)} images can be read; the first: {reason}")


def _stream(folder: ImageFolder, options: Any, progress: Callable[[int, int], None]) -> Pixels:
    """Look into every file once, keep none, and return pixels that are decoded when they are asked for."""
    skipped = _decode(folder, None, options, progress)
    _check_some(folder, skipped)
    paths = [path for i, path in enumerate(folder.paths) if i not in skipped]
    return _kept(folder, StreamedPixels(paths, *options), skipped, from_cache=False)


def _decode(
    folder: ImageFolder, file: PixelFile | None, options: Any, progress: Callable[[int, int], None]
) -> dict[int, str]:
    """Fill `file` and return the places of the files that could not be read, with the reasons."""
    paths = folder.paths

    def decode(i: int) -> str | None:
        try:
            pixels = read_pixels(paths[i], *options)
        except (ImageError, MissingFileError) as error:
            return str(error).removeprefix(f"{paths[i]}: ")
        if file is not None:
            file.write(i, pixels)
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
