"""Shifts as Keras' ImageDataGenerator means them: a share, pixels, or a choice from a list."""

from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.augmentation.draw.ranges import MOST
from convolens.errors import ArgumentError


def check(where: str, name: str, value: Any) -> None:
    """Raise `ArgumentError` unless a shift range is a number from 0, or a list of some.

    Args:
        where, name: of the argument, for the message.
        value: what was given for it.

    Example:
        >>> check("Augmentation", "width_shift_range", [2, 5])
    """
    is_list = isinstance(value, (list, tuple, np.ndarray))
    if is_list and len(value) == 0:
        raise ArgumentError(
            f"{where}: {name} must be a number, or a list of shifts to choose from; received an empty list. Give 0 for "
            "no shift."
        )
    for item in value if is_list else [value]:
        number_in(where, name, item, 0, MOST)


def pixels(value: Any, u: np.ndarray, sign: np.ndarray, length: int) -> np.ndarray:
    """Return shifts in pixels as Keras draws them: an int n means whole pixels below n, a list a choice.

    Args:
        value: a share of the length (below 1), pixels, or a list of either.
        u, sign: (n,) each, in [0, 1).
        length: of the side, in pixels.

    Example:
        >>> pixels(0.1, np.array([0.75]), np.array([0.0]), 100).tolist()
        [5.0]
    """
    if isinstance(value, (list, tuple, np.ndarray)):
        choices = np.asarray(value, dtype=np.float64)
    elif isinstance(value, (int, np.integer)) and value > 0:
        choices = np.arange(int(value), dtype=np.float64)
    else:
        drawn = float(value) * (2 * u - 1)
        return drawn * length if value < 1 else drawn
    drawn = choices[np.minimum((u * len(choices)).astype(np.int64), len(choices) - 1)]
    drawn = np.where(sign < 0.5, -drawn, drawn)
    return drawn * length if np.max(value) < 1 else drawn


def describe(value: Any, direction: str) -> list[str]:
    """Return a line if it is on.

    Example:
        >>> describe(0.1, "sideways")
        ['shift sideways: up to 10% either way']
    """
    if isinstance(value, (list, tuple, np.ndarray)):
        return [f"shift {direction}: one of {', '.join(f'{v:g}' for v in value)}, either way"]
    if not value:
        return []
    if value < 1:
        return [f"shift {direction}: up to {value:.0%} either way"]
    return [f"shift {direction}: up to {value:g} pixels either way"]
