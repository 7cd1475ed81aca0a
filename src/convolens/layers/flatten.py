"""Flatten: an image as one row of numbers, in Keras' order."""

import math
from typing import Any

import torch

from convolens.layers.axes import in_keras_order
from convolens.layers.geometry import channels_last
from convolens.layers.layer import Layer, Shape


class Flatten(Layer):
    """All axes but the batch as one; images in rows, columns, channels order as Keras does.

    In channels-last memory that is a view: nothing is copied.

    Args:
        data_format: "channels_last" or None; other layouts are refused.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Flatten()(np.arange(12, dtype="float32").reshape(1, 2, 2, 3))[0, :4].tolist()
        [0.0, 1.0, 2.0, 3.0]
    """

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = channels_last(self.title, data_format)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return in_keras_order(x).reshape(x.shape[0], -1)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sizes = input_shape[1:]
        return (input_shape[0], None if None in sizes else math.prod(sizes))
