"""Random erasing, and with it Cutout: a box of an image gets one value."""

from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.augmentation.draw.ranges import WHERE, range_above_zero

AREA, RATIO = (0.02, 0.33), (0.3, 3.3)
NUMBERS = 5  # random numbers an image


def check(probability: Any, area: Any, ratio: Any, value: Any) -> None:
    """Refuse values out of range.

    Raises:
        ArgumentError: no probability, no range of shares, no range of ratios, no number.
    """
    number_in(WHERE, "random_erasing", probability, 0, 1)
    range_above_zero("random_erasing_area", area, 1.0, "(0.02, 0.33)")
    range_above_zero("random_erasing_ratio", ratio, float("inf"), "(0.3, 3.3)")
    number_in(WHERE, "random_erasing_value", value, 0, 255)


def boxes(u: np.ndarray, probability: float, area: Any, ratio: Any, shape: tuple[int, int]) -> np.ndarray:
    """Return the boxes that are erased.

    A ratio that does not fit into the image with the drawn area is left out beforehand, so that the area is the drawn one
    give or take whole pixels.

    Args:
        u: (n, 5) in [0, 1).
        probability: that anything is erased.
        area: (low, high) shares of the image, drawn evenly.
        ratio: (low, high) of height to width in pixels, drawn evenly on a logarithmic scale.
        shape: (rows, columns) of the images.

    Returns:
        (n, 4) int64: top, left, height, width; zeros for none.

    Source:
        Zhong et al., "Random erasing data augmentation" (2017); Cutout (DeVries and Taylor, 2017) is
        probability 1, one area and ratio 1, but always whole inside of the image.

    Example:
        >>> boxes(np.array([[0.1, 0.0, 0.5, 0.5, 0.0]]), 0.5, (0.25, 0.25), (1, 1), (8, 8)).tolist()
        [[2, 0, 4, 4]]
    """
    rows, columns = shape
    low, high = (float(v) for v in area)
    pixels = (low + (high - low) * u[:, 1]) * rows * columns
    flattest, tallest = (np.log(np.clip(r, pixels / columns**2, rows**2 / pixels)) for r in ratio)
    tall = np.exp(flattest + (tallest - flattest) * u[:, 2])
    height = np.clip(np.rint(np.sqrt(pixels * tall)), 1, rows).astype(np.int64)
    width = np.clip(np.rint(pixels / height), 1, columns).astype(np.int64)
    top = (u[:, 3] * (rows - height + 1)).astype(np.int64)
    left = (u[:, 4] * (columns - width + 1)).astype(np.int64)
    found = np.stack([top, left, height, width], axis=1)
    return np.where((u[:, 0] < probability)[:, np.newaxis], found, 0)


def describe(probability: float, area: Any, ratio: Any, value: float) -> list[str]:
    """Return a line if it is on."""
    if not probability:
        return []
    return [
        f"random erasing: {probability:.0%} of the images, "
        + "{:.0%} to {:.0%} of the area, height to width {:.3g} to {:.3g}".format(*area, *ratio)
        + f", filled with {value:g}"
    ]
