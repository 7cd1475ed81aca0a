"""Activations as users call them: of values in Keras' order, and of symbolic tensors, where they become layers of the graph."""

import functools
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from convolens.activations.inside import ACTIVATIONS, channel_dimension, over_axes
from convolens.tensor import Tensor, as_tensor
from convolens.tensor.tensor import draws_graph


def _of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of torch tensors take what users have: arrays, `Tensor`s and symbolic tensors; a decorator."""

    @functools.wraps(function)
    def called(x: Any, *arguments: Any, **keywords: Any) -> Any:
        if draws_graph(x):
            if not arguments and not keywords:
                return x.activated(function.__name__)
            return x.operated(called, x, *arguments, **keywords)
        plain = type(x) in (torch.Tensor, torch.nn.Parameter)
        return function(x if plain else as_tensor(x), *arguments, **keywords)

    return called


def _last(x: torch.Tensor, axis: Any) -> Any:
    """Return the dimension of an axis in Keras' order, of a `Tensor` or of a tensor inside a network."""
    return axis if isinstance(x, Tensor) or axis != -1 else channel_dimension(x)


@_of_values
def relu(
    x: Any,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
    alpha: float = 0.0,
) -> Any:
    """Return x where it is above a threshold and at most `max_value`, else `negative_slope * (x - threshold)`.

    Args:
        x: numbers.
        negative_slope: below the threshold.
        max_value: nothing is larger; None for no bound.
        threshold: see above.
        alpha: Keras 2's word for `negative_slope`.
    """
    slope = negative_slope or alpha
    if not slope and not threshold:
        return F.relu(x) if max_value is None else torch.clamp(x, 0.0, max_value)
    kept = x if max_value is None else torch.clamp(x, max=max_value)
    return torch.where(x >= threshold, kept, slope * (x - threshold))


@_of_values
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x where positive, else `negative_slope * x`.

    Args:
        x: numbers.
        negative_slope: below 0.
    """
    return F.leaky_relu(x, negative_slope)


@_of_values
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where positive, else `alpha * (e ** x - 1)`.

    Args:
        x: numbers.
        alpha: see above.
    """
    return F.elu(x, alpha)


@_of_values
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where positive, else `alpha * (e ** (x / alpha) - 1)`.

    Args:
        x: numbers.
        alpha: see above.
    """
    return F.celu(x, alpha)


@_of_values
def gelu(x: Any, approximate: bool = False) -> Any:
    """Return x times the share of a normal distribution that lies below x.

    Args:
        x: numbers.
        approximate: whether by tanh.
    """
    return F.gelu(x, approximate="tanh" if approximate else "none")


@_of_values
def softmax(x: Any, axis: Any = -1) -> Any:
    """Return probabilities along an axis.

    Args:
        x: scores.
        axis: in Keras' order; or several, which share one whole, None for all.
    """
    return over_axes(F.softmax, x, _last(x, axis))


@_of_values
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """Return the logarithm of `softmax`.

    Args: as of `softmax`.
    """
    return over_axes(F.log_softmax, x, _last(x, axis))


@_of_values
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x moved towards 0 by a threshold, and 0 where it is not so far away.

    Args:
        x: numbers.
        threshold: at least 0.
    """
    return F.softshrink(x, threshold)


@_of_values
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x, and 0 where it is no further from 0 than a threshold.

    Args:
        x: numbers.
        threshold: at least 0.
    """
    return F.hardshrink(x, threshold)


@_of_values
def squareplus(x: Any, b: float = 4.0) -> Any:
    """Return `(x + sqrt(x ** 2 + b)) / 2`.

    Args:
        x: numbers.
        b: how smooth the bend at 0 is.
    """
    return (x + torch.sqrt(torch.square(x) + b)) / 2


def _plain(name: str, what: str) -> Callable[[Any], Any]:
    """Return the activation of a name as a function of values."""
    inside = ACTIVATIONS[name]

    def function(x: Any) -> Any:
        return inside(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {what} of each number."
    return _of_values(function)


relu6 = _plain("relu6", "max(0, min(x, 6))")
selu = _plain("selu", "the scaled exponential linear unit")
sigmoid = _plain("sigmoid", "1 / (1 + e ** -x)")
hard_sigmoid = _plain("hard_sigmoid", "x / 6 + 1/2, within 0 and 1,")
log_sigmoid = _plain("log_sigmoid", "the logarithm of the sigmoid")
tanh = _plain("tanh", "the hyperbolic tangent")
hard_tanh = _plain("hard_tanh", "x, within -1 and 1,")
tanh_shrink = _plain("tanh_shrink", "x - tanh(x)")
softplus = _plain("softplus", "log(1 + e ** x)")
softsign = _plain("softsign", "x / (1 + |x|)")
silu = _plain("silu", "x * sigmoid(x)")
hard_silu = _plain("hard_silu", "x * hard_sigmoid(x)")
mish = _plain("mish", "x * tanh(softplus(x))")
exponential = _plain("exponential", "e ** x")
sparse_plus = _plain("sparse_plus", "(x + 1) ** 2 / 4 between -1 and 1, 0 below and x above,")
sparse_sigmoid = _plain("sparse_sigmoid", "(x + 1) / 2, within 0 and 1,")
