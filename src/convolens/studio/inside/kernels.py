"""Kernels: the filters of a layer, the weights on one channel of its input."""

from typing import Any

import numpy as np

from convolens.analysis.explain import filters
from convolens.arguments import integer
from convolens.errors import ArgumentError, ShapeError
from convolens.studio.inside.layer_list import find_layers
from convolens.studio.inside.networks import Network
from convolens.studio.shared import Studio

MOST = 64  # filters, the strongest


def layer_kernels(studio: Studio, network: Network, number: int, channel: int) -> dict[str, Any]:
    """Return the filters of a layer by its number in the list.

    Args:
        studio: that keeps the list.
        network: of `find_network`.
        number: of the layer, from 0.
        channel: of its input, from 0.

    Returns:
        "filters" (numbers of those shown, the largest mean of absolute weights first), "of", "channels", "rows", "columns", "values".

    Raises:
        ArgumentError, ShapeError: no such layer or channel, or no kernels.
    """
    layers = find_layers(studio, network).cost.layers
    if not 0 <= number < len(layers):
        raise ArgumentError(
            f"inside: {network.name} has layers 0 to {len(layers) - 1}; received layer {number}."
        )
    kernels = filters(network.model, layers[number].name)  # (filters, rows, columns, channels)
    channel = integer("inside", "channel", channel, minimum=0)
    if channel >= kernels.shape[3]:
        raise ShapeError(
            f"inside: a filter of {layers[number].title!r} has {kernels.shape[3]} channels, from 0; received channel {channel}."
        )
    weights = kernels[..., channel]
    order = np.argsort(-np.abs(weights).mean((1, 2)), kind="stable")[:MOST]
    return {
        "filters": order.tolist(),
        "of": len(kernels),
        "channels": kernels.shape[3],
        "rows": kernels.shape[1],
        "columns": kernels.shape[2],
        "values": weights[order].astype(float).tolist(),
    }
