"""Checks of ranges that the modern augmentations share."""

from typing import Any

import numpy as np

from convolens.errors import ArgumentError

WHERE = "Augmentation"
MOST = 1e6  # of shifts, factors and zooms: nothing is left of a photo beyond, and numbers near the largest overflow in the kernel


def numbers(value: Any) -> tuple[float, ...] | None:
    """Return a list, tuple or array of finite numbers as floats; None for anything else.

    Example:
        >>> numbers([1, 2]), numbers("12")
        ((1.0, 2.0), None)
    """
    if not isinstance(value, (list, tuple, np.ndarray)):
        return None
    try:
        found = tuple(float("nan") if isinstance(v, (str, bool)) else float(v) for v in value)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found).all() else None


def range_above_zero(name: str, value: Any, highest: float, example: str) -> tuple[float, float]:
    """Return a pair (low, high) with 0 < low <= high <= highest.

    Args:
        name: of the field.
        value: what was given for it.
        highest: that it may reach.
        example: a right value, for the message.

    Raises:
        ArgumentError: something else.

    Example:
        >>> range_above_zero("random_resized_crop", [0.5, 1], 1, "(0.6, 1.0)")
        (0.5, 1.0)
    """
    found = numbers(value)
    if found is None or len(found) != 2 or not 0 < found[0] <= found[1] <= highest:
        limit = "" if np.isinf(highest) else f" up to {highest:g}"
        raise ArgumentError(
            f"{WHERE}: {name} must be a pair (low, high) of numbers above 0{limit}, the lower first; "
            f"received {value!r}. Try {example}."
        )
    return found[0], found[1]
