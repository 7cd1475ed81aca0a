"""as_dict: a convolution, its pooling and all their steps as plain numbers and lists, for JSON."""

import math
from typing import Any

import numpy as np

from convolens.analysis.arithmetic.convolution import Convolution, ConvolutionCell
from convolens.analysis.arithmetic.pooling import Pooling, PoolingCell
from convolens.analysis.arithmetic.sliding import Sliding


def count_numbers(convolution: Convolution, pooling: Pooling | None = None) -> int:
    """Return how many numbers `as_dict` would hold, about: the maps, and the windows of every cell.

    Args:
        convolution: what would be told.
        pooling: after it; None for none.

    Example:
        >>> from convolens.analysis.arithmetic import convolve
        >>> count_numbers(convolve([[5, 1], [3, 4]], [[1.0]]))
        36
    """
    channels = 1 if convolution.per_channel else convolution.image.shape[2]
    taps = math.prod(convolution.sliding.window) * channels
    count = convolution.image.size + convolution.padded.size + convolution.result.size
    count += convolution.result.size * (2 * taps + 4)
    if pooling is not None:
        count += pooling.result.size * (math.prod(pooling.sliding.window) + 2)
    return count


def as_dict(
    convolution: Convolution, pooling: Pooling | None = None, cell: tuple[int, int] | None = None
) -> dict[str, Any]:
    """Return all that there is to say, as numbers, texts and lists.

    Args:
        convolution: the convolution.
        pooling: of its result.
        cell: (row, column) of the feature map: only this cell's steps (each channel's), and of the maps only shape,
            minimum, maximum and mean. None gives every cell and the maps in full.

    Raises:
        ArgumentError: there is no such cell.

    Example:
        >>> from convolens.analysis.arithmetic import convolve
        >>> found = as_dict(convolve([[5, 1], [3, 4]], [[1, -1]]))
        >>> found["feature_map"]["values"], found["cells"][1]["products"]
        ([[[4.0]], [[-1.0]]], [[[3.0], [-4.0]]])
    """
    whole = cell is None
    places = (
        list(np.ndindex(*convolution.result.shape))
        if cell is None
        else [(*cell, channel) for channel in range(convolution.result.shape[2])]
    )
    found: dict[str, Any] = {
        "input": _map(convolution.image, whole),
        "padded": _map(convolution.padded, whole),
        "kernel": _map(convolution.kernel, True),
        "kernel_per_channel": convolution.per_channel,
        "flipped": convolution.flipped,
        **_sliding(convolution.sliding),
        "bias": convolution.bias.tolist(),
        "activation": convolution.activation,
        "feature_map": _map(convolution.result, whole),
        "cells": [_cell(convolution.cell(*place)) for place in places],
    }
    if pooling is not None:
        found["pooling"] = {
            "kind": pooling.kind,
            "pool_size": list(pooling.sliding.window),
            "repeats_edge": pooling.repeats_edge,
            **_sliding(pooling.sliding),
            "pooled_map": _map(pooling.result, whole),
            "cells": [
                _pooled(pooling.cell(*place))
                for place in (np.ndindex(*pooling.result.shape) if whole else ())
            ],
        }
    return found


def _map(values: np.ndarray, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "shape": list(values.shape),
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "mean": float(values.mean()),
    }
    return found | {"values": values.tolist()} if whole else found


def _sliding(sliding: Sliding) -> dict[str, Any]:
    (top, bottom), (left, right) = sliding.padding
    return {
        "strides": list(sliding.strides),
        "padding": {"mode": sliding.mode, "top": top, "bottom": bottom, "left": left, "right": right},
        "dilation": list(sliding.dilation),
    }


def _cell(cell: ConvolutionCell) -> dict[str, Any]:
    return {
        "row": cell.row,
        "column": cell.column,
        "channel": cell.channel,
        "top": cell.top,
        "left": cell.left,
        "values": cell.values.tolist(),
        "products": cell.products.tolist(),
        "sum": cell.sum,
        "bias": cell.bias,
        "value": cell.value,
    }


def _pooled(cell: PoolingCell) -> dict[str, Any]:
    values = [[None if math.isnan(value) else value for value in row] for row in cell.values.tolist()]
    return {
        "row": cell.row,
        "column": cell.column,
        "channel": cell.channel,
        "top": cell.top,
        "left": cell.left,
        "values": values,  # None where there is padding, which does not count
        "value": cell.value,
    }
