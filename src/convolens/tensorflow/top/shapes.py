"""Functions of `tf` itself that tell the shape of tensors, and change it."""

from typing import Any

import torch

from convolens import ops
from convolens.ops.making import sizes
from convolens.ops.operation import composed, operation
from convolens.tensor import as_tensor
from convolens.tensorflow.top.spelling import all_spelt

_SPELT = ("broadcast_to", "depth_to_space", "roll", "space_to_depth", "tile")
globals().update(all_spelt(_SPELT, {"input": "x", "multiples": "repeats"}))
globals().update(all_spelt(("reshape",), {"tensor": "x", "shape": "newshape"}))
_OWN = (
    "concat", "ensure_shape", "expand_dims", "pad", "rank", "repeat", "reverse", "shape", "size", "split", "squeeze", "stack", "transpose",
    "unstack",
)  # fmt: skip
__all__ = sorted({"reshape", *_SPELT, *_OWN})


@operation(1)
def shape(input: Any, out_type: Any = "int32") -> Any:
    """Return the sizes as a tensor of whole numbers.

    Args:
        input: a tensor.
        out_type: of the numbers.
    """
    return as_tensor(list(input.size()), out_type)


@operation(1)
def size(input: Any, out_type: Any = "int32") -> Any:
    """Return the number of values.

    Args:
        input: a tensor.
        out_type: of the number.
    """
    return as_tensor(input.numel(), out_type)


def rank(input: Any, name: str | None = None) -> Any:
    """Return the number of axes.

    Args:
        input: a tensor.
        name: accepted.
    """
    return as_tensor(ops.ndim(input), "int32")


@operation(1)
def ensure_shape(x: Any, shape: Any) -> Any:
    """Return x, after a look at its shape.

    Args:
        x: a tensor.
        shape: what its sizes must be, None where one is free.

    Raises:
        ShapeError: it has another shape.
    """
    x.set_shape(shape)
    return x


@composed
def expand_dims(input: Any, axis: Any) -> Any:
    """Return a tensor with an axis of size 1 more.

    Args:
        input: a tensor.
        axis: its place in the result.
    """
    return ops.expand_dims(input, axis)


@composed
def squeeze(input: Any, axis: Any = None, squeeze_dims: Any = None) -> Any:
    """Return a tensor without axes of size 1.

    Args:
        input: a tensor.
        axis: which; None for all of them.
        squeeze_dims: TensorFlow 1's word for axis.
    """
    return ops.squeeze(input, squeeze_dims if axis is None else axis)


@composed
def transpose(a: Any, perm: Any = None, conjugate: bool = False) -> Any:
    """Return a tensor with its axes in another order.

    Args:
        a: a tensor.
        perm: the order; None for the reverse.
        conjugate: accepted.
    """
    return ops.transpose(a, perm)


@composed
def reverse(tensor: Any, axis: Any) -> Any:
    """Return a tensor turned round.

    Args:
        tensor: a tensor.
        axis: along which.
    """
    return ops.flip(tensor, axis)


@composed
def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> Any:
    """Return a tensor with values around it.

    Args:
        tensor: a tensor.
        paddings: how many (before, after) along each axis.
        mode: "CONSTANT", "REFLECT" (the edge not repeated) or "SYMMETRIC" (repeated).
        constant_values: of "CONSTANT".
    """
    return ops.pad(tensor, paddings, mode, constant_values)


@composed
def repeat(input: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return a tensor with each value repeated.

    Args:
        input: a tensor.
        repeats: how often: a number, or one for each place.
        axis: along which; None for all values in a row.
    """
    return ops.repeat(input, repeats, axis)


@composed
def concat(values: Any, axis: Any = 0) -> Any:
    """Return tensors joined along an axis.

    Args:
        values: the tensors.
        axis: the axis.
    """
    return ops.concatenate(values if isinstance(values, (list, tuple)) else [values], int(axis))


@composed
def stack(values: Any, axis: int = 0) -> Any:
    """Return tensors joined along a new axis.

    Args:
        values: the tensors, of one shape.
        axis: the place of the axis in the result.
    """
    return ops.stack(list(values), axis)


@composed
def unstack(value: Any, num: int | None = None, axis: int = 0) -> Any:
    """Return the parts of a tensor along an axis, in a list, without that axis.

    Args:
        value: a tensor.
        num: accepted.
        axis: along which.
    """
    return ops.unstack(value, num, axis)


@operation(1)
def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: int | None = None) -> Any:
    """Return parts of a tensor, in a list.

    Args:
        value: a tensor.
        num_or_size_splits: how many parts of one size, or the size of each (-1 for what is left).
        axis: along which.
        num: accepted.
    """
    if isinstance(num_or_size_splits, int) or ops.ndim(num_or_size_splits) == 0:
        return ops.split(value, int(num_or_size_splits), axis)
    lengths = sizes(num_or_size_splits)
    left = value.size(axis) - sum(length for length in lengths if length >= 0)
    return list(torch.split(value, [left if length < 0 else length for length in lengths], axis))
