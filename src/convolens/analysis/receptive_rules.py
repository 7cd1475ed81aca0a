"""How each torch operation changes a receptive field; one plain dict from its name to its rule."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import torch

from convolens.analysis.receptive_field import UNKNOWN, Axis, State, merge

Of = Callable[[Any], State | None]  # the state of a tensor; None where it does not depend on the image
Arguments = dict[str, Any]
Rule = Callable[[Arguments, Any, Of], Any]  # -> a state for all outputs, or a list with one for each


def follow(func: Any, args: Sequence[Any], kwargs: dict[str, Any], out: Any, of: Of) -> Any:
    """Return the state of what an operation gave: one for all its tensors, or a list with one for each.

    Args:
        func: an overload of torch.ops.aten.
        args, kwargs: what it was called with.
        out: what it gave.
        of: the state of a tensor, None where it does not depend on the image.
    """
    schema = func._schema.arguments
    given = {
        item.name: args[place] if place < len(args) else kwargs.get(item.name, item.default_value)
        for place, item in enumerate(schema)
    }
    if all(of(tensor) is None for tensor in tensors_in(given.values())):
        return None
    name = func.overloadpacket.__name__
    rule = RULES.get(name) or RULES.get(name.removesuffix("_"))
    if rule is None:
        rule = _pointwise if torch.Tag.pointwise in func.tags else _unknown
    return rule(given, out, of)


def tensors_in(values: Iterable[Any]) -> list[torch.Tensor]:
    """Return the tensors among values, and those in lists among them."""
    found: list[torch.Tensor] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors_in(value)
    return found


_FACTORS = (("mat1", "mat2"), ("batch1", "batch2"), ("self", "mat2"))  # the names of a product's factors


def _unknown(given: Arguments, out: Any, of: Of) -> State:
    return UNKNOWN


def _each(state: State | None, change: Callable[[Axis], Axis | None]) -> State | None:
    """Change the axes that are known."""
    if state is None:
        return None
    rows, columns = (None if axis is None else change(axis) for axis in state)
    return rows, columns


def _dims_moved(state: State | None, where: Callable[[int], int]) -> State | None:
    return _each(state, lambda axis: axis if axis.dim is None else axis.at(where(axis.dim)))


def _first(given: Arguments) -> Any:
    return next(iter(given.values()))


def _keep(given: Arguments, out: Any, of: Of) -> State | None:
    return of(_first(given))


def _joined(states: Iterable[State | None]) -> State:
    known = [state for state in states if state is not None]
    rows, columns = (reduce(merge, [state[side] for state in known]) for side in (0, 1))
    return rows, columns


def _pointwise(given: Arguments, out: Any, of: Of) -> State:
    rank = out.ndim
    states = []
    for tensor in tensors_in(given.values()):
        states.append(_dims_moved(of(tensor), lambda dim, more=rank - tensor.ndim: dim + more))  # type: ignore[misc]
    return _joined(states)


def _nth(values: Any, place: int) -> int:
    values = values if isinstance(values, (list, tuple)) else [values]
    return int(values[place] if len(values) > 1 else values[0])


def _convolution(given: Arguments, out: Any, of: Of) -> State | None:
    if of(given["weight"]) is not None:
        return UNKNOWN

    def slide(axis: Axis) -> Axis | None:
        if axis.dim is None:
            return axis
        if axis.dim < 2 or axis.mixed:
            return axis.whole() if axis.dim == 1 else None  # channels are added up
        kernel, place = given["weight"].shape[axis.dim], axis.dim - 2
        stride, padding, dilation = (_nth(given[name], place) for name in ("stride", "padding", "dilation"))
        if given["transposed"]:
            if stride > 1:
                return None  # places of one output see windows of several sizes
            padding = (kernel - 1) * dilation - padding
        return axis.window(kernel, stride, padding, dilation, out.shape[axis.dim])

    return _each(of(given["input"]), slide)


def _pooling(given: Arguments, out: Any, of: Of) -> State | None:
    put_out = out[0] if isinstance(out, (list, tuple)) else out
    first = put_out.ndim - 2

    def slide(axis: Axis) -> Axis | None:
        if axis.dim is None or axis.dim < first:
            return axis
        if axis.mixed:
            return None
        place = axis.dim - first
        kernel = _nth(given["kernel_size"], place)
        stride = _nth(given["stride"], place) if given["stride"] else kernel
        padding, dilation = _nth(given["padding"], place), _nth(given.get("dilation", 1), place)
        return axis.window(kernel, stride, padding, dilation, put_out.shape[axis.dim])

    return _each(of(given["self"]), slide)


def _adaptive_pooling(given: Arguments, out: Any, of: Of) -> State | None:
    put_out = out[0] if isinstance(out, (list, tuple)) else out
    first = put_out.ndim - 2

    def slide(axis: Axis) -> Axis | None:
        if axis.dim is None or axis.dim < first:
            return axis
        places = put_out.shape[axis.dim]
        if places == 1:
            return axis.whole()
        if axis.mixed or axis.places % places:
            return None  # windows of several sizes
        step = axis.places // places
        return axis.window(step, step, 0, 1, places)

    return _each(of(given["self"]), slide)


def _reduced(state: State | None, dims: Any, keepdim: bool, rank: int) -> State | None:
    listed = list(range(rank)) if dims is None or dims == [] else dims
    gone = {dim % rank for dim in (listed if isinstance(listed, (list, tuple)) else [listed])}

    def reduce_axis(axis: Axis) -> Axis | None:
        if axis.dim is None:
            return axis
        if axis.dim in gone:
            return axis.whole()
        return axis if keepdim else axis.at(axis.dim - sum(dim < axis.dim for dim in gone))

    return _each(state, reduce_axis)


def _reduction(given: Arguments, out: Any, of: Of) -> State | None:
    x = _first(given)
    return _reduced(of(x), given.get("dim"), bool(given.get("keepdim", False)), x.ndim)


def _softmax(given: Arguments, out: Any, of: Of) -> State | None:
    x = _first(given)
    return _reduced(of(x), given["dim"], True, x.ndim)


def _layer_norm(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["input"]
    return _reduced(of(x), list(range(x.ndim - len(given["normalized_shape"]), x.ndim)), True, x.ndim)


def _group_norm(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["input"]
    return _reduced(of(x), list(range(1, x.ndim)), True, x.ndim)


def _product(given: Arguments, out: Any, of: Of) -> State | None:
    """A matrix product: the dimension that both have is added up, the others stay."""
    names = next(pair for pair in _FACTORS if pair[0] in given and pair[1] in given)
    left, right = given[names[0]], given[names[1]]
    if any(of(x) is not None for x in tensors_in(given.values()) if x is not left and x is not right):
        return UNKNOWN
    if of(left) is not None and of(right) is not None:
        return UNKNOWN  # attention: which places look at which cannot be said
    x, gone = (left, left.ndim - 1) if of(left) is not None else (right, right.ndim - 2)
    return _reduced(of(x), gone, True, x.ndim)


def _cat(given: Arguments, out: Any, of: Of) -> State:
    dim = given["dim"] % out.ndim
    states = [of(tensor) for tensor in given["tensors"]]
    joined = _joined(states)
    rows, columns = (
        None
        if any(state is not None and state[side] is not None and state[side].dim == dim for state in states)  # type: ignore[union-attr]
        else joined[side]
        for side in (0, 1)
    )
    return rows, columns


def _view(given: Arguments, out: Any, of: Of) -> State | None:
    x = _first(given)
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

    return _each(of(x), move)


def _permute(given: Arguments, out: Any, of: Of) -> State | None:
    rank = out.ndim
    order = [dim % rank for dim in given["dims"]]
    return _dims_moved(of(given["self"]), order.index)


def _transpose(given: Arguments, out: Any, of: Of) -> State | None:
    rank = out.ndim
    a, b = (given.get(name, default) % rank for name, default in (("dim0", 0), ("dim1", rank - 1)))
    return _dims_moved(of(given["self"]), lambda dim: {a: b, b: a}.get(dim, dim))


def _unsqueeze(given: Arguments, out: Any, of: Of) -> State | None:
    new = given["dim"] % out.ndim
    return _dims_moved(of(given["self"]), lambda dim: dim + (dim >= new))


def _squeeze(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["self"]
    dims = given.get("dim", list(range(x.ndim)))
    gone = [d for d in (dims if isinstance(dims, (list, tuple)) else [dims]) if x.shape[d] == 1]
    return _reduced(of(x), gone, False, x.ndim) if gone else of(x)


def _expand(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["self"]
    moved = _dims_moved(of(x), lambda dim: dim + out.ndim - x.ndim)
    return _each(
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

    return _each(of(x), take)


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

    return _each(of(x), take)


def _split(given: Arguments, out: Any, of: Of) -> State | None:
    x, dim = given["self"], given["dim"] % given["self"].ndim
    return _each(of(x), lambda axis: None if axis.dim == dim else axis)


def _pad(given: Arguments, out: Any, of: Of) -> State | None:
    pads: Sequence[int] = given["pad"] if "pad" in given else given["padding"]

    def widen(axis: Axis) -> Axis | None:
        place = None if axis.dim is None else 2 * (out.ndim - 1 - axis.dim)
        if axis.dim is None or place is None or place >= len(pads) or not any(pads[place : place + 2]):
            return axis
        if axis.mixed:
            return None
        return replace(axis, start=axis.start - pads[place] * axis.jump, places=out.shape[axis.dim])

    return _each(of(given["self"]), widen)


def _as_strided(given: Arguments, out: Any, of: Of) -> State | None:
    """Known where it only says how dimensions of one number lie, as after pooling channels-last images to one."""
    x, size, stride = given["self"], given["size"], given["stride"]
    same = list(x.shape) == list(size) and all(
        long == 1 or old == new for long, old, new in zip(size, x.stride(), stride, strict=True)
    )
    return of(x) if same else UNKNOWN


def _rules(rule: Rule, names: str) -> dict[str, Rule]:
    return dict.fromkeys(names.split(), rule)


RULES: dict[str, Rule] = (
    _rules(_convolution, "convolution _convolution mkldnn_convolution")
    | _rules(_pooling, "max_pool2d_with_indices max_pool2d avg_pool2d")
    | _rules(_adaptive_pooling, "_adaptive_avg_pool2d adaptive_avg_pool2d adaptive_max_pool2d")
    | _rules(_reduction, "mean sum amax amin prod max min var std var_mean logsumexp")
    | _rules(_softmax, "_softmax _log_softmax _safe_softmax")
    | _rules(_layer_norm, "native_layer_norm")
    | _rules(_group_norm, "native_group_norm")
    | _rules(_product, "mm addmm bmm baddbmm")
    | _rules(_cat, "cat")
    | _rules(_view, "view _unsafe_view reshape _reshape_alias")
    | _rules(_permute, "permute")
    | _rules(_transpose, "t transpose")
    | _rules(_unsqueeze, "unsqueeze")
    | _rules(_squeeze, "squeeze")
    | _rules(_expand, "expand")
    | _rules(_select, "select")
    | _rules(_slice, "slice")
    | _rules(_split, "split split_with_sizes chunk")
    | _rules(_as_strided, "as_strided")
    | _rules(_pad, "constant_pad_nd reflection_pad2d replication_pad2d")
    | _rules(
        _keep,
        "clone contiguous _to_copy detach alias lift_fresh native_dropout native_batch_norm "
        "_native_batch_norm_legit_no_training _native_batch_norm_legit _batch_norm_with_update "
        "_batch_norm_no_update cudnn_batch_norm",
    )
)
