"""LocalResponseNormalization: each value divided by how strongly its neighbouring channels respond."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import integer, number_in
from convolens.layers.geometry import check_image_shape
from convolens.layers.layer import Layer


class LocalResponseNormalization(Layer):
    """x / (k + alpha / size * sum of squares over `size` channels) ** beta (Krizhevsky et al., 2012); not in Keras.

    The sum is over `size` channels around each, fewer at the ends, as in Caffe and torch.

    Args:
        size: channels of the window, at least 1.
        alpha, beta, k: of the formula, all at least 0.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: the same.

    Example:
        >>> import numpy as np
        >>> LocalResponseNormalization(1, alpha=1.0, beta=0.5, k=0.0)(np.full((1, 1, 1, 2), 4.0, "float32")).tolist()
        [[[[1.0, 1.0]]]]
    """

    def __init__(
        self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0, **options: Any
    ) -> None:
        super().__init__(**options)
        self.size = integer(self.title, "size", size)
        infinity = float("inf")
        self.alpha = number_in(self.title, "alpha", alpha, 0.0, infinity)
        self.beta = number_in(self.title, "beta", beta, 0.0, infinity)
        self.k = number_in(self.title, "k", k, 0.0, infinity)

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # (n, c, h, w) -> (n, c, h * w): the window goes over the channels
        squares = x.square().flatten(2).unsqueeze(1)  # (n, 1, c, h * w)
        before = self.size // 2
        squares = F.pad(squares, (0, 0, before, self.size - 1 - before))
        mean = F.avg_pool2d(squares, (self.size, 1), stride=1).squeeze(1)  # (n, c, h * w)
        return x / (mean * self.alpha + self.k).pow(self.beta).view_as(x)
