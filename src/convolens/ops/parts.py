"""Functions that take a part of a tensor, or put values into one."""

import builtins
from typing import Any

import torch

from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensor import as_tensor

__all__ = ["scatter_update", "slice", "slice_update"]


@operation(1)
def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """Return a part of a tensor.

    Args:
        inputs: a tensor.
        start_indices: where it begins, along each axis.
        shape: its sizes.
    """
    return inputs[_span(start_indices, shape)]


@operation(1)
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Return a tensor with other values in a part of it.

    Args:
        inputs: a tensor.
        start_indices: where the part begins, along each axis.
        updates: the values.
    """
    changed = inputs.clone()
    changed[_span(start_indices, as_tensor(updates).shape)] = as_tensor(updates, inputs.dtype)
    return changed


@operation(1)
def scatter_update(inputs: Any, indices: Any, updates: Any) -> Any:
    """Return a tensor with other values at some places.

    Args:
        inputs: a tensor.
        indices: the places, (n, axes): the first axes of the tensor.
        updates: the values, n of them.
    """
    changed, places = inputs.clone(), as_tensor(indices).as_subclass(torch.Tensor).long()
    changed[tuple(places.T)] = as_tensor(updates, inputs.dtype)
    return changed


def _span(start: Any, shape: Any) -> tuple[builtins.slice, ...]:
    return tuple(builtins.slice(at, at + size) for at, size in zip(sizes(start), sizes(shape), strict=True))
