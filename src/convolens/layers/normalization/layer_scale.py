"""LayerScale: each channel times a number that is learnt and begins small."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.errors import ShapeError
from convolens.layers.layer import Layer
from convolens.layers.weight_entry import WeightEntry


class LayerScale(Layer):
    """One learnt factor a channel, for the branches of deep residual networks (Touvron et al., 2021); not in Keras' layers.

    Args:
        initial: the factor at the beginning, at least 0.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels) or (batch, features). Output shape: the same.

    Example:
        >>> import numpy as np
        >>> LayerScale(0.5)(np.ones((1, 2), "float32")).tolist()
        [[0.5, 0.5]]
    """

    def __init__(self, initial: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        self.initial = number_in(self.title, "initial", initial, 0.0, float("inf"))

    def build(self, input_shape: Any) -> None:
        if input_shape[-1] is None:
            raise ShapeError(
                f"{self.title}: the number of channels must be known; received {tuple(input_shape)}."
            )
        over = (1, 1) if len(input_shape) == 4 else ()  # rows and columns, behind the channels
        self.weight = torch.nn.Parameter(torch.full((input_shape[-1], *over), self.initial))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight

    def standard_entries(self) -> list[WeightEntry]:
        return [WeightEntry("gamma", self.weight)] if self.built else []
