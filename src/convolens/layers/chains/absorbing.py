"""What a convolution computes itself of the layers behind it, where nobody looks at what lies between.

A batch normalisation in inference mode multiplies each channel and adds to it; so can the convolution's own weights:
norm(W x + b) = (W s) x + (b - mean) s + beta, with s = gamma / sqrt(variance + epsilon). Nothing is kept from call to call,
so weights that were changed in whatever way are never missed, and gradients reach all of them.
"""

from collections.abc import Sequence
from typing import Any

from convolens import activations
from convolens.layers.activation import Activation, ReLU
from convolens.layers.chains.shortcuts import unseen
from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.convolutional.depthwise_conv2d import DepthwiseConv2D
from convolens.layers.convolutional.fused_convolution import FUSED
from convolens.layers.layer import Layer
from convolens.layers.normalization.batch_normalization import BatchNormalization


def absorbs(layer: Layer) -> bool:
    """Return whether layers behind this one can be absorbed at all; those of a subclass are left alone.

    Example:
        >>> absorbs(Conv2D(8, 3)), absorbs(BatchNormalization())
        (True, False)
    """
    return type(layer) in (Conv2D, DepthwiseConv2D)


def absorbed(layer: Layer, behind: Sequence[Layer]) -> list[Layer]:
    """Return the first of the layers behind a convolution that it computes itself now: [], [norm], [act] or [norm, act].

    Args:
        layer: any.
        behind: the layers behind it, each of which alone takes the result of the one before.

    Example:
        >>> layers = [Conv2D(8, 3), BatchNormalization(), Activation("relu")]
        >>> for layer, channels in zip(layers, (3, 8, 8)):
        ...     layer.build_once((None, 5, 5, channels))
        >>> [len(absorbed(layers[0], [layers[1].train(mode), layers[2]])) for mode in (True, False)]
        [0, 2]
    """
    if not behind or not absorbs(layer) or not unseen(layer):
        return []
    if activations.get(getattr(layer, "activation", None)) is not activations.linear:
        return []
    taken: list[Layer] = []
    for place, follower in enumerate(behind[:2]):
        if not unseen(follower):
            break
        if place == 0 and _only_scales(follower, layer):
            taken.append(follower)
            continue
        if _activation_of(follower) in FUSED:
            taken.append(follower)
        break
    return taken


def _only_scales(norm: Layer, layer: Layer) -> bool:
    return (
        type(norm) is BatchNormalization
        and norm.built
        and layer.built
        and not (norm.training and norm.trainable)
        and norm.running_var.dtype == layer.weight.dtype
    )


def _activation_of(layer: Layer) -> activations.Activation | None:
    if type(layer) is Activation:
        return activations.get(layer.activation)
    if type(layer) is ReLU:
        return layer.plain
    return None


def told(layers: Sequence[Layer]) -> dict[str, Any]:
    """Return how `forward` of a convolution is told what it absorbs."""
    given: dict[str, Any] = {}
    for layer in layers:
        if isinstance(layer, BatchNormalization):
            given["normalization"] = layer
        else:
            given["activation"] = _activation_of(layer)
    return given
