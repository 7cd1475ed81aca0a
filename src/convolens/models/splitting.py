"""What `validation_split` takes: the last share of the samples, before any shuffling."""

from typing import Any

import numpy as np
import torch

from convolens.arguments import number_in
from convolens.errors import ArgumentError, ShapeError


def split(x: Any, y: Any, weight: Any, share: float, validation_data: Any) -> tuple[Any, Any]:
    """Return (x, y, weight) without the last share of the samples, and that share as validation data."""
    number_in("fit", "validation_split", share, 0.0, 1.0, open_high=True)
    several = isinstance(x, (list, tuple)) and len(x) > 0 and hasattr(x[0], "shape")
    arrays = list(x) if several else [x]
    if not all(isinstance(array, (np.ndarray, torch.Tensor)) for array in arrays):
        raise ArgumentError("fit: validation_split needs arrays; give validation_data beside a generator.")
    if validation_data is not None:
        raise ArgumentError("fit: give validation_split or validation_data, not both.")
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
        return None if value is None else value[rows]

    def part_x(rows: slice) -> Any:
        parts = [array[rows] for array in arrays]
        return parts if several else parts[0]

    y = y if y is None or hasattr(y, "shape") else np.asarray(y)
    first, last = slice(0, cut), slice(cut, None)
    return (
        (part_x(first), part(y, first), part(weight, first)),
        (part_x(last), part(y, last), part(weight, last)),
    )
