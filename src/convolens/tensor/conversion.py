"""To and from `Tensor`: values of any kind, and what lies inside a network (images NCHW)."""

from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentTypeError
from convolens.tensor.dtype import name_of
from convolens.tensor.tensor import Tensor


def as_tensor(value: Any, dtype: Any = None) -> Tensor:
    """Return a value as a `Tensor`; Python's numbers become float32 and int32, arrays keep their type.

    Args:
        value: a number, nested lists, an array, a torch tensor in Keras' order, or a list of tensors (stacked).
        dtype: the type of the result, under any of its names; None for the value's.

    Raises:
        ArgumentTypeError: no numbers.

    Example:
        >>> as_tensor([1, 2]).dtype, as_tensor(0.5).dtype, as_tensor([1, 2], "float32").dtype
        (tf.int32, tf.float32, tf.float32)
    """
    kind = None if dtype is None else getattr(torch, name_of(dtype))
    if isinstance(value, torch.Tensor):
        plain = value.as_subclass(torch.Tensor)
    elif isinstance(value, (list, tuple)) and _holds_tensors(value):
        parts = [as_tensor(part) for part in value]
        tensors = [part for part, given in zip(parts, value, strict=True) if isinstance(given, torch.Tensor)]
        common = (tensors or parts)[0].as_subclass(torch.Tensor).dtype
        plain = torch.stack([part.as_subclass(torch.Tensor).to(common) for part in parts])
    else:
        plain = _from_values(value, kind)
    if kind is not None and plain.dtype != kind:
        plain = plain.to(kind)
    return value if plain is value and type(value) is Tensor else plain.as_subclass(Tensor)


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_tensors, value))
    return isinstance(value, torch.Tensor)


def _from_values(value: Any, kind: torch.dtype | None) -> torch.Tensor:
    array = np.asarray(value)
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == bool):
        raise ArgumentTypeError(f"A tensor is made of numbers; received {value!r:.60}.")
    if not isinstance(value, (np.ndarray, np.generic)) and kind is None and not _holds_arrays(value):
        small = {"float64": np.float32, "int64": np.int32}.get(array.dtype.name, array.dtype)
        fits = array.dtype.kind != "i" or not array.size or np.abs(array).max() < 2**31
        array = array.astype(small if fits else array.dtype)
    if any(stride < 0 for stride in array.strides) or not array.flags.writeable:
        array = array.copy()
    return torch.from_numpy(array) if array.ndim else torch.tensor(array[()].item(), dtype=_torch_type(array))


def _torch_type(array: np.ndarray) -> torch.dtype:
    return getattr(torch, array.dtype.name)


def _holds_arrays(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_arrays, value))
    return isinstance(value, (np.ndarray, np.generic))


def as_inside(x: Tensor) -> torch.Tensor:
    """Return a `Tensor` as a network sees it: plain torch, float32, NCHW where it has rank 4 (a view, no copy).

    Args:
        x: a tensor in Keras' order.

    Example:
        >>> as_inside(as_tensor(np.zeros((1, 4, 5, 3), "float32"))).shape
        torch.Size([1, 3, 4, 5])
    """
    if x.inside is not None:
        return x.inside
    plain = x.as_subclass(torch.Tensor)
    plain = plain.to(torch.float32) if plain.dtype != torch.float32 else plain
    return plain.permute(0, 3, 1, 2) if plain.ndim == 4 else plain  # (n, h, w, c) -> (n, c, h, w)


def as_surface(x: torch.Tensor) -> Tensor:
    """Return what a network gave as a `Tensor` in Keras' order (a view), which remembers it: gradients reach both.

    Args:
        x: a plain tensor, NCHW where it has rank 4.

    Example:
        >>> as_surface(torch.zeros(1, 3, 4, 5)).shape
        (1, 4, 5, 3)
    """
    tensor = (x.permute(0, 2, 3, 1) if x.ndim == 4 else x.view_as(x)).as_subclass(Tensor)
    tensor.inside = x
    return tensor
