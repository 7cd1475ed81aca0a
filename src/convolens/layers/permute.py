"""Permute: the axes of each sample in another order."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.layer import Layer, Shape

_INSIDE = {2: (0, 1), 3: (0, 1, 2), 4: (0, 2, 3, 1)}  # Keras' axis -> the dimension of the tensor


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
        if sorted(self.dims, key=str) != list(range(1, len(self.dims) + 1)) or not 1 <= len(self.dims) <= 3:
            raise ArgumentError(
                f"{self.title}: dims must hold each of 1 to the number of axes once, at most (1, 2, 3); received {dims!r}."
            )

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != len(self.dims) + 1:
            raise ShapeError(
                f"{self.title}: dims={self.dims} is for {len(self.dims)} axes and the batch; received shape "
                f"{tuple(input_shape)}."
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inside = _INSIDE[x.ndim]  # where each of Keras' axes lies
        order = [inside[axis] for axis in (0, *self.dims)]  # in Keras' order
        return x.permute([order[inside.index(dimension)] for dimension in range(x.ndim)])

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))
