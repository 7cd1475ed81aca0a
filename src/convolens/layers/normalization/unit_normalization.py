"""UnitNormalization: each sample's channels scaled to length 1."""

from typing import Any

import torch

from convolens.arguments import axis_of
from convolens.errors import ShapeError
from convolens.layers.axes import dimension_of
from convolens.layers.layer import Layer


class UnitNormalization(Layer):
    """Divide by the Euclidean length over the last axis, as `keras.layers.UnitNormalization`; zeros stay zeros.

    Args:
        axis: -1, or the number of the last axis.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, ..., channels). Output shape: the same.

    Raises:
        ShapeError: another axis than the last.

    Example:
        >>> import numpy as np
        >>> UnitNormalization()(np.array([[3.0, 4.0]], "float32")).tolist()
        [[0.6000000238418579, 0.800000011920929]]

    Source: Keras 3 `UnitNormalization`.
    """

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis_of(self.title, axis)

    def build(self, input_shape: Any) -> None:
        if self.axis not in (-1, len(input_shape) - 1):
            raise ShapeError(
                f"{self.title}: axis={self.axis} must be the last; received shape {tuple(input_shape)}."
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(x, dim=dimension_of(-1, x.ndim, self.title))
