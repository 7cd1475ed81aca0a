"""How each torch operation changes a receptive field; one plain dict from its name to its rule."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

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
    tensors_in,
)
from convolens.analysis.cost.receptive_field import UNKNOWN, Axis, State
from convolens.analysis.cost.receptive_views import VIEWS


def follow(func: Any, args: Sequence[Any], kwargs: dict[str, Any], out: Any, of: Of) -> State | None:
    """Return the state of what an operation gave, the same for all its tensors.

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


_FACTORS = (("mat1", "mat2"), ("batch1", "batch2"), ("self", "mat2"))  # the names of a product's factors


def _unknown(given: Arguments, out: Any, of: Of) -> State:
    return UNKNOWN


def _keep(given: Arguments, out: Any, of: Of) -> State | None:
    return of(first(given))


def _pointwise(given: Arguments, out: Any, of: Of) -> State:
    rank = out.ndim
    states = []
    for tensor in tensors_in(given.values()):
        states.append(dims_moved(of(tensor), lambda dim, more=rank - tensor.ndim: dim + more))  # type: ignore[misc]
    return joined(states)


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

    return each(of(given["input"]), slide)


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

    return each(of(given["self"]), slide)


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

    return each(of(given["self"]), slide)


def _reduction(given: Arguments, out: Any, of: Of) -> State | None:
    x = first(given)
    return reduced(of(x), given.get("dim"), bool(given.get("keepdim", False)), x.ndim)


def _softmax(given: Arguments, out: Any, of: Of) -> State | None:
    x = first(given)
    return reduced(of(x), given["dim"], True, x.ndim)


def _layer_norm(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["input"]
    return reduced(of(x), list(range(x.ndim - len(given["normalized_shape"]), x.ndim)), True, x.ndim)


def _group_norm(given: Arguments, out: Any, of: Of) -> State | None:
    x = given["input"]
    return reduced(of(x), list(range(1, x.ndim)), True, x.ndim)


def _product(given: Arguments, out: Any, of: Of) -> State | None:
    """A matrix product: the dimension that both have is added up, the others stay."""
    names = next(pair for pair in _FACTORS if pair[0] in given and pair[1] in given)
    left, right = given[names[0]], given[names[1]]
    if any(of(x) is not None for x in tensors_in(given.values()) if x is not left and x is not right):
        return UNKNOWN
    if of(left) is not None and of(right) is not None:
        return UNKNOWN  # attention: which places look at which cannot be said
    x, gone = (left, left.ndim - 1) if of(left) is not None else (right, right.ndim - 2)
    return reduced(of(x), gone, True, x.ndim)


def _pad(given: Arguments, out: Any, of: Of) -> State | None:
    pads: Sequence[int] = given["pad"] if "pad" in given else given["padding"]

    def widen(axis: Axis) -> Axis | None:
        place = None if axis.dim is None else 2 * (out.ndim - 1 - axis.dim)
        if axis.dim is None or place is None or place >= len(pads) or not any(pads[place : place + 2]):
            return axis
        if axis.mixed:
            return None
        return replace(axis, start=axis.start - pads[place] * axis.jump, places=out.shape[axis.dim])

    return each(of(given["self"]), widen)


RULES: dict[str, Rule] = (
    rules(_convolution, "convolution _convolution mkldnn_convolution")
    | rules(_pooling, "max_pool2d_with_indices max_pool2d avg_pool2d")
    | rules(_adaptive_pooling, "_adaptive_avg_pool2d adaptive_avg_pool2d adaptive_max_pool2d")
    | rules(_reduction, "mean sum amax amin prod max min var std var_mean logsumexp")
    | rules(_softmax, "_softmax _log_softmax _safe_softmax")
    | rules(_layer_norm, "native_layer_norm")
    | rules(_group_norm, "native_group_norm")
    | rules(_product, "mm addmm bmm baddbmm")
    | rules(_pad, "constant_pad_nd reflection_pad2d replication_pad2d")
    | rules(
        _keep,
        "clone contiguous _to_copy detach alias lift_fresh native_dropout native_batch_norm "
        "_native_batch_norm_legit_no_training _native_batch_norm_legit _batch_norm_with_update "
        "_batch_norm_no_update cudnn_batch_norm",
    )
    | VIEWS
)
