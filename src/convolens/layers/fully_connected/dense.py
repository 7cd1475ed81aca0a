"""Dense: every output sees every input."""

from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F

from convolens import activations, initializers
from convolens.arguments import integer
from convolens.errors import ShapeError
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry
from convolens.tensor import Bias


def _transpose(kernel: np.ndarray) -> np.ndarray:
    return kernel.T  # (out, in) <-> (in, out)


class Dense(Layer):
    """A fully connected layer over the last axis, as `keras.layers.Dense`.

    Args:
        units: number of outputs.
        activation: a name, a function or None.
        use_bias: add one learnt number per output.
        kernel_initializer, bias_initializer: names, configs or objects (`convolens.initializers`).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, ..., features). Output shape: (batch, ..., units).

    Example:
        >>> Dense(3)(np.zeros((2, 5), "float32")).shape
        (2, 3)
    """

    ruled_weights: ClassVar = {"kernel": "kernel", "bias": "bias"}

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = integer(self.title, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        if len(input_shape) < 2 or features is None:
            raise ShapeError(
                f"{self.title}: the last axis must be known and a batch axis present; received shape "
                f"{tuple(input_shape)}. Give images of a fixed size, or pool globally before this layer."
            )
        kernel = self.kernel_initializer((self.units, features), features, self.units)
        self.weight = torch.nn.Parameter(kernel)
        self.bias = (
            Bias(self.bias_initializer((self.units,), self.units, self.units)) if self.use_bias else None
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (n, ..., units) for (n, ..., features); of an image, the channels are the features.

        Raises:
            ShapeError: another number of features.
        """
        image = x.ndim == 4
        if image:
            x = x.permute(0, 2, 3, 1)  # (n, c, h, w) -> (n, h, w, c)
        if x.shape[-1] != self.weight.shape[1]:
            raise ShapeError(
                f"{self.title}: built for {self.weight.shape[1]} features; received {x.shape[-1]} "
                f"(a tensor of shape {tuple(x.shape)}). Are the images of the size the model was built for?"
            )
        x = F.linear(x, self.weight, self.bias)
        if image:
            x = x.permute(0, 3, 1, 2)  # (n, h, w, units) -> (n, units, h, w)
        return activations.overwriting(self.activation, x)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (*input_shape[:-1], self.units)

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        entries = [WeightEntry("kernel", self.weight, _transpose, _transpose)]
        return entries if self.bias is None else [*entries, WeightEntry("bias", self.bias)]
