"""Rescaling: multiply and shift the input, so that preprocessing travels inside the network."""

from typing import Any

import torch

from convolens.layers.layer import Layer


class Rescaling(Layer):
    """x * scale + offset, in training and afterwards, as `keras.layers.Rescaling`.

    Args:
        scale: a number, or one for each channel.
        offset: a number, or one for each channel.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Rescaling(1 / 255)(np.full((1, 1, 1, 1), 255.0, "float32")).tolist()
        [[[[1.0]]]]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = scale, offset

    def _factor(self, value: Any, x: torch.Tensor) -> torch.Tensor | float:
        if isinstance(value, (int, float)):
            return float(value)
        channels = torch.as_tensor(value, dtype=x.dtype, device=x.device)
        return channels.view(-1, 1, 1) if x.ndim == 4 and channels.ndim == 1 else channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self._factor(self.scale, x) + self._factor(self.offset, x)
