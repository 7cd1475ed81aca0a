"""What `validation_split` takes: the last share of the samples, before any shuffling."""

from collections.abc import Callable
from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.training.inputs.arrays import as_arrays, as_labels, part_of


def _each(function: Callable[[Any], Any], value: Any, several: bool) -> Any:
    """Return what a function makes of a value, or of each in a list; None stays."""
    if several and value is not None:
        return [_each(function, one, False) for one in value]
    return None if value is None else function(value)


def split(x: Any, y: Any, weight: Any, share: float, outputs: int = 1) -> tuple[Any, Any]:
    """Return (x, y, weight) without the last share of the samples, and that share as validation data.

    Args:
        x, y, weight: as of `fit`; of several outputs lists of one for each.
        share: in [0, 1).
        outputs: how many the model has.

    Raises:
        ArgumentError: a side without samples, or no arrays. ShapeError: different lengths.
    """
    number_in("fit", "validation_split", share, 0.0, 1.0, open_high=True)
    x = as_arrays(x)
    if x is None:
        raise ArgumentError("fit: validation_split needs arrays; give validation_data beside a generator.")
    several = isinstance(x, list)
    arrays = x if several else [x]
    y = _each(lambda one: as_labels("fit", one), y, outputs > 1)
    weight = _each(np.asarray, weight, outputs > 1 and isinstance(weight, list))
    for one in y if outputs > 1 and y is not None else [y]:
        if one is not None and len(one) != len(arrays[0]):
            raise ShapeError(
                f"fit: x and y must have the same length; received {len(arrays[0])} samples and {len(one)} labels."
            )
    cut = int(np.floor(len(arrays[0]) * (1.0 - share)))
    if cut == 0 or cut == len(arrays[0]):
        raise ArgumentError(
            f"fit: validation_split={share} of {len(arrays[0])} samples leaves one side empty; give more samples."
        )

    def part(value: Any, rows: slice) -> Any:
        return _each(lambda one: part_of(one, rows), value, isinstance(value, list))

    def part_x(rows: slice) -> Any:
        parts = [part_of(array, rows) for array in arrays]
        return parts if several else parts[0]

    first, last = slice(0, cut), slice(cut, None)
    return (
        (part_x(first), part(y, first), part(weight, first)),
        (part_x(last), part(y, last), part(weight, last)),
    )
