"""Functions that take axes away, or go along one: sums, means, the largest and where it is."""

import builtins
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.ops.operation import computation

__all__ = [
    "all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "cumprod", "cumsum", "logsumexp", "max", "mean",
    "median", "min", "moments", "norm", "prod", "std", "sum", "var",
]  # fmt: skip


def _axes(x: torch.Tensor, axis: Any, where: str) -> list[int]:
    """Return which axes are meant, from 0; all for None."""
    given = list(range(x.ndim)) if axis is None else [axis] if not isinstance(axis, (list, tuple)) else axis
    wrong = [one for one in given if not -x.ndim <= int(one) < x.ndim]
    if wrong:
        raise ArgumentError(f"{where}: axis={wrong[0]} does not exist in a tensor of rank {x.ndim}.")
    return sorted({int(one) % x.ndim for one in given})


def fractions(x: Any) -> Any:
    """Return numbers with fractions: whole ones and truths as float32."""
    return x if x.is_floating_point() else x.float()


_NARROW = ("bool", "uint8", "int8", "int16")


def summed(x: Any) -> torch.dtype:
    """Return the type of a sum or product of values of x: narrow whole numbers, which it would leave, and truths become int32."""
    return torch.int32 if x.dtype in _NARROW else x.dtype.torch


@computation(1)
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the sum along axes; of truths and of whole numbers of 8 and 16 bits int32, else of the type of x.

    Args:
        x: numbers.
        axis: one axis or several, None for all.
        keepdims: whether the axes stay, of size 1.

    Raises:
        ArgumentError: there is no such axis.
    """
    kind, axes = summed(x), _axes(x, axis, "sum")
    return torch.sum(x, axes, keepdim=keepdims, dtype=kind) if axes else x.to(kind)


@computation(1)
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the mean along axes, a fraction.

    Args, Raises: as of `sum`.
    """
    x, axes = fractions(x), _axes(x, axis, "mean")
    return torch.mean(x, axes, keepdim=keepdims) if axes else x


@computation(1)
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """Return the mean along axes, weighted.

    Args:
        x: numbers.
        axis: one axis or several, None for all.
        weights: as many as x, or as along the one axis; None for equal ones.
    """
    if weights is None:
        return mean(x, axis)
    weights = torch.as_tensor(weights, dtype=fractions(x).dtype.torch, device=x.device)
    if weights.ndim == 1 and x.ndim > 1:
        weights = weights.reshape([-1 if one == axis % x.ndim else 1 for one in range(x.ndim)])
    return sum(fractions(x) * weights, axis) / sum(weights.expand(x.shape), axis)


@computation(1)
def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the product along axes, of the type of `sum`.

    Args, Raises: as of `sum`.
    """
    x = x.to(summed(x))
    for one in reversed(_axes(x, axis, "prod")):
        x = torch.prod(x, one, keepdim=keepdims, dtype=x.dtype.torch)
    return x


@computation(1)
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the largest along axes.

    Args:
        x: numbers.
        axis: one axis or several, None for all.
        keepdims: whether the axes stay, of size 1.
        initial: one number more, which is among those compared; None for none.

    Raises:
        ArgumentError: there is no such axis, or nothing to compare.
    """
    return _extreme("max", torch.amax, torch.maximum, x, axis, keepdims, initial)


@computation(1)
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the smallest along axes.

    Args, Raises: as of `max`.
    """
    return _extreme("min", torch.amin, torch.minimum, x, axis, keepdims, initial)


def _extreme(where: str, of_axes: Any, of_two: Any, x: Any, axis: Any, keepdims: bool, initial: Any) -> Any:
    axes = _axes(x, axis, where)
    if builtins.any(x.size(one) == 0 for one in axes):
        if initial is None:
            raise ArgumentError(f"{where}: {x.shape} has no values along axes {axes}; give initial=.")
        return torch.full_like(torch.sum(x, axes, keepdim=keepdims), initial, dtype=x.dtype.torch)
    found = of_axes(x, axes, keepdim=keepdims) if axes else x
    return found if initial is None else of_two(found, torch.as_tensor(initial).to(found))


amax, amin = max, min


@computation(1)
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the variance along axes: the mean of squares of differences from the mean.

    Args, Raises: as of `sum`.
    """
    return torch.var(fractions(x), _axes(x, axis, "var"), correction=0, keepdim=keepdims)


@computation(1)
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the square root of the variance along axes.

    Args, Raises: as of `sum`.
    """
    return torch.sqrt(var(x, axis, keepdims))


@computation(1)
def moments(x: Any, axes: Any, keepdims: bool = False) -> Any:
    """Return (mean, variance) along axes.

    Args:
        x: numbers.
        axes: one axis or several.
        keepdims: whether the axes stay, of size 1.
    """
    return mean(x, axes, keepdims), var(x, axes, keepdims)


@computation(1)
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the median along axes.

    Args, Raises: as of `sum`.
    """
    axes = _axes(x, axis, "median")
    kept = [one for one in range(x.ndim) if one not in axes]
    x = fractions(x)
    flat = x.permute([*kept, *axes]).reshape([x.size(one) for one in kept] + [-1])
    value = torch.quantile(flat.double(), 0.5, dim=-1).to(x)
    return value.reshape([1 if one in axes else x.size(one) for one in range(x.ndim)]) if keepdims else value


@computation(1)
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return whether any is true, along axes.

    Args, Raises: as of `sum`.
    """
    axes = _axes(x, axis, "any")
    return torch.any(x.bool(), axes, keepdim=keepdims) if axes else x.bool()


@computation(1)
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return whether all are true, along axes.

    Args, Raises: as of `sum`.
    """
    axes = _axes(x, axis, "all")
    return torch.all(x.bool(), axes, keepdim=keepdims) if axes else x.bool()


@computation(1)
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """Return how many are not 0, along axes.

    Args, Raises: as of `sum`.
    """
    return sum(x != 0, axis)


@computation(1)
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the logarithm of the sum of e^x along axes.

    Args, Raises: as of `sum`.
    """
    return torch.logsumexp(fractions(x), _axes(x, axis, "logsumexp"), keepdim=keepdims)


@computation(1)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the length of vectors, or the norm of matrices.

    Args:
        x: numbers.
        ord: which norm, as `numpy.linalg.norm` counts them; None or "euclidean" for the root of the sum of squares.
        axis: one axis, or two; None for all.
        keepdims: whether the axes stay, of size 1.
    """
    axes = None if axis is None else tuple(_axes(x, axis, "norm"))
    if ord in (None, "euclidean", "fro"):
        return torch.linalg.vector_norm(fractions(x), 2, axes, keepdims)
    return torch.linalg.norm(fractions(x), ord, axes, keepdims)


def _place(x: Any, axis: int | None, keepdims: bool, where: str) -> tuple[Any, int, tuple[int, ...] | None]:
    """Return x, the one axis to look along, and the shape that the result keeps (None: as it comes)."""
    if axis is None:
        return x.reshape(-1), 0, (1,) * x.ndim if keepdims else None
    return x, _axes(x, axis, where)[0], None


@computation(1)
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return where the largest lies along an axis, the first of several; int64.

    Args:
        x: numbers.
        axis: the axis; None for the place in all values, row by row.
        keepdims: whether the axis stays, of size 1.

    Raises:
        ArgumentError: there is no such axis.
    """
    x, along, shape = _place(x, axis, keepdims, "argmax")
    found = torch.argmax(x.int() if x.dtype == "bool" else x, along, keepdim=keepdims)
    return found if shape is None else found.reshape(shape)


@computation(1)
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return where the smallest lies along an axis, the first of several; int64.

    Args, Raises: as of `argmax`.
    """
    x, along, shape = _place(x, axis, keepdims, "argmin")
    found = torch.argmin(x.int() if x.dtype == "bool" else x, along, keepdim=keepdims)
    return found if shape is None else found.reshape(shape)


@computation(1)
def cumsum(x: Any, axis: int | None = None) -> Any:
    """Return the sums so far, along an axis; of truths int32, else of the type of x.

    Args:
        x: numbers.
        axis: the axis; None for all values, row by row.
    """
    x, along, _ = _place(x, axis, False, "cumsum")
    return torch.cumsum(x, along, dtype=torch.int32 if x.dtype == "bool" else x.dtype.torch)


@computation(1)
def cumprod(x: Any, axis: int | None = None) -> Any:
    """Return the products so far, along an axis.

    Args: as of `cumsum`.
    """
    x, along, _ = _place(x, axis, False, "cumprod")
    return torch.cumprod(x, along, dtype=torch.int32 if x.dtype == "bool" else x.dtype.torch)
