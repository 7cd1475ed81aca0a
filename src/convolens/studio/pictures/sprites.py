"""Sprites: many small pictures as one PNG, with what is to be said of each in a header of the same answer."""

import io
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from fastapi import Response
from PIL import Image

TOLD = "x-told"  # the header: JSON, in ASCII


def sprite(tiles: Sequence[np.ndarray] | np.ndarray, columns: int) -> np.ndarray:
    """Return tiles of one size as one picture, row by row.

    Args:
        tiles: uint8 (rows, columns) or (rows, columns, channels) each.
        columns: tiles in a row.

    Example:
        >>> sprite([np.zeros((2, 3), np.uint8)] * 3, 2).shape
        (4, 6)
    """
    rows, width = tiles[0].shape[:2]
    down = math.ceil(len(tiles) / columns)
    across = min(columns, len(tiles))
    found = np.zeros((down * rows, across * width, *tiles[0].shape[2:]), np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // columns * rows, place % columns * width
        found[top : top + rows, left : left + width] = tile
    return found


def as_png(pixels: np.ndarray) -> bytes:
    """Return uint8 (rows, columns), (rows, columns, 1) or (rows, columns, 3) as PNG, quickly rather than small."""
    file = io.BytesIO()
    flat = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    Image.fromarray(flat).save(file, "png", compress_level=1)
    return file.getvalue()


def told(pixels: np.ndarray, values: Any) -> Response:
    """Return a picture as an answer, and values with it, so that a page asks once."""
    headers = {TOLD: json.dumps(values), "cache-control": "no-store"}
    return Response(as_png(pixels), media_type="image/png", headers=headers)
