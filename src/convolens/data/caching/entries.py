"""An entry of the cache: its name, how it is begun, and how it is put in place whole."""

import hashlib
import json
import os
import shutil
import uuid
import warnings
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.data.caching.pixel_file import FILE
from convolens.data.caching.place import cache_folder
from convolens.data.decoding.samples import STANDARD, Samples

FORMAT = 4  # raise when decoding changes, so that old entries are not taken
ROOM_LEFT = 2**26  # bytes that stay free on the disk


def place_of(
    hashes: Sequence[str],
    size: tuple[int, int],
    color_mode: str,
    interpolation: str,
    resize: str,
    samples: Samples = STANDARD,
) -> Path:
    """Return where an entry is: its name is a hash of the photos' content and of how they are decoded."""
    digest = hashlib.sha256(f"{FORMAT} {size} {color_mode} {interpolation} {resize} {samples}".encode())
    for content in hashes:
        digest.update(content.encode())
    return cache_folder() / digest.hexdigest()[:32]


def write_index(
    temporary: Path,
    root: str | PathLike[str],
    images: int,
    size: tuple[int, int],
    skipped: dict[int, str],
    decoding: str = "",
) -> None:
    """Write the index of a new entry.

    Args:
        temporary: the entry's folder.
        root: the folder of the photos.
        images: how many files there are.
        size: (rows, columns).
        skipped: place -> reason of files that could not be read.
        decoding: how they were decoded, see `gathered`.
    """
    index = {
        "root": os.path.realpath(root),
        "images": images,
        "size": list(size),
        "skipped": {str(i): skipped[i] for i in sorted(skipped)},
        "decoding": decoding,
    }
    (temporary / "index.json").write_text(json.dumps(index), encoding="utf-8", errors="surrogateescape")


def begin_entry(size: int) -> Path | None:
    """Return a new folder in the cache to write into, or None (with a warning) where the cache has no room."""
    place = cache_folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(place).free
        if free < size + ROOM_LEFT:
            raise OSError(f"{free / 2**20:.0f} MiB are free")
        temporary = place / f".{uuid.uuid4().hex}"
        temporary.mkdir()
    except OSError as error:
        warn_of_no_room(size, str(error))
        return None
    return temporary


def warn_of_no_room(size: int, reason: str) -> None:
    """Warn that the cache cannot take so many bytes."""
    warnings.warn(
        f"The cache {cache_folder()} cannot take {size / 2**20:.0f} MiB of decoded pixels ({reason}); the photos are "
        "decoded again at every use, which is slower. Set CONVOLENS_CACHE to a folder with room.",
        stacklevel=5,
    )


def put_entry(temporary: Path, place: Path) -> None:
    """Move a finished entry to its place; where another program was faster, its entry is as good."""
    try:
        temporary.rename(place)
    except OSError:
        if is_whole(place):
            shutil.rmtree(temporary, ignore_errors=True)
            return
        shutil.rmtree(place, ignore_errors=True)
        temporary.rename(place)


def is_whole(place: Path) -> bool:
    """Return whether an entry can be read and holds all its images."""
    try:
        index = json.loads((place / "index.json").read_text())
        return len(np.load(place / FILE, mmap_mode="r")) == index["images"] - len(index["skipped"])
    except (OSError, ValueError, KeyError, EOFError, TypeError):
        return False
