"""Functions that change the shape of tensors, join them and take them apart."""

import math
from collections.abc import Sequence
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensor import as_tensor

__all__ = [
    "broadcast_to", "concatenate", "diag", "expand_dims", "flip", "hstack", "meshgrid", "moveaxis", "ndim", "pad", "ravel", "repeat",
    "reshape", "roll", "shape", "size", "split", "squeeze", "stack", "swapaxes", "tile", "transpose", "tril", "triu", "unstack",
    "vstack",
]  # fmt: skip


def shape(x: Any) -> Any:
    """Return the sizes of a tensor, as a tuple; None where a symbolic tensor's size is free."""
    return x.shape if hasattr(x, "shape") else as_tensor(x).shape


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return len(shape(x))


def size(x: Any) -> int:
    """Return the number of values."""
    return math.prod(shape(x))


@operation(1)
def reshape(x: Any, newshape: Any) -> Any:
    """Return the values in another shape, row by row.

    Args:
        x: a tensor.
        newshape: the sizes, one of which may be -1: what is left.

    Raises:
        ArgumentError: there are more or fewer values.
    """
    wanted = sizes(newshape)
    try:
        return torch.reshape(x, wanted)
    except RuntimeError as error:
        raise ArgumentError(
            f"reshape: {x.shape} has {x.numel()} values, which do not fit {tuple(wanted)}."
        ) from error


@operation(1)
def ravel(x: Any) -> Any:
    """Return the values in a row."""
    return torch.reshape(x, (-1,))


@operation(1)
def transpose(x: Any, axes: Any = None) -> Any:
    """Return x with its axes in another order.

    Args:
        x: a tensor.
        axes: the order; None for the reverse.
    """
    return torch.permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(sizes(axes)))


@operation(1)
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Return x with two axes exchanged.

    Args:
        x: a tensor.
        axis1, axis2: the two.
    """
    return torch.swapaxes(x, axis1, axis2)


@operation(1)
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Return x with an axis at another place.

    Args:
        x: a tensor.
        source, destination: where it is, and where it goes; or several.
    """
    return torch.movedim(x, source, destination)


@operation(1)
def expand_dims(x: Any, axis: Any) -> Any:
    """Return x with an axis of size 1 more.

    Args:
        x: a tensor.
        axis: its place in the result; or several.
    """
    places = sorted(one % (x.ndim + len(sizes(axis))) for one in sizes(axis))
    for one in places:
        x = torch.unsqueeze(x, one)
    return x


@operation(1)
def squeeze(x: Any, axis: Any = None) -> Any:
    """Return x without axes of size 1.

    Args:
        x: a tensor.
        axis: which; None or [] for all of them.

    Raises:
        ArgumentError: the axis has another size.
    """
    axes = [one % x.ndim for one in sizes([] if axis is None else axis)]
    wrong = [one for one in axes if x.size(one) != 1]
    if wrong:
        raise ArgumentError(f"squeeze: axis {wrong[0]} of {x.shape} has size {x.size(wrong[0])}, not 1.")
    return torch.squeeze(x, axes) if axes else torch.squeeze(x)


@operation(1)
def broadcast_to(x: Any, shape: Any) -> Any:
    """Return x spread over a shape.

    Args:
        x: a tensor.
        shape: the sizes.
    """
    return torch.broadcast_to(x, sizes(shape))


@operation(1)
def tile(x: Any, repeats: Any) -> Any:
    """Return x side by side with itself.

    Args:
        x: a tensor.
        repeats: how often, along each axis.
    """
    return torch.tile(x, tuple(sizes(repeats)))


@operation(1)
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return x with each value repeated.

    Args:
        x: a tensor.
        repeats: how often: a number, or one for each place.
        axis: along which; None for all values in a row.
    """
    times = as_tensor(repeats).as_subclass(torch.Tensor).long()
    return torch.repeat_interleave(x, times if times.ndim else int(times), axis)


@operation(1)
def flip(x: Any, axis: Any = None) -> Any:
    """Return x turned round.

    Args:
        x: a tensor.
        axis: along which; None for all.
    """
    return torch.flip(x, tuple(range(x.ndim)) if axis is None else tuple(sizes(axis)))


@operation(1)
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Return x moved along, what falls out on one side coming in on the other.

    Args:
        x: a tensor.
        shift: by how much; or several.
        axis: along which; None for all values in a row.
    """
    axes = () if axis is None else tuple(sizes(axis))
    shifts = tuple(sizes(shift))
    return torch.roll(x, shifts * len(axes) if len(shifts) == 1 and axes else shifts, axes)


@operation(1)
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:
    """Return x with values around it.

    Args:
        x: a tensor.
        pad_width: how many (before, after) along each axis; one pair, or one number, for all.
        mode: "constant", "reflect" (the edge not repeated) or "symmetric" (repeated); capitals are fine.
        constant_values: of "constant".

    Raises:
        ArgumentError: no such mode, or more values around than "reflect" and "symmetric" can take from x.
    """
    widths = as_tensor(pad_width).expand(x.ndim, 2).tolist()
    if mode.lower() == "constant":
        return torch.nn.functional.pad(
            x, [n for pair in reversed(widths) for n in pair], value=constant_values
        )
    if mode.lower() not in ("reflect", "symmetric"):
        raise ArgumentError(f'pad: mode must be "constant", "reflect" or "symmetric"; received {mode!r}.')
    edge = 1 if mode.lower() == "reflect" else 0
    for axis, (before, after) in enumerate(widths):
        n = x.size(axis)
        if max(before, after) > n - edge:
            raise ArgumentError(
                f"pad: {mode} has {n - edge} values for each side of axis {axis}; received {[before, after]}."
            )
        order = [
            *range(before - 1 + edge, edge - 1, -1),
            *range(n),
            *range(n - 1 - edge, n - 1 - edge - after, -1),
        ]
        if before or after:
            x = torch.index_select(x, axis, torch.tensor(order, device=x.device))
    return x


def _alike(xs: Any) -> list[Any]:
    """Return tensors; numbers and arrays among them take the type of the first tensor with fractions."""
    kinds = [x.dtype for x in xs if isinstance(x, torch.Tensor) and x.is_floating_point()]
    return [as_tensor(x, kinds[0] if kinds and not isinstance(x, torch.Tensor) else None) for x in xs]


@operation(0)
def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """Return tensors joined along an axis.

    Args:
        xs: the tensors.
        axis: the axis.
    """
    return torch.cat(_alike(xs), int(axis))


@operation(0)
def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """Return tensors joined along a new axis.

    Args:
        x: the tensors, of one shape.
        axis: the place of the axis in the result.
    """
    return torch.stack(_alike(x), axis)


@operation(0)
def vstack(xs: Sequence[Any]) -> Any:
    """Return tensors joined along the first axis; rows of numbers become rows of a matrix."""
    return torch.vstack(_alike(xs))


@operation(0)
def hstack(xs: Sequence[Any]) -> Any:
    """Return tensors joined along the second axis; rows of numbers along their only one."""
    return torch.hstack(_alike(xs))


@operation(1)
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Return parts of x, in a list.

    Args:
        x: a tensor.
        indices_or_sections: how many parts of one size; or the places where parts begin.
        axis: along which.

    Raises:
        ArgumentError: no such parts are of one size.
    """
    where = indices_or_sections if isinstance(indices_or_sections, int) else tuple(sizes(indices_or_sections))
    if isinstance(where, int) and x.size(axis) % where:
        raise ArgumentError(f"split: {x.size(axis)} along axis {axis} do not make {where} parts of one size.")
    return list(torch.tensor_split(x, where, axis))


@operation(1)
def unstack(x: Any, num: int | None = None, axis: int = 0) -> Any:
    """Return the parts of x along an axis, in a list, without that axis.

    Args:
        x: a tensor.
        num: accepted.
        axis: along which.
    """
    return list(torch.unbind(x, axis))


@operation(0)
def meshgrid(*x: Any, indexing: str = "xy") -> Any:
    """Return grids of coordinates, in a list, one for each row of numbers.

    Args:
        x: rows of numbers.
        indexing: "xy" or "ij".
    """
    return list(torch.meshgrid(*[as_tensor(one) for one in x], indexing=indexing))


@operation(1)
def diag(x: Any, k: int = 0) -> Any:
    """Return a matrix with x on its diagonal, or the diagonal of a matrix.

    Args:
        x: a row of numbers, or a matrix.
        k: which diagonal.
    """
    return torch.diag(x, k)


@operation(1)
def tril(x: Any, k: int = 0) -> Any:
    """Return x with zeros above a diagonal.

    Args:
        x: matrices.
        k: which diagonal.
    """
    return torch.tril(x, k)


@operation(1)
def triu(x: Any, k: int = 0) -> Any:
    """Return x with zeros below a diagonal.

    Args: as of `tril`.
    """
    return torch.triu(x, k)
