"""filters: the kernels of a convolution, as arrays that can be looked at."""

from typing import Any

import numpy as np
import torch

from convolens.analysis.cost.costs import checked_module
from convolens.analysis.explain.layers import full_name
from convolens.arguments import integer
from convolens.errors import ShapeError


def filters(model: Any, layer: str) -> np.ndarray:
    """Return the filters of a convolution.

    Args:
        model: a `Model` or any torch module whose weights exist.
        layer: the name of a layer that holds one convolution kernel; of a separable convolution the depthwise kernels.

    Returns:
        float32 (filters, rows, columns, channels of the input); of a depthwise convolution there is one channel.

    Raises:
        UnknownNameError: no such layer; the nearest is offered. ShapeError: it has no kernels.

    Example:
        >>> import torch
        >>> filters(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 5)), "0").shape
        (8, 5, 5, 3)
    """
    module = checked_module(model, "filters")
    holding = holding_kernels(module)
    name = full_name("filters", module, layer, holding)
    child = module.get_submodule(name)
    kernels = [item for item in child.parameters(recurse=False) if item.ndim == 4]
    if not kernels:
        raise ShapeError(
            f"filters: layer {name!r} ({type(child).__name__}) has no convolution kernels; layers that have: "
            f"{', '.join(holding[:40]) or 'none'}."
        )
    kernel = kernels[0].detach().float().cpu()
    if "Transpose" in type(child).__name__:  # torch keeps these as (in, out, rows, columns)
        kernel = kernel.transpose(0, 1)
    return kernel.permute(0, 2, 3, 1).numpy().copy()  # (out, in, rows, columns) -> (out, rows, columns, in)


def holding_kernels(module: torch.nn.Module) -> list[str]:
    """Return the names of the layers that hold a convolution's kernels, in order.

    Example:
        >>> holding_kernels(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 5), torch.nn.Flatten()))
        ['0']
    """
    return [
        name
        for name, child in module.named_modules()
        if name and any(item.ndim == 4 and item.numel() > 0 for item in child.parameters(recurse=False))
    ]


def check_filter(where: str, number: int, count: int, layer: str) -> int:
    """Return a filter's number, counted from 0, if the layer has it.

    Raises:
        ShapeError: it has not.

    Example:
        >>> check_filter("filters", 3, 8, "conv1")
        3
    """
    number = integer(where, "filter", number, minimum=0)
    if number >= count:
        raise ShapeError(
            f"{where}: layer {layer!r} has {count} filters, 0 to {count - 1}; received filter {number}."
        )
    return number
