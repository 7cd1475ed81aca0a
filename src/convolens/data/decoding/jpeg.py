"""JPEG files of the common kind, decoded by simplejpeg: the same pixels as Pillow's, without its overhead.

Both stand on libjpeg-turbo, with the exact transform and the smooth upsampling; a test holds that their pixels are equal.
"""

import os
from os import PathLike
from typing import Any

import numpy as np

ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif")
# What may hold an orientation; whether it does, Pillow finds out.
_LOSSLESS = (0xC3, 0xC7, 0xCB, 0xCF)
_EXIF, _XMP = b"Exif\0\0", b"tiff:Orientation"


def read_plain_jpeg(
    path: Any, max_pixels: int, shrinks_to: int | None = None, data: bytes | None = None
) -> np.ndarray | None:
    """Return the pixels of a whole, upright colour JPEG file, or None for anything else, which is Pillow's.

    Args:
        path: a file name; anything else gives None.
        max_pixels: a file that claims more gives None.
        shrinks_to: a photo of at least twice so many pixels on both sides gives None, because Pillow can halve it
            while it decodes.
        data: the bytes of the file, where it was read already.

    Returns:
        uint8 (rows, columns, 3).
    """
    if not isinstance(path, (str, PathLike)) or not os.fspath(path).lower().endswith(ENDINGS):
        return None
    import simplejpeg

    try:
        if data is None:
            with open(path, "rb", buffering=0) as file:
                data = file.read()
        if _EXIF in data or _XMP in data:
            return None
        rows, columns, colours, _ = simplejpeg.decode_jpeg_header(data)
        if colours != "YCbCr" or rows * columns > max_pixels:
            return None
        if shrinks_to is not None and min(rows, columns) >= 2 * shrinks_to:
            return None
        return simplejpeg.decode_jpeg(data, "RGB")
    except (
        OSError,
        ValueError,
        MemoryError,
    ):  # missing, damaged or odd: Pillow reads it, or says what is wrong
        return None


def why_not_decoded(data: bytes) -> str | None:
    """Return why a whole JPEG file is of a kind that no decoder here reads; None where it is of a common kind, or damaged.

    Example:
        >>> why_not_decoded(bytes.fromhex("ffd8ffc100110c"))
        'a JPEG of 12 bits a sample, which is not decoded; save it as PNG or as a JPEG of 8 bits.'
    """
    place = 2
    while data[:2] == b"\xff\xd8" and data[place : place + 1] == b"\xff" and len(data) > place + 4:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # the beginning of a frame
            bits = data[place + 4]
            kind = "of 12 bits a sample" if bits == 12 else "without loss" if marker in _LOSSLESS else None
            return kind and f"a JPEG {kind}, which is not decoded; save it as PNG or as a JPEG of 8 bits."
        place += 2 + length
    return None
