"""StochasticDepth: a residual branch left out, image by image, while training."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.layers.layer import Layer


class StochasticDepth(Layer):
    """Zeros whole samples with probability `rate` while training and scales the others up (Huang et al., 2016); not in Keras' layers.

    Args:
        rate: share of the samples whose branch is dropped, in [0, 1).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: any, the batch first. Output shape: the same.

    Example:
        >>> import numpy as np
        >>> StochasticDepth(0.5).eval()(np.ones((1, 2), "float32")).tolist()
        [[1.0, 1.0]]
    """

    def __init__(self, rate: float, **options: Any) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0, open_high=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.rate == 0.0:
            return x
        shape = (x.shape[0],) + (1,) * (x.ndim - 1)  # one draw a sample
        kept = torch.empty(shape, dtype=x.dtype, device=x.device).bernoulli_(1.0 - self.rate)
        return x * kept / (1.0 - self.rate)
