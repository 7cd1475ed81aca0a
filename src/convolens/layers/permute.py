"""Permute: the axes of each sample in another order."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Layer, Shape


class Permute(Layer):
    """Axes in another order, as `keras.layers.Permute`.

    Args:
        dims: for each new axis which old one it is, counted from 1; the batch stays.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: not each of 1 to n once. ShapeError: an input of another rank.

    Example:
        >>> import numpy as np
        >>> Permute((3, 1, 2))(np.zeros((2, 4, 5, 3), "float32")).shape
        (2, 3, 4, 5)
    """

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.dims = tuple(dims) if isinstance(dims, (list, tuple)) else (dims,)
        if sorted(self.dims, key=str) != list(range(1, len(self.dims) + 1)) or not self.dims:
            raise ArgumentError(
                f"{self.title}: dims must hold each of 1 to the number of axes once; received {dims!r}."
            )

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != len(self.dims) + 1:
            raise ShapeError(
                f"{self.title}: dims={self.dims} is for {len(self.dims)} axes and the batch; received shape "
                f"{tuple(input_shape)}."
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return in_torch_order(in_keras_order(x).permute(0, *self.dims))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))
