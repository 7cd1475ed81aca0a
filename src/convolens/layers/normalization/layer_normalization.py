"""LayerNormalization: each place of an image, or each row of features, centred and scaled by itself."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.arguments import axis_of, number_in
from convolens.errors import ShapeError
from convolens.layers.layer import Layer
from convolens.layers.weight_entry import WeightEntry


class LayerNormalization(Layer):
    """Layer normalisation (Ba, Kiros & Hinton, 2016) over the last axis, as `keras.layers.LayerNormalization`.

    Args:
        axis: -1, or the number of the last axis.
        epsilon: added to the variance, above 0.
        center, scale: learn an offset (beta) and a factor (gamma).
        beta_initializer, gamma_initializer: as named.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> LayerNormalization()(np.array([[1.0, 3.0]], "float32")).round(2).tolist()
        [[-1.0, 1.0]]
    """

    ruled_weights: ClassVar = {"beta": "beta", "gamma": "gamma"}

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis = axis_of(self.title, axis)
        self.epsilon = number_in(self.title, "epsilon", epsilon, 0.0, float("inf"))
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)

    def build(self, input_shape: Any) -> None:
        if self.axis not in (-1, len(input_shape) - 1) or input_shape[-1] is None:
            raise ShapeError(
                f"{self.title}: axis={self.axis} must be the last, of a known size; received shape {tuple(input_shape)}."
            )
        shape = (input_shape[-1],)
        self.weight = torch.nn.Parameter(self.gamma_initializer(shape)) if self.scale else None
        self.bias = torch.nn.Parameter(self.beta_initializer(shape)) if self.center else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.ndim != 4:
            return F.layer_norm(x, (int(x.shape[-1]),), self.weight, self.bias, self.epsilon)
        x = x.permute(0, 2, 3, 1)  # (n, c, h, w) -> (n, h, w, c)
        x = F.layer_norm(x, (int(x.shape[-1]),), self.weight, self.bias, self.epsilon)
        return x.permute(0, 3, 1, 2)  # (n, h, w, c) -> (n, c, h, w)

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        named = (("gamma", self.weight), ("beta", self.bias))
        return [WeightEntry(name, tensor) for name, tensor in named if tensor is not None]
