"""GaussianNoise, GaussianDropout and AlphaDropout: noise while training, nothing otherwise; torch's generator draws."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import number_in
from convolens.layers.layer import Layer
from convolens.layers.regularization.dropout import checked_noise_shape, noise_shape_inside

# Of SELU (Klambauer et al., 2017): where alpha dropout sends what it drops.
_ALPHA, _SCALE = 1.6732632423543772, 1.0507009873554805


class GaussianNoise(Layer):
    """Adds normally distributed noise while training, as `keras.layers.GaussianNoise`.

    Args:
        stddev: its standard deviation, at least 0.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: any. Output shape: the same.

    Raises:
        ArgumentError: a deviation below 0.

    Example:
        >>> import numpy as np
        >>> GaussianNoise(0.1).eval()(np.ones((1, 2), "float32")).tolist()
        [[1.0, 1.0]]
    """

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.stddev = number_in(self.title, "stddev", stddev, 0.0, float("inf"), open_high=True)
        self.seed = seed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.randn_like(x) * self.stddev if self.training and self.stddev else x


class GaussianDropout(Layer):
    """Multiplies by noise around 1 while training (Srivastava et al., 2014), as `keras.layers.GaussianDropout`.

    Args:
        rate: in [0, 1); the noise has the variance rate / (1 - rate), as that of dropout.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: any. Output shape: the same.

    Raises:
        ArgumentError: a rate out of range.

    Example:
        >>> import numpy as np
        >>> GaussianDropout(0.5).eval()(np.ones((1, 2), "float32")).tolist()
        [[1.0, 1.0]]
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0, open_high=True)
        self.seed = seed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.rate:
            return x
        return x * (1 + torch.randn_like(x) * (self.rate / (1 - self.rate)) ** 0.5)


class AlphaDropout(Layer):
    """Dropout for SELU, which keeps mean and variance (Klambauer et al., 2017), as `keras.layers.AlphaDropout`.

    Args:
        rate: share of values dropped, in [0, 1).
        noise_shape: as of `Dropout`.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: any. Output shape: the same.

    Raises:
        ArgumentError: a rate out of range, or a shape of the noise that is none.

    Example:
        >>> import numpy as np
        >>> AlphaDropout(0.5).eval()(np.ones((1, 2), "float32")).tolist()
        [[1.0, 1.0]]
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0, open_high=True)
        self.noise_shape = checked_noise_shape(self.title, noise_shape)
        self.seed = seed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.rate:
            return x
        shape = noise_shape_inside(self.title, self.noise_shape, x)
        kept = torch.empty(shape, dtype=x.dtype, device=x.device).bernoulli_(1 - self.rate)
        dropped = -_ALPHA * _SCALE
        scale = ((1 - self.rate) * (1 + self.rate * dropped**2)) ** -0.5
        return scale * (x * kept + dropped * (1 - kept)) - scale * dropped * self.rate
