"""Data on their way into a network: it is built from their shape, and what does not fit is said."""

import itertools
from typing import Any

import numpy as np
import torch

from convolens.errors import ShapeError
from convolens.layers import Layer


def build_for(module: torch.nn.Module, x: Any) -> Any:
    """Build on first use from the data's shape; return the data (an iterator that was looked into goes on)."""
    if not isinstance(module, Layer) or module.built:
        return x
    if isinstance(x, (np.ndarray, torch.Tensor)):
        module.build_once((None, *x.shape[1:]))
        return x
    first, rest = x, x
    if hasattr(x, "image_shape"):
        module.build_once((None, *x.image_shape))
        return x
    if isinstance(x, torch.utils.data.DataLoader):
        first = next(iter(x))
    elif hasattr(x, "__getitem__") and hasattr(x, "__len__"):
        first = x[0]
    elif hasattr(x, "__next__"):
        first = next(x)
        rest = itertools.chain([first], x)
    first = first[0] if isinstance(first, (list, tuple)) else first
    array = first if isinstance(first, torch.Tensor) else np.asarray(first)
    shape = tuple(array.shape[1:])
    if isinstance(x, torch.utils.data.DataLoader) and len(shape) == 3:
        shape = (*shape[1:], shape[0])  # NCHW, torch's habit
    module.build_once((None, *shape))
    return rest


def check_x(where: str, module: torch.nn.Module, x: Any) -> None:
    """Raise a `ShapeError` that says what to do where an array is not of the shape the network was built for."""
    if not isinstance(module, Layer) or not isinstance(x, (np.ndarray, torch.Tensor)):
        return
    expected = module.input_shape
    if isinstance(expected, list):
        raise ShapeError(f"{where}: the model has {len(expected)} inputs; give a list of arrays.")
    given = tuple(x.shape)
    fits = len(given) == len(expected) and all(
        wanted in (None, size) for wanted, size in zip(expected, given, strict=True)
    )
    if fits:
        return
    hint = ""
    if len(given) == len(expected) - 1:
        hint = " The batch dimension is missing: x[np.newaxis]."
    elif len(given) == 4 and given[1] == expected[3] and given[2:] == tuple(expected[1:3]):
        hint = " The channels come first: x.transpose(0, 2, 3, 1)."
    raise ShapeError(f"{where}: the model expects x of shape {tuple(expected)}; received {given}.{hint}")
