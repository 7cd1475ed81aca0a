"""Functions of `tf` itself that pick from tensors, put into them, and sort them."""

import builtins
from typing import Any

import torch

from convolens import ops
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensor import as_tensor
from convolens.tensorflow.top.spelling import all_spelt

_SPELT = ("searchsorted",)
globals().update(all_spelt(_SPELT, {"input": "x"}))
_OWN = (
    "argsort", "boolean_mask", "gather", "gather_nd", "scatter_nd", "slice", "sort", "tensor_scatter_nd_add", "tensor_scatter_nd_update",
    "unique", "where",
)  # fmt: skip
__all__ = sorted({*_SPELT, *_OWN})


@operation(1)
def gather(
    params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: int = 0
) -> Any:
    """Return the parts of a tensor at places along an axis.

    Args:
        params: a tensor.
        indices: the places, of any shape.
        validate_indices: accepted.
        axis: along which; None for the first behind the batch.
        batch_dims: how many first axes are a batch, each with places of its own.
    """
    along = batch_dims if axis is None else int(axis)
    if not batch_dims:
        return ops.take(params, indices, along)
    rows = zip(params, as_tensor(indices), strict=True)
    return torch.stack(
        [gather(row, places, axis=along - 1, batch_dims=batch_dims - 1) for row, places in rows]
    )


def _places(indices: Any) -> tuple[Any, ...]:
    return tuple(as_tensor(indices).as_subclass(torch.Tensor).long().unbind(-1))


@operation(1)
def gather_nd(params: Any, indices: Any, batch_dims: int = 0) -> Any:
    """Return the parts of a tensor at places along its first axes.

    Args:
        params: a tensor.
        indices: places; the last axis holds one for each of the first axes.
        batch_dims: how many first axes are a batch, each with places of its own.
    """
    if batch_dims:
        rows = zip(params, as_tensor(indices), strict=True)
        return torch.stack([gather_nd(row, places, batch_dims - 1) for row, places in rows])
    return params[_places(indices)]


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    """Return zeros with values added at places.

    Args:
        indices: places, as of `gather_nd`.
        updates: a value for each place.
        shape: the sizes of the result.
        name: accepted.
    """
    return tensor_scatter_nd_add(
        torch.zeros(sizes(shape), dtype=as_tensor(updates).dtype.torch), indices, updates
    )


@operation(1)
def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any) -> Any:
    """Return a tensor with values added at places.

    Args:
        tensor: a tensor.
        indices: places, as of `gather_nd`.
        updates: a value for each place.
    """
    return torch.index_put(tensor, _places(indices), as_tensor(updates, tensor.dtype), accumulate=True)


@operation(1)
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any) -> Any:
    """Return a tensor with other values at places.

    Args: as of `tensor_scatter_nd_add`.
    """
    return torch.index_put(tensor, _places(indices), as_tensor(updates, tensor.dtype))


@operation(1)
def boolean_mask(tensor: Any, mask: Any, axis: int = 0) -> Any:
    """Return the parts of a tensor where a mask is true.

    Args:
        tensor: a tensor.
        mask: truths along the first axes.
        axis: where those begin.
    """
    return tensor[(*[builtins.slice(None)] * axis, as_tensor(mask).bool())]


@operation(1)
def slice(input_: Any, begin: Any, size: Any) -> Any:
    """Return a part of a tensor.

    Args:
        input_: a tensor.
        begin: where it begins, along each axis.
        size: how long it is, along each axis; -1 for the rest.
    """
    spans = zip(sizes(begin), sizes(size), strict=True)
    return input_[
        tuple(builtins.slice(start, None if length < 0 else start + length) for start, length in spans)
    ]


@operation(1)
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Return x where a condition holds, y elsewhere.

    Args:
        condition: truths.
        x, y: shapes that spread over it; both None for the places where it holds, a row of numbers for each.
    """
    return torch.nonzero(condition) if x is None and y is None else ops.where(condition, x, y)


@operation(1)
def sort(values: Any, axis: int = -1, direction: str = "ASCENDING") -> Any:
    """Return values in order along an axis.

    Args:
        values: numbers.
        axis: along which.
        direction: "ASCENDING" or "DESCENDING".
    """
    return torch.sort(values, dim=axis, descending=direction == "DESCENDING", stable=True)[0]


@operation(1)
def argsort(values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False) -> Any:
    """Return the places of values in order along an axis.

    Args:
        values: numbers.
        axis: along which.
        direction: "ASCENDING" or "DESCENDING".
        stable: accepted; it always is.
    """
    return torch.argsort(values, dim=axis, descending=direction == "DESCENDING", stable=True).int()


@operation(1)
def unique(x: Any, out_idx: Any = "int32") -> Any:
    """Return the values of a row, each once as they first occur, and which of them each place holds.

    Args:
        x: a row.
        out_idx: type of the places.
    """
    seen: dict[Any, int] = {}
    places = [seen.setdefault(value, len(seen)) for value in x.tolist()]
    return as_tensor(list(seen), x.dtype), as_tensor(places, out_idx)
