"""chain: layers one after another, with what they may leave out and what a convolution computes for those behind it."""

from collections.abc import Iterable
from typing import Any

import torch

from convolens.layers.chains.absorbing import absorbed, told
from convolens.layers.chains.shortcuts import may_overwrite, may_pad
from convolens.layers.layer import Layer


def chain(layers: Iterable[Layer], x: torch.Tensor) -> torch.Tensor:
    """Return what the last of several layers gives, one called after another; `x` itself is never written over.

    Example:
        >>> from convolens.layers import Activation, Dense
        >>> chain([Dense(3), Activation("relu")], torch.ones(2, 5)).shape
        torch.Size([2, 3])
    """
    layers = list(layers)
    zeros: tuple[int, int] | None = None  # that the layer before left to this one
    waiting: list[Layer] = []  # that a convolution has computed
    for place, layer in enumerate(layers):
        if layer in waiting:
            continue
        waiting = absorbed(layer, layers[place + 1 : place + 3])
        given: dict[str, Any] = told(waiting)
        if zeros is not None:
            given["zeros"] = zeros
        zeros = may_pad(layers[place + 1], layer) if place + 1 < len(layers) else None
        if zeros is not None:
            continue
        if place and may_overwrite(layer, layers[place - 1]):
            given["overwrite"] = True
        x = layer(x, **given)
    return x
