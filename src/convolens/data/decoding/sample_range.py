"""The one range of values of a set of photos: files of more than 8 bits a sample are found, and some are measured."""

import math
import struct
from collections.abc import Sequence
from os import PathLike
from typing import BinaryIO

import numpy as np
from PIL import Image

from convolens.data.decoding.decode import MAX_PIXELS
from convolens.data.decoding.formats import beginning_of, kind_of, open_picture
from convolens.data.decoding.samples import DEEP, Range, Samples, deep_values, stated_range
from convolens.errors import ImageError
from convolens.threads import TINY, in_threads

SOME_VALUES = 2**18  # of a file, about so many at least are taken, evenly
MEASURED = 256  # files at most, spread evenly over those that are deep
OUTSIDE = (
    0.1  # per cent of a file's values that may lie above its range, and as many below: dead and hot pixels
)
_PNG_SIGNATURE, _PNG_HEADER = 8, 33  # bytes
_UNIT, _BYTES = (0.1, 1.0), (25.0, 255.0)  # highest values that say that fractions are from 0 to 1, to 255
UNREADABLE = (
    ImageError, OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError, MemoryError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip

Measured = tuple[
    bool, float, float, Range | None, int
]  # fractions?, low, high, stated range, significant bits


def measure_samples(photos: Sequence[str | PathLike[str] | BinaryIO]) -> Samples:
    """Return one rule for all photos: where a file states its range, that; else the bits that hold the values of the set.

    Args:
        photos: files, by their paths or open; those of 8 bits a sample, and unreadable ones, say nothing.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from PIL import Image
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "a.png")
        ...     Image.fromarray(np.array([[0, 3000]], np.uint16)).save(path)
        ...     measure_samples([path]).integers
        (0, 4095)
    """
    deeper = in_threads(is_deep_grey, photos, alone_below=TINY)
    deep = [photo for photo, is_deep in zip(photos, deeper, strict=True) if is_deep]
    chosen = [deep[i] for i in np.linspace(0, len(deep) - 1, min(MEASURED, len(deep))).astype(int).tolist()]
    found = [one for one in in_threads(_measure, chosen) if one is not None]
    integers, floats = ([one for one in found if one[0] == fractions] for fractions in (False, True))
    return Samples(
        integers=_range_of_integers(integers) if integers else None,
        floats=_range_of_floats(floats) if floats else None,
    )


def is_deep_grey(photo: str | PathLike[str] | BinaryIO) -> bool:
    """Return whether a file, by its path or open, holds a grey picture of more than 8 bits a sample, by its header; False where it cannot be read."""
    beginning = beginning_of(photo)
    kind = kind_of(beginning)
    if kind == "PNG":
        return beginning[24:26] == b"\x10\0"  # 16 bits, grey
    if kind not in ("TIFF", "PPM", "JPEG 2000"):
        return False
    try:
        with open_picture(photo) as image:
            return image.mode in DEEP
    except UNREADABLE:
        return False


def _measure(photo: str | PathLike[str] | BinaryIO) -> Measured | None:
    try:
        with open_picture(photo) as image:
            if image.mode not in DEEP or image.width * image.height > MAX_PIXELS:
                return None
            file = getattr(image, "fp", None)
            bits = _significant_bits(file) if image.format == "PNG" and file is not None else 0
            image.load()
            values = deep_values(image)
            if not values.size:
                return None
            some = values.ravel()[:: values.size // SOME_VALUES | 1]  # odd: in no column alone
            low, high = np.percentile(some, (OUTSIDE, 100 - OUTSIDE), method="nearest")
            return image.mode == "F", float(low), float(high), stated_range(image), bits
    except UNREADABLE:
        return None  # is said where it is read


def _significant_bits(file: BinaryIO) -> int:
    """Return how many bits a PNG file says to be significant (sBIT); 0 where it says nothing. The file stays where it was."""
    place, bits = file.tell(), 0
    file.seek(_PNG_SIGNATURE)
    while len(head := file.read(8)) == 8 and head[4:] != b"IDAT":
        length = int.from_bytes(head[:4])
        if head[4:] == b"sBIT":
            bits = file.read(1)[0]
            break
        file.seek(length + 4, 1)
    file.seek(place)
    return bits


def _range_of_integers(found: Sequence[Measured]) -> Range:
    stated = _stated(found)
    if stated is not None:
        return stated
    low, high = min(one[1] for one in found), max(one[2] for one in found)
    bits = max(8, math.ceil(math.log2(high + 1))) if high > 0 else 8
    if (
        low < 0 or 0 < (high - low) * 8 < 2**bits
    ):  # signed, or on a pedestal: of all values few levels would be left
        return (low, high) if low < high else (low, low + 255)
    significant = min(one[4] for one in found)  # of files that hold them as they are, not scaled up
    return 0, 2 ** max(bits, significant) - 1


def _range_of_floats(found: Sequence[Measured]) -> Range:
    stated = _stated(found)
    if stated is not None:
        return stated
    low, high = min(one[1] for one in found), max(one[2] for one in found)
    for least, most in (_UNIT, _BYTES):
        if low >= 0 and least < high <= most:
            return 0, most
    return (min(low, 0.0), high) if min(low, 0.0) < high else (low, low + 1)


def _stated(found: Sequence[Measured]) -> Range | None:
    """Return the range that holds those which all files state; None where one states none."""
    ranges = [one[3] for one in found]
    if any(one is None for one in ranges):
        return None
    return min(one[0] for one in ranges if one), max(one[1] for one in ranges if one)
