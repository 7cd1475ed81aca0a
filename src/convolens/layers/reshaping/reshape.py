"""Reshape: the same values in Keras' order, as another shape."""

import math
from collections.abc import Sequence
from typing import Any

import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Layer, Shape


class Reshape(Layer):
    """Each sample as another shape, as `keras.layers.Reshape`.

    Args:
        target_shape: of a sample, without the batch, in Keras' order; one size may be -1 (or None) and follows from the others.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, ...). Output shape: (batch, *target_shape).

    Raises:
        ArgumentError: sizes that are not positive integers, or several of -1. ShapeError: another number of values.

    Example:
        >>> import numpy as np
        >>> Reshape((2, -1, 3))(np.zeros((5, 24), "float32")).shape
        (5, 2, 4, 3)
    """

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        sizes = tuple(target_shape) if isinstance(target_shape, (list, tuple)) else (target_shape,)
        known = [size for size in sizes if size not in (-1, None)]
        whole = all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in known)
        if not whole or len(sizes) - len(known) > 1:
            raise ArgumentError(
                f"{self.title}: target_shape must hold positive integers, one of which may be -1; received {target_shape!r}."
            )
        self.target_shape = tuple(-1 if size is None else size for size in sizes)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        known = math.prod(size for size in self.target_shape if size != -1)
        sizes = input_shape[1:]
        if None in sizes:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        free = math.prod(sizes) // known
        if free * known != math.prod(sizes) or (-1 not in self.target_shape and free != 1):
            raise ShapeError(
                f"{self.title}: a sample of shape {tuple(sizes)} has {math.prod(sizes)} values, which do not fit into "
                f"target_shape={self.target_shape}."
            )
        return (input_shape[0], *(free if size == -1 else size for size in self.target_shape))

    def build(self, input_shape: Any) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = in_keras_order(x)
        shape: Any = self.compute_output_shape(tuple(x.shape))
        return in_torch_order(x.reshape(shape))
