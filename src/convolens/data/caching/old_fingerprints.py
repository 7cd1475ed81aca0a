"""The fingerprints that earlier versions wrote, computed where a record holds one, so that its photos are known again."""

import hashlib
import os
from collections.abc import Iterable

import numpy as np

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.pixel_rows import PixelRows


def of_pixels(sides: Iterable[tuple[ImageFolder, PixelRows]]) -> str:
    """Return the SHA-256 of names, labels and decoded pixels, in hexadecimal.

    Args:
        sides: the photos of a side, and their pixels, uint8 (n, rows, columns, channels).
    """
    digest = hashlib.sha256()
    for folder, pixels in sides:
        for path, label in zip(folder.relative_paths, folder.labels, strict=True):
            said = label if label.ndim == 0 else "".join("01"[int(value)] for value in label)
            digest.update(os.fsencode(f"{path.as_posix()}\0{said}\n"))
        for start in range(0, len(folder), 1024):
            digest.update(np.ascontiguousarray(pixels[start : start + 1024]).data)
        digest.update(b"\n--\n")
    return digest.hexdigest()


def of_contents(folders: Iterable[ImageFolder]) -> str:
    """Return the SHA-256 of names and contents, without labels, in hexadecimal."""
    digest = hashlib.sha256()
    for folder in folders:
        for path, content in zip(folder.relative_paths, content_hashes(folder), strict=True):
            digest.update(os.fsencode(f"{path.as_posix()}\0{content}\n"))
        digest.update(b"--\n")
    return digest.hexdigest()
