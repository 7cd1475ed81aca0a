"""An entry of the cache: its name, how it is begun, and how it is put in place whole."""

import hashlib
import json
import shutil
import uuid
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.content import content_hashes
from convolens.data.folder import ImageFolder
from convolens.data.pixel_file import FILE

FORMAT = 3  # raise when decoding changes, so that old entries are not taken
ROOM_LEFT = 2**26  # bytes that stay free on the disk


def key_of(
    folder: ImageFolder, size: tuple[int, int], color_mode: str, interpolation: str, resize: str
) -> str:
    """Return the name of an entry: a hash of the photos' content and of how they are decoded."""
    digest = hashlib.sha256(f"{FORMAT} {size} {color_mode} {interpolation} {resize}".encode())
    for content in content_hashes(folder):
        digest.update(content.encode())
    return digest.hexdigest()[:32]


def index_of(folder: ImageFolder, size: tuple[int, int], skipped: dict[int, str]) -> dict[str, Any]:
    """Return what index.json holds.

    Args:
        folder: the photos.
        size: (rows, columns).
        skipped: place -> reason of files that could not be read.
    """
    return {
        "root": str(folder.root.resolve()),
        "images": len(folder),
        "size": list(size),
        "skipped": {str(i): skipped[i] for i in sorted(skipped)},
    }


def begin_entry(place: Path, size: int) -> Path | None:
    """Return a new folder beside `place` to write into, or None (with a warning) where the cache has no room."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(place.parent).free
        if free < size + ROOM_LEFT:
            raise OSError(f"{free / 2**20:.0f} MiB are free")
        temporary = place.parent / f".{place.name}.{uuid.uuid4().hex[:8]}"
        temporary.mkdir()
    except OSError as error:
        warn_of_no_room(place.parent, size, str(error))
        return None
    return temporary


def warn_of_no_room(folder: Path, size: int, reason: str) -> None:
    """Warn that the cache cannot take so many bytes."""
    warnings.warn(
        f"The cache {folder} cannot take {size / 2**20:.0f} MiB of decoded pixels ({reason}); the photos are "
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
