"""Functions that make tensors, and that change their type."""

from typing import Any

import numpy as np
import torch

from convolens.ops.operation import operation
from convolens.tensor import Tensor, as_dtype, as_tensor

__all__ = [
    "arange", "array", "cast", "convert_to_numpy", "convert_to_tensor", "copy", "dtype", "empty", "eye", "full", "full_like",
    "identity", "is_tensor", "linspace", "multi_hot", "one_hot", "ones", "ones_like", "saturate_cast", "stop_gradient", "zeros",
    "zeros_like",
]  # fmt: skip


def sizes(shape: Any) -> list[int]:
    """Return a shape of numbers, tensors or both as a list; -1 for None.

    Example:
        >>> sizes((2, as_tensor(3))), sizes(4)
        ([2, 3], [4])
    """
    if isinstance(shape, (torch.Tensor, np.ndarray)):
        return [int(size) for size in shape.reshape(-1)]
    return [-1 if size is None else int(size) for size in shape] if np.iterable(shape) else [int(shape)]


def _type(dtype: Any, default: str = "float32") -> torch.dtype:
    return as_dtype(default if dtype is None else dtype).torch


@operation(1)
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, dtype_hint: Any = None) -> Any:
    """Return values as a tensor: float32 and int32 where they are Python's numbers.

    Args:
        x: a number, nested lists, an array, a tensor, or a list of tensors.
        dtype: of the result; None for that of the values.
        sparse, dtype_hint: accepted.
    """
    return as_tensor(x, dtype)


array = convert_to_tensor


def convert_to_numpy(x: Any) -> np.ndarray:
    """Return values as an array."""
    return np.asarray(as_tensor(x))


def is_tensor(x: Any) -> bool:
    """Return whether x is a tensor."""
    return isinstance(x, torch.Tensor)


def dtype(x: Any) -> str:
    """Return the name of the type of a tensor's values."""
    return as_tensor(x).dtype.name if not hasattr(x, "dtype") else as_dtype(x.dtype).name


@operation(1)
def cast(x: Any, dtype: Any) -> Any:
    """Return x with values of another type.

    Args:
        x: numbers.
        dtype: the type: "float32", `tf.float32`, `numpy.float32`.
    """
    return x.to(_type(dtype))


@operation(1)
def saturate_cast(x: Any, dtype: Any) -> Any:
    """Return x with values of another type, kept within what it can hold.

    Args:
        x: numbers.
        dtype: the type.
    """
    kind = as_dtype(dtype)
    return torch.clamp(x, kind.min, kind.max).to(kind.torch)


@operation(1)
def copy(x: Any) -> Any:
    """Return a copy of x, through which gradients go."""
    return x.clone()


@operation(1)
def stop_gradient(x: Any) -> Any:
    """Return x, through which no gradient goes."""
    return x.detach()


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Return zeros.

    Args:
        shape: the sizes.
        dtype: of the values; None for float32.
    """
    return as_tensor(torch.zeros(sizes(shape), dtype=_type(dtype)))


empty = zeros


def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Return ones.

    Args: as of `zeros`.
    """
    return as_tensor(torch.ones(sizes(shape), dtype=_type(dtype)))


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """Return one value throughout.

    Args:
        shape: the sizes.
        fill_value: the value.
        dtype: of the values; None for that of the value.
    """
    return as_tensor(as_tensor(fill_value, dtype).expand(sizes(shape)).clone())


@operation(1)
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Return zeros in the shape of x.

    Args:
        x: a tensor.
        dtype: of the values; None for that of x.
    """
    return torch.zeros_like(x, dtype=_type(dtype, x.dtype))


@operation(1)
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Return ones in the shape of x.

    Args: as of `zeros_like`.
    """
    return torch.ones_like(x, dtype=_type(dtype, x.dtype))


@operation(1)
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return one value throughout, in the shape of x.

    Args:
        x: a tensor.
        fill_value: the value.
        dtype: of the values; None for that of x.
    """
    return full(x.shape, fill_value, x.dtype if dtype is None else dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Return ones on a diagonal, zeros elsewhere.

    Args:
        N, M: rows and columns; as many columns as rows for None.
        k: which diagonal: 0 the main one, above it 1.
        dtype: of the values; None for float32.
    """
    return as_tensor(np.eye(int(N), None if M is None else int(M), int(k)), as_dtype(dtype or "float32"))


def identity(n: int, dtype: Any = None) -> Tensor:
    """Return a square matrix with ones on its diagonal.

    Args:
        n: rows and columns.
        dtype: of the values; None for float32.
    """
    return eye(n, dtype=dtype)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Tensor:
    """Return numbers from `start` up to, without, `stop`.

    Args:
        start: the first; or the end, from 0, where there is no `stop`.
        stop, step: the end, and what lies between two.
        dtype: of the values; None for int32 or float32, as the numbers are.
    """
    first, end = (0, start) if stop is None else (start, stop)
    numbers: Any = [as_tensor(value).item() for value in (first, end, step)]
    return as_tensor(np.arange(*numbers).tolist(), dtype or _kind_of(start, stop, step))


def _kind_of(*values: Any) -> str:
    whole = all(as_tensor(value).dtype.is_integer for value in values if value is not None)
    return "int32" if whole else "float32"


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return numbers at equal distances.

    Args:
        start, stop: the ends, or tensors of ends.
        num: how many.
        endpoint: whether `stop` is among them.
        retstep: whether to return (numbers, distance).
        dtype: of the values; None for float32.
        axis: where the numbers lie in the result, of ends that are tensors.
    """
    ends = convert_to_numpy(start).astype("float64"), convert_to_numpy(stop).astype("float64")
    numbers, step = np.linspace(*ends, int(num), endpoint, retstep=True, axis=axis)
    made = as_tensor(numbers, dtype or "float32")
    return (made, as_tensor(step, "float32")) if retstep else made


@operation(1)
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Any:
    """Return class numbers as rows of zeros with a one; zeros alone for a number that is no class.

    Args:
        x: whole numbers.
        num_classes: how many classes.
        axis: where the classes lie in the result.
        dtype: of the values; None for float32.
    """
    hot = (x[..., None] == torch.arange(int(num_classes), device=x.device)).to(_type(dtype))
    return hot if axis == -1 else torch.movedim(hot, -1, axis)


@operation(1)
def multi_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Any:
    """Return class numbers as one row with ones for all of them.

    Args:
        x: whole numbers, (numbers,) or (n, numbers).
        num_classes: how many classes.
        axis: where the classes lie before axis 1 (axis 0 of one row) is taken away, as in Keras.
        dtype: of the values; None for float32.
    """
    return torch.amax(one_hot(x, num_classes, axis, dtype), 1 if x.ndim > 1 else 0)
