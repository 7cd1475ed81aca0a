"""Where the user's cache lies, what is in it, how large it may grow."""

import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from convolens.errors import ArgumentError

DEFAULT_LIMIT = 20 * 2**30  # bytes of decoded pixels and features
ABANDONED = 24 * 3600  # seconds after which what a killed program left is removed


def cache_root() -> Path:
    """Return the cache folder: `$CONVOLENS_CACHE`, or the user's cache of the system.

    Example:
        >>> cache_root().is_absolute()
        True
    """
    from platformdirs import user_cache_dir

    return Path(os.environ.get("CONVOLENS_CACHE") or user_cache_dir("convolens")).absolute()


def cache_folder() -> Path:
    """Return where decoded pixels are kept.

    Example:
        >>> cache_folder().name
        'pixels'
    """
    return cache_root() / "pixels"


def features_folder() -> Path:
    """Return where extracted features are kept.

    Example:
        >>> features_folder().name
        'features'
    """
    return cache_root() / "features"


def cache_limit() -> int:
    """Return how many bytes of pixels and features are kept: `$CONVOLENS_CACHE_LIMIT` (in GiB), or 20 GiB.

    Raises:
        ArgumentError: the variable is no number.
    """
    given = os.environ.get("CONVOLENS_CACHE_LIMIT")
    if not given:
        return DEFAULT_LIMIT
    try:
        return int(float(given) * 2**30)
    except ValueError as error:
        raise ArgumentError(f"CONVOLENS_CACHE_LIMIT must be a number of GiB; it is {given!r}.") from error


@dataclass(frozen=True)
class CacheEntry:
    """Decoded pixels of one data set at one size, or its features.

    Attributes:
        path: its folder.
        root: of the photos.
        images: how many.
        size: (rows, columns) of pixels; None of features.
        bytes: on disk.
        used: when it was last used, in seconds since 1970.
        layers: that the features are of.
    """

    path: Path
    root: str
    images: int
    size: tuple[int, int] | None
    bytes: int
    used: float
    layers: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """What is kept, for people."""
        return (
            f"features of {', '.join(self.layers)}"
            if self.size is None
            else f"{self.size[0]} x {self.size[1]}"
        )


def list_cache(place: Path | None = None) -> list[CacheEntry]:
    """Return what is in the cache, the least recently used first.

    Args:
        place: `cache_folder()` (which is None) or `features_folder()`.
    """
    entries = []
    place = place or cache_folder()
    for path in place.iterdir() if place.is_dir() else ():
        try:
            index = json.loads((path / "index.json").read_text(encoding="utf-8", errors="surrogateescape"))
            size = index.get("size")
            entries.append(
                CacheEntry(
                    path,
                    str(index["root"]),
                    int(index["images"]),
                    (int(size[0]), int(size[1])) if place == cache_folder() else None,
                    sum(file.stat().st_size for file in path.iterdir()),
                    (path / "index.json").stat().st_mtime,
                    tuple(str(name) for name in index.get("layers", ())),
                )
            )
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            continue  # half an entry: `prune_cache` and `clear_cache` remove it
    return sorted(entries, key=lambda entry: entry.used)


def mark_used(path: Path) -> None:
    """Note that an entry was used now."""
    with contextlib.suppress(OSError):  # a cache that may only be read
        os.utime(path / "index.json")


def prune_cache(keep: Path | None = None) -> list[CacheEntry]:
    """Remove the least recently used entries beyond the limit, and what killed programs left; return the removed.

    Args:
        keep: an entry that stays.
    """
    entries = sorted([*list_cache(), *list_cache(features_folder())], key=lambda entry: entry.used)
    total, limit = sum(entry.bytes for entry in entries), cache_limit()
    removed = []
    for entry in entries:
        if total <= limit:
            break
        if entry.path != keep:
            shutil.rmtree(entry.path, ignore_errors=True)
            removed.append(entry)
            total -= entry.bytes
    for path in (*cache_folder().glob(".*"), *features_folder().glob(".*")):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
    return removed


def clear_cache() -> int:
    """Remove all decoded pixels, features and remembered hashes; return how many bytes that frees."""
    root = cache_root()
    places = [root / "pixels", root / "features", root / "hashes"]
    freed = sum(file.stat().st_size for place in places for file in place.rglob("*") if file.is_file())
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
    return freed
