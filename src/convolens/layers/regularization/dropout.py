"""Dropout: in training, set a random share of values to 0 and enlarge the rest."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import number_in
from convolens.layers.layer import Layer


class Dropout(Layer):
    """Drops values with probability `rate` while training; passes everything otherwise (Srivastava et al., 2014).

    Args:
        rate: share of values set to 0, in [0, 1); the others are divided by 1 - rate.
        noise_shape, seed: accepted as None only; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Dropout(0.5).eval()(np.ones((1, 3), "float32")).tolist()
        [[1.0, 1.0, 1.0]]
    """

    def __init__(
        self, rate: float, noise_shape: None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0)
        self.seed = seed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.dropout(x, self.rate, self.training)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"noise_shape": None}
