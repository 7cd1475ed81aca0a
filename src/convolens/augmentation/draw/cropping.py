"""Random resized crop, and pad-and-crop: both part of an image's one matrix, so that they cost nothing."""

from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.augmentation.draw.ranges import WHERE, range_above_zero
from convolens.errors import ArgumentError

RATIO = (3 / 4, 4 / 3)
CROP_NUMBERS, PAD_NUMBERS = 4, 2  # random numbers an image


def check(scale: Any, ratio: Any, pixels: Any) -> None:
    """Refuse ranges that are none.

    Raises:
        ArgumentError: `scale` is no range of shares, `ratio` no range of ratios, `pixels` no whole number.
    """
    if scale is not None:
        range_above_zero("random_resized_crop", scale, 1.0, "(0.6, 1.0)")
    range_above_zero("random_resized_crop_ratio", ratio, float("inf"), "(0.75, 1.333)")
    integer(WHERE, "pad_and_crop", pixels, minimum=0)


def crops(u: np.ndarray, scale: Any, ratio: Any, shape: tuple[int, int]) -> np.ndarray:
    """Return crops of random area, shape and place.

    A ratio that does not fit into the image with the drawn area is not drawn again but left out beforehand, so that the
    area is always the drawn one.

    Args:
        u: (n, 4) in [0, 1).
        scale: (low, high) shares of the area, drawn evenly.
        ratio: (low, high) of width to height, the image's own being 1; drawn evenly on a logarithmic scale.
        shape: (rows, columns) of the images.

    Returns:
        (n, 4) float64: top, left, height, width in pixels, all inside of the image.

    Source:
        Inception's "random resized crop" (Szegedy et al. 2014), as in torchvision's `RandomResizedCrop`.

    Example:
        >>> crops(np.array([[0.0, 0.5, 0.5, 0.5]]), (0.25, 1), (1, 1), (8, 8)).tolist()
        [[2.0, 2.0, 4.0, 4.0]]
    """
    low, high = (float(v) for v in scale)
    area = low + (high - low) * u[:, 0]
    wide = np.exp(_between(u[:, 1], *(np.log(np.clip(r, area, 1 / area)) for r in ratio)))
    sides = np.minimum(np.stack([np.sqrt(area / wide), np.sqrt(area * wide)], axis=1), 1.0)  # (n, 2)
    whole = np.array(shape, float)
    sizes = np.maximum(sides * whole, 1.0)
    return np.concatenate([u[:, 2:4] * (whole - sizes), sizes], axis=1)


def crop_matrices(crop: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return for each crop the matrix (n, 2, 3) that enlarges it to the whole image.

    The outermost pixels' centres fall on the crop's outermost centres, so that nothing from outside is needed.

    Example:
        >>> crop_matrices(np.array([[1.0, 0.0, 3.0, 5.0]]), (5, 5))[0].tolist()
        [[0.5, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    matrix = np.zeros((len(crop), 2, 3))
    for axis in (0, 1):
        matrix[:, axis, axis] = (crop[:, 2 + axis] - 1) / (shape[axis] - 1) if shape[axis] > 1 else 1.0
        matrix[:, axis, 2] = crop[:, axis]
    return matrix


def shifts(u: np.ndarray, pixels: int, shape: tuple[int, int]) -> np.ndarray:
    """Return whole-pixel shifts (n, 2), rows and columns, from -pixels to pixels, all equally likely.

    Raises:
        ArgumentError: an image could be shifted out of sight.

    Example:
        >>> shifts(np.array([[0.0, 0.99]]), 4, (32, 32)).tolist()
        [[-4, 4]]
    """
    if pixels >= min(shape):
        raise ArgumentError(
            f"{WHERE}: pad_and_crop must be smaller than the images, which are {shape[0]} rows x {shape[1]} columns; "
            f"received {pixels}."
        )
    return (u * (2 * pixels + 1)).astype(np.int64) - pixels


def describe(scale: Any, ratio: Any, pixels: int, constant: float) -> list[str]:
    """Return a line for each that is on."""
    lines = []
    if scale is not None:
        lines.append(
            "random resized crop: {:.0%} to {:.0%} of the area, width to height times {:.3g} to {:.3g}".format(
                *scale, *ratio
            )
        )
    if pixels:
        lines.append(f"pad and crop: moved by up to {pixels} whole pixels, filled with {constant:g}")
    return lines


def _between(u: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return low + (high - low) * u
