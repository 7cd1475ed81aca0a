"""What `validation_split` takes: the last share of the samples, before any shuffling."""

from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.training.inputs.arrays import as_arrays, as_labels, part_of


def split(x: Any, y: Any, weight: Any, share: float, validation_data: Any) -> tuple[Any, Any]:
    """Return (x, y, weight) without the last share of the samples, and that share as validation data."""
    number_in("fit", "validation_split", share, 0.0, 1.0, open_high=True)
    x = as_arrays(x)
    if x is None:
        raise ArgumentError("fit: validation_split needs arrays; give validation_data beside a generator.")
    several = isinstance(x, list)
    arrays = x if several else [x]
    if validation_data is not None:
        raise ArgumentError("fit: give validation_split or validation_data, not both.")
    y = None if y is None else as_labels("fit", y)
    weight = weight if weight is None or hasattr(weight, "shape") else np.asarray(weight)
    if y is not None and len(y) != len(arrays[0]):
        raise ShapeError(
            f"fit: x and y must have the same length; received {len(arrays[0])} samples and {len(y)} labels."
        )
    cut = int(np.floor(len(arrays[0]) * (1.0 - share)))
    if cut == 0 or cut == len(arrays[0]):
        raise ArgumentError(
            f"fit: validation_split={share} of {len(arrays[0])} samples leaves one side empty; give more samples."
        )

    def part(value: Any, rows: slice) -> Any:
        return None if value is None else part_of(value, rows)

    def part_x(rows: slice) -> Any:
        parts = [part_of(array, rows) for array in arrays]
        return parts if several else parts[0]

    first, last = slice(0, cut), slice(cut, None)
    return (
        (part_x(first), part(y, first), part(weight, first)),
        (part_x(last), part(y, last), part(weight, last)),
    )
