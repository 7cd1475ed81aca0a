"""Mixed channels: a 1x1 convolution on a photo: one weight for red, green and blue each, and nothing else."""

from typing import Any

import numpy as np

from convolens.analysis import arithmetic
from convolens.studio.pictures.chosen import Chosen

LONGEST = 256  # pixels


def mixed(photo: Chosen, weights: tuple[float, float, float]) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the map that a 1x1 convolution makes of a photo, as a picture, and the sum for the pixel in its middle.

    Args:
        photo: of three channels.
        weights: of red, green and blue.

    Returns:
        uint8 (rows, columns), values cut off at 0 and 255; "shape" before and after, "middle": "values", "products", "sum".
    """
    pixels = photo.scaled(LONGEST, "rgb")
    kernel = np.array(weights, np.float64).reshape(1, 1, 3, 1)
    convolution = arithmetic.convolve(pixels, kernel)
    rows, columns = convolution.sliding.places
    cell = convolution.cell(rows // 2, columns // 2)
    picture = np.clip(np.rint(convolution.result[..., 0]), 0, 255).astype(np.uint8)
    return picture, {
        "before": list(convolution.image.shape),
        "after": list(convolution.result.shape),
        "row": cell.row,
        "column": cell.column,
        "values": cell.values[0, 0].tolist(),
        "products": cell.products[0, 0].tolist(),
        "sum": cell.sum,
    }
