"""Functions of `tf` itself that make tensors."""

from typing import Any

import torch

from convolens import ops
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensor import Tensor, as_tensor
from convolens.tensor import TensorShape as TensorShape
from convolens.tensor import Variable as Variable
from convolens.tensorflow.top.spelling import all_spelt

_SPELT = ("eye", "ones", "ones_like", "zeros", "zeros_like")
globals().update(all_spelt(_SPELT, {"num_rows": "N", "num_columns": "M", "input": "x"}))
_OWN = (
    "Tensor", "TensorShape", "Variable", "constant", "convert_to_tensor", "fill", "identity", "is_tensor", "linspace", "meshgrid", "one_hot",
    "range",
)  # fmt: skip
__all__ = sorted({*_SPELT, *_OWN})


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return numbers as a tensor: Python's become float32 and int32, arrays keep their type; text stays text.

    Args:
        value: a number, nested lists, an array.
        dtype: of the values; None for their own.
        shape: over which one value spreads, or into which several go; None for their own.
        name: accepted.
    """
    if isinstance(value, (str, bytes)):
        return value
    made = as_tensor(value, dtype)
    if shape is None:
        return made
    return as_tensor(made.reshape(sizes(shape)) if made.numel() > 1 else made.expand(sizes(shape)).clone())


@operation(1)
def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None) -> Any:
    """Return values as a tensor.

    Args:
        value: a number, nested lists, an array, a tensor, or a list of tensors.
        dtype: of the values; None for their own.
        dtype_hint: accepted.
    """
    return as_tensor(value, dtype)


def is_tensor(x: Any) -> bool:
    """Return whether x is a tensor."""
    return isinstance(x, torch.Tensor)


@operation(1)
def identity(input: Any) -> Any:
    """Return a copy, through which gradients go."""
    return input.clone()


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """Return one value throughout.

    Args:
        dims: the sizes.
        value: the value.
        name: accepted.
    """
    made: Tensor = ops.full(dims, value)
    return made


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None
) -> Tensor:
    """Return numbers from `start` up to, without, `limit`.

    Args:
        start: the first; or the end, from 0, where there is no `limit`.
        limit, delta: the end, and what lies between two.
        dtype: of the values; None for int32 or float32, as the numbers are.
        name: accepted.
    """
    made: Tensor = ops.arange(start, limit, delta, dtype)
    return made


def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Tensor:
    """Return numbers at equal distances, the ends among them.

    Args:
        start, stop: the ends.
        num: how many.
        name, axis: accepted.
    """
    made: Tensor = ops.linspace(start, stop, int(num))
    return made


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> Any:
    """Return grids of coordinates, in a list, one for each row of numbers.

    Args:
        args: rows of numbers.
        indexing: "xy" or "ij".
        name: accepted.
    """
    return ops.meshgrid(*args, indexing=indexing)


@operation(1)
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
) -> Any:
    """Return class numbers as rows of zeros with a one.

    Args:
        indices: whole numbers.
        depth: how many classes.
        on_value, off_value: instead of one and zero.
        axis: where the classes lie in the result; None for the last.
        dtype: of the values; None for float32.
    """
    hot = ops.one_hot(indices, int(depth), -1 if axis is None else axis, dtype)
    if on_value is None and off_value is None:
        return hot
    off, on = as_tensor(0 if off_value is None else off_value), as_tensor(1 if on_value is None else on_value)
    return hot * (on - off).to(hot.dtype) + off.to(hot.dtype)
