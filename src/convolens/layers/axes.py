"""Axes: Keras' order outside (images NHWC), torch's inside (NCHW, channels last in memory); other ranks lie in Keras' order."""

from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError
from convolens.layers.calls.symbols import mapped
from convolens.tensor import Tensor, as_surface


class Values(np.ndarray[Any, Any]):
    """The array that a layer or model gives for arrays: NumPy's, which TensorFlow's `.numpy()` can be asked of.

    One value in an array of any rank is a number, `float(model.predict(x)[0])`, as it was before NumPy 2.4. It is printed and pickled as
    NumPy's own.
    """

    def numpy(self) -> np.ndarray:
        """Return it as a plain array of NumPy."""
        return np.asarray(self)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """Return what NumPy computes of it as NumPy gives it: an array, or a scalar."""
        return np.asarray(array)[()] if return_scalar else np.asarray(array)

    def __float__(self) -> float:
        return float(self.item() if self.size == 1 else self.numpy())

    def __int__(self) -> int:
        return int(self.item() if self.size == 1 else self.numpy())

    def __repr__(self) -> str:
        return repr(self.numpy())

    def __reduce__(self) -> Any:
        return self.numpy().__reduce__()


def in_keras_order(x: torch.Tensor) -> torch.Tensor:
    """Return a view of a tensor from inside a network with its channels last: (n, c, h, w) -> (n, h, w, c).

    Example:
        >>> in_keras_order(torch.zeros(1, 3, 4, 5)).shape
        torch.Size([1, 4, 5, 3])
    """
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def in_torch_order(x: torch.Tensor) -> torch.Tensor:
    """Return a view of a tensor in Keras' order as a network sees it: (n, h, w, c) -> (n, c, h, w).

    Example:
        >>> in_torch_order(torch.zeros(1, 4, 5, 3)).shape
        torch.Size([1, 3, 4, 5])
    """
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def channels_second(x: torch.Tensor) -> torch.Tensor:
    """Return a view of a tensor from inside a network whose channels are axis 1, as torch's functions want them in every rank.

    Example:
        >>> channels_second(torch.zeros(1, 9, 3)).shape  # (n, steps, channels)
        torch.Size([1, 3, 9])
    """
    return x if x.ndim == 4 else x.movedim(-1, 1)


def channels_back(x: torch.Tensor) -> torch.Tensor:
    """Undo `channels_second`."""
    return x if x.ndim == 4 else x.movedim(1, -1)


def surface(x: torch.Tensor) -> np.ndarray:
    """Return a tensor as the array a user sees: NHWC where it has rank 4."""
    return in_keras_order(x.detach()).cpu().numpy()


def inside(x: np.ndarray) -> torch.Tensor:
    """Return an array as a network sees it: float32, and NCHW (a channels-last view) where it has rank 4."""
    return in_torch_order(_from_numpy(x, np.float32))


def surface_tensors(values: Any) -> Any:
    """Return torch's tensors, and lists, tuples and dicts of them, as `Tensor`s in Keras' order: views; others stay."""
    return mapped(
        lambda x: as_surface(x) if isinstance(x, torch.Tensor) and not isinstance(x, Tensor) else x, values
    )


def inside_tensors(values: Any, numbers: bool = False) -> Any:
    """Return tensors in Keras' order, and lists, tuples and dicts of them, as a network sees them: views.

    Args:
        values: `Tensor`s and arrays; torch's own too, which are taken as in Keras' order. What is none of these stays.
        numbers: whether whole numbers become float32 too.
    """
    return mapped(lambda x: _inside_tensor(x, numbers), values)


def _from_numpy(x: np.ndarray, dtype: Any) -> torch.Tensor:
    """Return an array as a tensor: the same memory, a copy where it may not be written (a mapped file)."""
    array = np.ascontiguousarray(x, dtype)
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def _inside_tensor(x: Any, numbers: bool) -> Any:
    if isinstance(x, np.ndarray) and x.dtype.kind in "biuf":
        x = _from_numpy(x, np.float32 if x.dtype.kind == "f" else None)
    if not isinstance(x, torch.Tensor):
        return x
    if isinstance(x, Tensor) and x.inside is not None:  # of a type with fractions, whichever was meant
        return x.inside.float() if numbers and not x.is_floating_point() else x.inside
    x = x.as_subclass(torch.Tensor)
    if x.dtype != torch.float32 and (numbers or x.is_floating_point()):
        x = x.float()
    return in_torch_order(x)


def dimension_of(axis: int, rank: int, where: str) -> int:
    """Return the torch dimension of an axis in Keras' order (rank 4 lies NCHW inside).

    Example:
        >>> dimension_of(-1, 4, "Softmax"), dimension_of(-1, 2, "Softmax")
        (1, 1)
    """
    if not -rank <= axis < rank:
        raise ArgumentError(f"{where}: axis={axis} does not exist in a tensor of rank {rank}.")
    axis %= rank
    return (0, 2, 3, 1)[axis] if rank == 4 else axis
