"""Functions of `tf` itself that change values: their type, and how large they may be."""

from typing import Any

import torch

from convolens import ops
from convolens.ops.operation import composed, operation
from convolens.tensor import as_tensor
from convolens.tensorflow.top.spelling import all_spelt

_SPELT = ("cast", "saturate_cast", "stop_gradient")
globals().update(all_spelt(_SPELT, {"input": "x"}))
_OWN = ("clip_by_global_norm", "clip_by_norm", "clip_by_value")
__all__ = sorted({*_SPELT, *_OWN})


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
