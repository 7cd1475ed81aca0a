"""Functions that pick values: by a condition, by places, by order."""

from typing import Any

import torch

from convolens.ops.operation import computation, operation
from convolens.tensor import as_tensor

__all__ = [
    "argsort", "in_top_k", "nonzero", "searchsorted", "sort", "take", "take_along_axis", "top_k", "unique", "where",
]  # fmt: skip


def _places(x: Any) -> torch.Tensor:
    return as_tensor(x).as_subclass(torch.Tensor).long()


@operation(1)
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Return x1 where a condition holds, x2 elsewhere.

    Args:
        condition: truths.
        x1, x2: shapes that spread over it; both None for the places where it holds, a row of places for each axis.
    """
    if x1 is None and x2 is None:
        return nonzero(condition)
    return _choose(x1, x2, condition.bool())


@operation(2)
def _choose(x1: Any, x2: Any, condition: Any) -> Any:
    return torch.where(condition, x1, x2)


@operation(1)
def nonzero(x: Any) -> Any:
    """Return where x is not 0: a row of places for each axis, in a list."""
    return list(torch.nonzero(x, as_tuple=True))


@operation(1)
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return the values at places along an axis.

    Args:
        x: a tensor.
        indices: the places, of any shape; from the end where negative.
        axis: along which; None for all values in a row.
    """
    places = _places(indices)
    x, axis = _in_a_row(x, axis)
    axis %= x.ndim
    places = torch.where(places < 0, places + x.size(axis), places)
    taken = torch.index_select(x, axis, places.reshape(-1))
    return taken.reshape([*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]])


@operation(1)
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return the values at places of their own along an axis.

    Args:
        x: a tensor.
        indices: places, in the shape of the result.
        axis: along which; None for all values in a row.
    """
    return torch.take_along_dim(x, _places(indices), axis)


@computation(1)
def sort(x: Any, axis: int | None = -1) -> Any:
    """Return x in rising order along an axis.

    Args:
        x: numbers.
        axis: along which; None for all values in a row.
    """
    x, axis = _in_a_row(x, axis)
    return torch.sort(x, dim=axis, stable=True)[0]


@computation(1)
def argsort(x: Any, axis: int | None = -1) -> Any:
    """Return the places of x in rising order along an axis.

    Args: as of `sort`.
    """
    x, axis = _in_a_row(x, axis)
    return torch.argsort(x, dim=axis, stable=True)


def _in_a_row(x: Any, axis: int | None) -> tuple[Any, int]:
    """Return x and an axis; for None its values in a row and their only axis."""
    return (x.reshape(-1), 0) if axis is None else (x, axis)


@computation(1)
def top_k(x: Any, k: int = 1, sorted: bool = True) -> Any:
    """Return (values, places) of the largest along the last axis.

    Args:
        x: numbers.
        k: how many.
        sorted: whether the largest comes first.
    """
    values, places = torch.topk(x, int(k), sorted=sorted)
    return values, places.int()


@operation(2)
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Return whether each right class is among the largest scores.

    Args:
        targets: class numbers, (n,).
        predictions: scores, (n, classes).
        k: how many of the largest.
    """
    own = torch.gather(predictions, -1, targets.long()[:, None])
    return torch.sum(predictions > own, -1) < k


@computation(1)
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
) -> Any:
    """Return the values of x, each once, in rising order; with what is asked for beside them in a tuple.

    Args:
        x: a tensor.
        sorted: accepted: they always are.
        return_index: whether to return where each comes first.
        return_inverse: whether to return where the values of x are among them.
        return_counts: whether to return how often each is there.
        axis: of the parts that are compared as a whole; None for single values.
    """
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True, dim=axis)
    flat = inverse.reshape(-1)
    places = torch.arange(flat.numel(), device=x.device)
    first = torch.full_like(counts, flat.numel()).scatter_reduce(0, flat, places, "amin")
    beside = ((return_index, first), (return_inverse, inverse), (return_counts, counts))
    found = [one for asked, one in beside if asked]
    return (values, *found) if found else values


@computation(2)
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Return where values would go in a rising row.

    Args:
        sorted_sequence: the row.
        values: what would go there.
        side: "left" or "right" of its equals.
    """
    return torch.searchsorted(sorted_sequence, values, side=side)
