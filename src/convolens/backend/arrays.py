"""Functions of arrays by the names and arguments of `keras.backend`."""

from typing import Any

import torch

from convolens import ops
from convolens.ops.operation import composed, operation
from convolens.tensor import as_dtype

# Functions that Keras' two rooms have by one name, with the same arguments.
_SAME = (
    "abs", "all", "any", "arange", "cast", "cos", "dot", "elu", "equal", "exp", "greater", "greater_equal", "less", "less_equal", "log",
    "logsumexp", "max", "maximum", "mean", "min", "minimum", "not_equal", "ones_like", "prod", "relu", "reshape", "round", "sigmoid",
    "sign", "sin", "softmax", "softplus", "softsign", "sparse_categorical_crossentropy", "square", "squeeze", "std", "stop_gradient",
    "sum", "tanh", "tile", "transpose", "var", "zeros_like", "binary_crossentropy", "categorical_crossentropy", "zeros", "ones",
)  # fmt: skip
_OWN = (
    "argmax", "argmin", "batch_flatten", "clip", "concatenate", "cumprod", "cumsum", "dtype", "expand_dims", "eye", "flatten", "gather",
    "map_fn", "ndim", "one_hot", "permute_dimensions", "pow", "repeat", "repeat_elements", "reverse", "shape", "sqrt", "stack", "switch",
)  # fmt: skip
__all__ = [*_SAME, *_OWN]


def __getattr__(name: str) -> Any:
    if name in _SAME:
        return getattr(ops, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@composed
def argmax(x: Any, axis: int = -1) -> Any:
    """Return where the largest lies along an axis.

    Args:
        x: numbers.
        axis: along which.
    """
    return ops.argmax(x, axis)


@composed
def argmin(x: Any, axis: int = -1) -> Any:
    """Return where the smallest lies along an axis.

    Args: as of `argmax`.
    """
    return ops.argmin(x, axis)


@operation(1)
def sqrt(x: Any) -> Any:
    """Return the square root of x, 0 where x is negative."""
    return torch.sqrt(torch.clamp(x, min=0))


@composed
def pow(x: Any, a: Any) -> Any:
    """Return x to the power of a.

    Args:
        x: numbers.
        a: the power.
    """
    return ops.power(x, a)


@composed
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Return x kept within bounds.

    Args:
        x: numbers.
        min_value, max_value: the bounds, None for none.
    """
    return ops.clip(x, min_value, max_value)


@composed
def cumsum(x: Any, axis: int = 0) -> Any:
    """Return the sums so far, along an axis.

    Args:
        x: numbers.
        axis: along which.
    """
    return ops.cumsum(x, axis)


@composed
def cumprod(x: Any, axis: int = 0) -> Any:
    """Return the products so far, along an axis.

    Args: as of `cumsum`.
    """
    return ops.cumprod(x, axis)


@composed
def expand_dims(x: Any, axis: int = -1) -> Any:
    """Return x with an axis of size 1 more.

    Args:
        x: a tensor.
        axis: its place in the result.
    """
    return ops.expand_dims(x, axis)


@composed
def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Return tensors joined along an axis.

    Args:
        tensors: the tensors.
        axis: the axis.
    """
    return ops.concatenate(tensors, axis)


@composed
def stack(x: Any, axis: int = 0) -> Any:
    """Return tensors joined along a new axis.

    Args:
        x: the tensors, of one shape.
        axis: the place of the axis in the result.
    """
    return ops.stack(x, axis)


@composed
def permute_dimensions(x: Any, pattern: Any) -> Any:
    """Return x with its axes in another order.

    Args:
        x: a tensor.
        pattern: the order.
    """
    return ops.transpose(x, pattern)


@composed
def flatten(x: Any) -> Any:
    """Return the values in a row."""
    return ops.ravel(x)


@operation(1)
def batch_flatten(x: Any) -> Any:
    """Return the values of each sample in a row."""
    return torch.reshape(x, (x.shape[0], -1))


@composed
def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Return x with each value repeated along an axis.

    Args:
        x: a tensor.
        rep: how often.
        axis: along which.
    """
    return ops.repeat(x, rep, axis)


@operation(1)
def repeat(x: Any, n: int) -> Any:
    """Return each row of x n times, in an axis of its own.

    Args:
        x: (samples, values).
        n: how often.
    """
    return ops.repeat(x[:, None], n, 1)


@composed
def reverse(x: Any, axes: Any) -> Any:
    """Return x turned round.

    Args:
        x: a tensor.
        axes: along which.
    """
    return ops.flip(x, axes)


@composed
def gather(reference: Any, indices: Any) -> Any:
    """Return the parts at places along the first axis.

    Args:
        reference: a tensor.
        indices: the places, of any shape.
    """
    return ops.take(reference, indices, 0)


@composed
def one_hot(indices: Any, num_classes: int) -> Any:
    """Return class numbers as rows of zeros with a one.

    Args:
        indices: whole numbers.
        num_classes: how many classes.
    """
    return ops.one_hot(indices, num_classes)


@operation(1)
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Return one thing where a condition holds, another elsewhere.

    Args:
        condition: truths, which spread over the axes that they lack.
        then_expression, else_expression: tensors, or functions that give them.
    """
    then, other = (one() if callable(one) else one for one in (then_expression, else_expression))
    rank = max(ops.ndim(then), ops.ndim(other))
    return ops.where(
        condition[(..., *[None] * (rank - condition.ndim))] if condition.ndim else condition, then, other
    )


def eye(size: int, dtype: Any = None) -> Any:
    """Return a square matrix with ones on its diagonal.

    Args:
        size: rows and columns.
        dtype: of the values; None for float32.
    """
    return ops.eye(size, dtype=dtype)


@operation(1)
def shape(x: Any) -> Any:
    """Return the sizes of a tensor as a tensor of whole numbers."""
    return ops.convert_to_tensor(list(x.shape), "int32")


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return ops.ndim(x)


def dtype(x: Any) -> str:
    """Return the name of the type of the values."""
    return as_dtype(x.dtype).name


def map_fn(fn: Any, elems: Any, dtype: Any = None) -> Any:
    """Return what a function gives for each part along the first axis, stacked.

    Args:
        fn: of one part.
        elems: a tensor, or a tuple or list of them.
        dtype: accepted.
    """
    return ops.map(fn, elems)
