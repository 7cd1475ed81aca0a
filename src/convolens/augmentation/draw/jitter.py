"""Colour jitter: brightness, contrast, saturation and hue, in an order drawn for each image."""

import itertools
from typing import Any

import numpy as np

from convolens.augmentation.draw.ranges import WHERE, numbers
from convolens.augmentation.draw.tone_codes import BRIGHTNESS, CONTRAST, HUE, NOTHING, SATURATION
from convolens.errors import ArgumentError

CODES = np.array([BRIGHTNESS, CONTRAST, SATURATION, HUE], np.uint8)
NUMBERS = 5  # random numbers an image
_NAMES = ("brightness", "contrast", "saturation", "hue")


def check(strengths: Any) -> tuple[float, float, float, float] | None:
    """Return the four strengths; None where it is off.

    Raises:
        ArgumentError: not four numbers from 0, the hue's to 0.5.
    """
    if strengths is None:
        return None
    found = numbers(strengths)
    if found is None or len(found) != 4 or min(found) < 0 or found[3] > 0.5:
        raise ArgumentError(
            f"{WHERE}: colour_jitter must be four numbers from 0 (brightness, contrast, saturation, and hue up to 0.5); "
            f"received {strengths!r}. Try (0.2, 0.2, 0.2, 0.05)."
        )
    return found[0], found[1], found[2], found[3]


def operations(u: np.ndarray, strengths: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return codes (n, 4) and amounts (n, 4) of the operations, in the drawn order.

    Brightness b means factors from max(0, 1 - b) to 1 + b, drawn evenly; contrast and saturation the same; hue h means
    shares of the colour circle from -h to h.

    Args:
        u: (n, 5) in [0, 1).
        strengths: of brightness, contrast, saturation and hue.

    Source:
        torchvision's `ColorJitter`.

    Example:
        >>> operations(np.array([[0.5, 0.5, 0.5, 0.0, 0.0]]), (0.4, 0, 0, 0.1))[1].tolist()
        [[1.0, 1.0, 1.0, -0.1]]
    """
    strength = np.array(strengths, float)
    low, high = np.maximum(0.0, 1 - strength), 1 + strength
    low[3], high[3] = -strength[3], strength[3]
    amounts = low + (high - low) * u[:, :4]
    codes = np.where(strength > 0, CODES, NOTHING)
    orders = np.array(list(itertools.permutations(range(4))))
    order = orders[(u[:, 4] * len(orders)).astype(np.int64)]  # (n, 4)
    return codes[order].astype(np.uint8), np.take_along_axis(amounts, order, axis=1)


def describe(strengths: Any) -> list[str]:
    """Return a line if it is on."""
    parts = []
    for name, strength in zip(_NAMES, strengths or (), strict=False):
        if strength and name == "hue":
            parts.append(f"hue up to {strength:g} of the colour circle either way")
        elif strength:
            parts.append(f"{name} times {max(0.0, 1 - strength):g} to {1 + strength:g}")
    return [f"colour jitter: {', '.join(parts)}"] if parts else []
