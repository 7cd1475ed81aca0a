"""Branches: what an Inception module does to its input, on a photo: 1x1, 3x3, 5x5 and a pooling, all of one size, laid together."""

from typing import Any

import numpy as np

from convolens.analysis import arithmetic
from convolens.studio.pictures.chosen import Chosen
from convolens.studio.pictures.sprites import sprite

LONGEST = 128  # pixels


def branches(photo: Chosen) -> tuple[np.ndarray, dict[str, Any]]:
    """Return four maps of a photo side by side as one picture, and what each is.

    Args:
        photo: whose brightness is taken.

    Returns:
        uint8 (rows, 4 * columns), each from its lowest value, black, to its highest, white; "branches": "name" and "shape" of each,
        "together": the shape of all.
    """
    pixels = photo.scaled(LONGEST, "grayscale")
    found = {
        "1x1, the brightness as it is": arithmetic.convolve(pixels, [[1.0]], padding="same").result,
        "3x3, edges from left to right": arithmetic.convolve(pixels, "sobel-x", padding="same").result,
        "5x5, blurred": arithmetic.convolve(pixels, "gaussian-blur-5", padding="same").result,
        "3x3 max pooling, step 1": arithmetic.pool(pixels, "max", 3, 1, "same").result,
    }
    rows, columns = pixels.shape[:2]
    return sprite([_grey(values[..., 0]) for values in found.values()], len(found)), {
        "branches": [{"name": name, "shape": list(values.shape)} for name, values in found.items()],
        "together": [rows, columns, len(found)],
    }


def _grey(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    return ((values - low) * (255 / (high - low if high > low else 1))).astype(np.uint8)
