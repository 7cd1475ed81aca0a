"""Activation functions by Keras' names, on tensors as they lie inside a network (channels in dimension 1)."""

import functools
import types
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import look_up
from convolens.errors import ArgumentError
from convolens.tensor import as_inside, as_surface, as_tensor

Activation = Callable[[torch.Tensor], torch.Tensor]


def channel_dimension(x: torch.Tensor) -> int:
    """Return the dimension that is last in Keras' order: 1 for images (NCHW inside), else the last."""
    return 1 if x.ndim == 4 else -1


def linear(x: torch.Tensor) -> torch.Tensor:
    """Return `x` unchanged."""
    return x


def _wide(x: torch.Tensor) -> torch.Tensor:
    """Return numbers of half precision as float32: a probability near 1 would be rounded to 1, and teach nothing."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Return 1 / (1 + e^-x), in float32 at least."""
    return torch.sigmoid(_wide(x))


def softmax(x: torch.Tensor) -> torch.Tensor:
    """Return probabilities along Keras' last axis, in float32 at least."""
    return F.softmax(_wide(x), channel_dimension(x))


def log_softmax(x: torch.Tensor) -> torch.Tensor:
    """Return the logarithm of `softmax`."""
    return F.log_softmax(_wide(x), channel_dimension(x))


def over_axes(
    function: Callable[[torch.Tensor, int], torch.Tensor], x: torch.Tensor, axis: int | Sequence[int] | None
) -> torch.Tensor:
    """Return a softmax over one axis, over several as a whole, or over all.

    Args:
        function: of a tensor and one axis.
        x: scores.
        axis: one axis, several, or None for all.

    Example:
        >>> float(over_axes(F.softmax, torch.ones(2, 3), None).sum())
        1.0
    """
    if isinstance(axis, int):
        return function(x, axis)
    over = [one % x.ndim for one in (range(x.ndim) if axis is None else axis)]
    order = [*(one for one in range(x.ndim) if one not in over), *over]
    moved = x.permute(order)
    shared = function(moved.reshape([*moved.shape[: x.ndim - len(over)], -1]), -1)
    return shared.reshape(moved.shape).permute([order.index(one) for one in range(x.ndim)])


def leaky_relu(x: torch.Tensor) -> torch.Tensor:
    """Return x where positive, else 0.2 x (Keras' slope)."""
    return F.leaky_relu(x, 0.2)


def exponential(x: torch.Tensor) -> torch.Tensor:
    """Return e to the power of x."""
    return torch.exp(x)


def squareplus(x: torch.Tensor) -> torch.Tensor:
    """Return (x + sqrt(x ** 2 + 4)) / 2."""
    return (x + torch.sqrt(torch.square(x) + 4.0)) / 2.0


def sparse_plus(x: torch.Tensor) -> torch.Tensor:
    """Return 0 up to -1, x from 1 on, and (x + 1) ** 2 / 4 between them."""
    return torch.where(x <= -1, torch.zeros_like(x), torch.where(x < 1, torch.square(x + 1) / 4, x))


def sparse_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Return (x + 1) / 2, within 0 and 1."""
    return ((x + 1) / 2).clamp(0.0, 1.0)


def overwriting(activation: Activation | None, x: torch.Tensor) -> torch.Tensor:
    """Return `activation(x)`, written over `x` where torch can.

    Args:
        activation: as `get` gives it; None changes nothing.
        x: memory of its own that no gradient needs.
    """
    if activation is None:  # programs set `layer.activation = None`
        return x
    if activation is F.relu:
        return F.relu_(x)
    if activation is F.relu6:
        return F.relu6(x, inplace=True)
    if activation is F.hardswish and not torch.is_grad_enabled():  # its gradient needs what went into it
        return F.hardswish(x, inplace=True)
    return activation(x)


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "relu": F.relu,
    "relu6": F.relu6,
    "leaky_relu": leaky_relu,
    "elu": F.elu,
    "celu": F.celu,
    "selu": F.selu,
    "gelu": F.gelu,
    "sigmoid": sigmoid,
    "hard_sigmoid": F.hardsigmoid,
    "tanh": torch.tanh,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "log_sigmoid": F.logsigmoid,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "silu": F.silu,
    "swish": F.silu,
    "hard_silu": F.hardswish,
    "hard_swish": F.hardswish,
    "mish": F.mish,
    "exponential": exponential,
    "soft_shrink": F.softshrink,
    "hard_shrink": F.hardshrink,
    "tanh_shrink": F.tanhshrink,
    "hard_tanh": F.hardtanh,
    "squareplus": squareplus,
    "sparse_plus": sparse_plus,
    "sparse_sigmoid": sparse_sigmoid,
}

# Functions of ours under these names are not the activations of Keras' layers.
_OTHERS = ("gelu", "hard_sigmoid")


def get(identifier: "str | Activation | None") -> Activation:
    """Return an activation from its name or itself, for tensors inside a network; None is the identity.

    Args:
        identifier: a name, a function of this package, of `ops` or `tf.nn`, a torch function or module, or a function of the user's own, which
            is given `Tensor`s in Keras' order.

    Raises:
        UnknownNameError: the name is not known; the nearest one is offered. ArgumentError: no function.

    Example:
        >>> get("relu")(torch.tensor([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return look_up("activations.get", "activation", identifier, ACTIVATIONS)
    if not callable(identifier):
        raise ArgumentError(f"activation must be a name, a function or None; received {identifier!r}.")
    if not isinstance(identifier, (types.FunctionType, functools.partial)) or hasattr(
        identifier, "of_keras_order"
    ):
        return identifier
    house, name = getattr(identifier, "__module__", ""), getattr(identifier, "__name__", "")
    if house == __name__ or house.startswith("torch."):
        return identifier
    ours = house == "convolens.activations.functions" or (
        house.startswith("convolens.") and name not in _OTHERS
    )
    return ACTIVATIONS[name] if ours and name in ACTIVATIONS else _inside(identifier)


def _inside(function: Callable[..., Any]) -> Activation:
    """Return a function of `Tensor`s in Keras' order as one of tensors inside a network."""

    def inside(x: torch.Tensor) -> torch.Tensor:
        return as_inside(as_tensor(function(as_surface(x))))

    inside.__name__ = getattr(function, "__name__", type(function).__name__)
    inside.of_keras_order = function  # type: ignore[attr-defined]
    return inside


def name_of(activation: Activation) -> str:
    """Return the name under which `activation` is known, or the function's own.

    Example:
        >>> name_of(sigmoid)
        'sigmoid'
    """
    for name, known in ACTIVATIONS.items():
        if known is activation:
            return name
    return getattr(activation, "__name__", type(activation).__name__)
