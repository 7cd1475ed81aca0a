"""Activation functions by Keras' names, on tensors as they lie inside a network (channels in dimension 1)."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from convolens.arguments import look_up
from convolens.errors import ArgumentError
from convolens.missing import answer_for

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


def leaky_relu(x: torch.Tensor) -> torch.Tensor:
    """Return x where positive, else 0.2 x (Keras' slope)."""
    return F.leaky_relu(x, 0.2)


def exponential(x: torch.Tensor) -> torch.Tensor:
    """Return e to the power of x."""
    return torch.exp(x)


def overwriting(activation: Activation, x: torch.Tensor) -> torch.Tensor:
    """Return `activation(x)`, written over `x` where torch can; `x` must be memory of its own that no gradient needs."""
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
}


def get(identifier: "str | Activation | None") -> Activation:
    """Return an activation from its name or itself; None is the identity.

    Raises:
        UnknownNameError: the name is not known; the nearest one is offered.

    Example:
        >>> get("relu")(torch.tensor([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return look_up("activations.get", "activation", identifier, ACTIVATIONS)
    if callable(identifier):
        return identifier
    raise ArgumentError(f"activation must be a name, a function or None; received {identifier!r}.")


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


__getattr__ = answer_for(__name__)  # what Keras has and is not here
