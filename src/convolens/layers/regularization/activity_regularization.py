"""ActivityRegularization: a penalty on what passes through."""

from typing import Any

import torch

from convolens.layers.layer import Layer
from convolens.regularizers import L1L2


class ActivityRegularization(Layer):
    """Adds l1 times the sum of absolute values and l2 times that of squares to the loss, as `keras.layers.ActivityRegularization`.

    Args:
        l1, l2: factors, at least 0; both are divided by the samples of the batch.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: any. Output shape: the same.

    Raises:
        ArgumentError: a factor below 0.

    Example:
        >>> import numpy as np
        >>> ActivityRegularization(l2=0.1)(np.ones((1, 2), "float32")).tolist()
        [[1.0, 1.0]]
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.l1, self.l2 = l1, l2
        self.activity_regularizer = L1L2(l1=l1, l2=l2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return config
