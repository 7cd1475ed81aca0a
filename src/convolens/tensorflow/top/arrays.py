"""Functions of `tf` itself that make tensors, change their shape, and pick from them."""

import builtins
from typing import Any

import torch

from convolens import ops
from convolens.ops.making import sizes
from convolens.ops.operation import composed, operation
from convolens.tensor import Tensor, as_tensor
from convolens.tensor import TensorShape as TensorShape
from convolens.tensor import Variable as Variable
from convolens.tensorflow.top.spelling import all_spelt

_SPELT = (
    "broadcast_to", "cast", "depth_to_space", "eye", "ones", "ones_like", "roll", "saturate_cast", "searchsorted", "space_to_depth", "stop_gradient", "tile", "zeros",
    "zeros_like",
)  # fmt: skip
globals().update(
    all_spelt(_SPELT, {"input": "x", "multiples": "repeats", "num_rows": "N", "num_columns": "M"})
    | all_spelt(("reshape",), {"tensor": "x", "shape": "newshape"})
)
_OWN = (
    "Tensor", "TensorShape", "Variable", "argsort", "boolean_mask", "clip_by_global_norm", "clip_by_norm", "clip_by_value", "concat",
    "constant", "convert_to_tensor", "ensure_shape", "expand_dims", "fill", "gather", "gather_nd", "identity", "is_tensor", "linspace",
    "meshgrid", "one_hot", "pad", "range", "rank", "repeat", "reverse", "scatter_nd", "shape", "size", "slice", "sort", "split", "squeeze",
    "stack", "tensor_scatter_nd_add", "tensor_scatter_nd_update", "transpose", "unique", "unstack", "where",
)  # fmt: skip
__all__ = sorted({"reshape", *_SPELT, *_OWN})


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


@composed
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any) -> Any:
    """Return values kept within bounds.

    Args:
        t: numbers.
        clip_value_min, clip_value_max: the bounds.
    """
    return ops.clip(t, clip_value_min, clip_value_max)


@operation(1)
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None) -> Any:
    """Return values made shorter, where their length along axes is more than a bound.

    Args:
        t: numbers.
        clip_norm: the bound.
        axes: one axis or several, None for all.
    """
    length = ops.norm(t, None, axes, True)
    return t * clip_norm / torch.clamp(length, min=float(clip_norm))


def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None) -> Any:
    """Return tensors made shorter together, where their length is more than a bound; and that length.

    Args:
        t_list: the tensors; None stays.
        clip_norm: the bound.
        use_norm: the length, where it is known.
        name: accepted.
    """
    squares = [ops.sum(ops.square(t)) for t in t_list if t is not None]
    length = ops.sqrt(ops.sum(ops.stack(squares))) if use_norm is None else as_tensor(use_norm)
    factor = clip_norm / torch.clamp(length, min=float(clip_norm))
    return [None if t is None else as_tensor(t) * factor for t in t_list], length
