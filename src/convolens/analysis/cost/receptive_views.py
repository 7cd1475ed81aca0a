"""How operations that move or join dimensions, and change no number, change a receptive field."""

from dataclasses import replace
from typing import Any

from convolens.analysis.cost.receptive_axes import (
    Arguments,
    Of,
    Rule,
    dims_moved,
    each,
    first,
    joined,
    reduced,
    rules,
)
from convolens.analysis.cost.receptive_field import UNKNOWN, Axis, State


def _cat(given: Arguments, out: Any, of: Of) -> State:
    dim = given["dim"] % out.ndim
    states = [of(tensor) for tensor in given["tensors"]]
    whole = joined(states)
    rows, columns = (
        None
        if any(state is not None and state[side] is not None and state[side].dim == dim for state in states)  # type: ignore[union-attr]
        else whole[side]
        for side in (0, 1)
    )
    return rows, columns


def _view(given: Arguments, out: Any, of: Of) -> State | None:
    x = first(given)
    old = [(dim, size) for dim, size in enumerate(x.shape) if size != 1]
    new = [(dim, size) for dim, size in enumerate(out.shape) if size != 1]
    groups: list[tuple[list[int], list[int]]] = []
    while old and new:  # runs of dimensions that hold equally many numbers
        left, right = [old.pop(0)], [new.pop(0)]
        before, after = left[0][1], right[0][1]
        while before != after:
            if before < after:
                left.append(old.pop(0))
                before *= left[-1][1]
            else:
                right.append(new.pop(0))
                after *= right[-1][1]
        groups.append(([dim for dim, _ in left], [dim for dim, _ in right]))

    def move(axis: Axis) -> Axis | None:
        if axis.dim is None:
            return axis
        if x.shape[axis.dim] == 1:
            return axis.whole()
        left, right = next(group for group in groups if axis.dim in group[0])
        if len(right) > 1:
            return None
        return replace(axis, dim=right[0], mixed=axis.mixed or len(left) > 1)

    return each(of(x), move)


def _permute(given: Arguments, out: Any, of: Of) -> State | None:
    rank = out.ndim
    order = [dim % rank for dim in given["dims"]]
    return dims_moved(of(given["self"]), order.index)


def _transpose(given: Arguments, out: Any, of: Of) -> State | None:
    rank = out.ndim
    a, b = (given.get(name, default) % rank for name, default in (("dim0", 0), ("dim1", rank - 1)))
    return dims_moved(of(given["self"]), lambda dim: {a: b, b: a}.get(dim, dim))


def _unsqueeze(given: Arguments, out: Any, of: Of) -> State | None:
    new = given["dim"] % out.ndim
    return dims_moved(of(given["self"]), lambda dim: dim + (dim >= new))


def _squeeze(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["self"]
    dims = given.get("dim", list(range(x.ndim)))
    gone = [d for d in (dims if isinstance(dims, (list, tuple)) else [dims]) if x.shape[d] == 1]
    return reduced(of(x), gone, False, x.ndim) if gone else of(x)


def _expand(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["self"]
    moved = dims_moved(of(x), lambda dim: dim + out.ndim - x.ndim)
    return each(
        moved,
        lambda axis: axis.whole() if axis.dim is not None and axis.places != out.shape[axis.dim] else axis,
    )


def _select(given: Arguments, out: Any, of: Of) -> State | None:
    x, dim = given["self"], given["dim"] % given["self"].ndim

    def take(axis: Axis) -> Axis | None:
        if axis.dim != dim:
            return axis if axis.dim is None or axis.dim < dim else axis.at(axis.dim - 1)
        if axis.mixed:
            return None
        index = given["index"] % axis.places
        return replace(axis, start=axis.start + index * axis.jump, places=1).whole()

    return each(of(x), take)


def _slice(given: Arguments, out: Any, of: Of) -> State | None:
    x, dim = given["self"], given["dim"] % given["self"].ndim

    def take(axis: Axis) -> Axis | None:
        if axis.dim != dim:
            return axis
        if axis.mixed:
            return None
        begin = slice(given["start"], None).indices(axis.places)[0]
        return replace(
            axis, start=axis.start + begin * axis.jump, jump=axis.jump * given["step"], places=out.shape[dim]
        )

    return each(of(x), take)


def _split(given: Arguments, out: Any, of: Of) -> State | None:
    x, dim = given["self"], given["dim"] % given["self"].ndim
    return each(of(x), lambda axis: None if axis.dim == dim else axis)


def _as_strided(given: Arguments, out: Any, of: Of) -> State | None:
    """Known where it only says how dimensions of one number lie, as after pooling channels-last images to one."""
    x, size, stride = given["self"], given["size"], given["stride"]
    same = list(x.shape) == list(size) and all(
        long == 1 or old == new for long, old, new in zip(size, x.stride(), stride, strict=True)
    )
    return of(x) if same else UNKNOWN


VIEWS: dict[str, Rule] = (
    rules(_cat, "cat")
    | rules(_view, "view _unsafe_view reshape _reshape_alias")
    | rules(_permute, "permute")
    | rules(_transpose, "t transpose")
    | rules(_unsqueeze, "unsqueeze")
    | rules(_squeeze, "squeeze")
    | rules(_expand, "expand")
    | rules(_select, "select")
    | rules(_slice, "slice")
    | rules(_split, "split split_with_sizes chunk")
    | rules(_as_strided, "as_strided")
)
