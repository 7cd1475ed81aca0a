"""RepeatVector: a row of features several times, as a sequence."""

from typing import Any

import torch

from convolens.arguments import integer
from convolens.errors import ShapeError
from convolens.layers.layer import Layer, Shape


class RepeatVector(Layer):
    """A row of features `n` times, as `keras.layers.RepeatVector`.

    Args:
        n: how often, at least 1.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, features). Output shape: (batch, n, features).

    Raises:
        ArgumentError: no positive integer. ShapeError: an input of another rank.

    Example:
        >>> import numpy as np
        >>> RepeatVector(3)(np.ones((2, 4), "float32")).shape
        (2, 3, 4)
    """

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        self.n = integer(self.title, "n", n)

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 2:
            raise ShapeError(f"{self.title}: expected (batch, features); received {tuple(input_shape)}.")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.unsqueeze(1).expand(-1, self.n, -1)  # (n, features) -> (n, times, features)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (input_shape[0], self.n, input_shape[1])
