"""batch_dot: products of two tensors, sample by sample."""

import math
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.ops.operation import operation

__all__ = ["batch_dot"]


@operation(2)
def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Return the sums of products along an axis of each, sample by sample.

    Args:
        x, y: tensors of as many samples, with at least one axis more.
        axes: the axis of both, or of each, from the end where negative; None for the last of x and the last but one of y.

    Returns:
        The other axes of x, then those of y; one of size 1 where there are none.

    Raises:
        ArgumentError: axes of another form, or the batch's. ShapeError: tensors without another axis, another number of samples, or
            axes of different lengths.

    Example:
        >>> batch_dot([[1.0, 2.0]], [[3.0, 4.0]]).numpy().tolist()
        [[11.0]]
    """
    shapes = f"received shapes {tuple(x.shape)} and {tuple(y.shape)}"
    if min(x.ndim, y.ndim) < 2:
        raise ShapeError(f"batch_dot: expected a batch and at least one axis more of x and of y; {shapes}.")
    usual = (x.ndim - 1, max(y.ndim - 2, 1))
    pair = usual if axes is None else tuple(axes) if isinstance(axes, (list, tuple)) else (axes, axes)
    if len(pair) != 2 or not all(isinstance(axis, (int, np.integer)) for axis in pair):
        raise ArgumentError(
            f"batch_dot: axes must be an axis, or a pair with one of x and one of y; received {axes!r}."
        )
    for name, axis, rank in (("x", pair[0], x.ndim), ("y", pair[1], y.ndim)):
        if not -rank <= axis < rank or axis % rank == 0:
            raise ArgumentError(
                f"batch_dot: axes={axes!r}: {name} of rank {rank} has axes 1 to {rank - 1} beside the batch's, 0; received {axis}."
            )
    first, second = pair[0] % x.ndim, pair[1] % y.ndim
    if x.shape[0] != y.shape[0] or x.shape[first] != y.shape[second]:
        raise ShapeError(
            f"batch_dot: x and y must be as long along their axes 0 and along {first} and {second}; {shapes}."
        )
    x = torch.movedim(x, first, -1)
    y = torch.movedim(y, second, 1)
    left, right = x.shape[1:-1], y.shape[2:]
    product = torch.bmm(
        x.reshape(x.shape[0], math.prod(left), x.shape[-1]),
        y.reshape(y.shape[0], y.shape[1], math.prod(right)),
    )
    return product.reshape([x.shape[0], *((*left, *right) or (1,))])
