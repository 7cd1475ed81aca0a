"""Weights that anyone can draw again, in any library: a function of a weight's name and shape."""

import hashlib
import math
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode


def draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return float32 values of a weight, by its name in torchvision or timm; NumPy keeps this stream for ever."""
    values = np.random.RandomState(zlib.crc32(name.encode())).random_sample(shape)
    if name.endswith("layer_scale"):
        values *= 0.5
    elif len(shape) > 1:  # kernels (out, in, ...): variance 2 / fan in
        values = (2 * values - 1) * math.sqrt(6 / math.prod(shape[1:]))
    elif name.endswith(("running_var", "weight")):  # of normalisations
        values += 0.5
    else:  # biases, means
        values = (values - 0.5) * 0.4
    return values.astype(np.float32)


def picture(rows: int, columns: int) -> np.ndarray:
    """Return two float32 images in [0, 1): (2, rows, columns, 3)."""
    return np.random.RandomState(0).random_sample((2, rows, columns, 3)).astype(np.float32)


def digest(shapes: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the sorted lines "name AxBxC" of a state dict."""
    lines = sorted(f"{name} {'x'.join(map(str, shape))}" for name, shape in shapes.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def multiply_accumulates(module: torch.nn.Module, size: int) -> int:
    """Return those of the convolutions and dense layers, for one image of size x size; `module` has no memory (meta)."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(torch.empty(1, 3, size, size, device="meta"))
    return counter.get_total_flops() // 2  # an operation each for multiplying and adding
