"""Conv2D: a bank of kernels slid over an image."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from convolens import activations, initializers
from convolens.arguments import integer, one_of, pair
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.geometry import (
    PADDINGS,
    check_image_shape,
    check_not_empty,
    output_length,
    padded_convolution,
)
from convolens.layers.layer import Layer, WeightEntry
from convolens.layers.symbolic import Shape


def _to_keras(kernel: np.ndarray) -> np.ndarray:
    return kernel.transpose(2, 3, 1, 0)  # (out, in, rows, columns) -> (rows, columns, in, out)


def _from_keras(kernel: np.ndarray) -> np.ndarray:
    return kernel.transpose(3, 2, 0, 1)  # (rows, columns, in, out) -> (out, in, rows, columns)


def conv_entry(name: str, weight: torch.Tensor) -> WeightEntry:
    """Return the entry of a convolution's kernel: (out, in, rows, columns) here, (rows, columns, in, out) in Keras."""
    return WeightEntry(name, weight, _to_keras, _from_keras)


class Conv2D(Layer):
    """Two-dimensional convolution, as `keras.layers.Conv2D`.

    Args:
        filters: number of kernels, and so of output channels.
        kernel_size: rows and columns of a kernel, one integer or a pair, in pixels.
        strides: step of the kernel, one integer or a pair, in pixels.
        padding: "valid" (none) or "same" (output size = ceil(input size / stride); the odd pixel after).
        data_format: "channels_last" or None; other layouts are refused.
        dilation_rate: distance between a kernel's taps, in pixels.
        groups: channels are split into this many independent groups.
        activation: a name, a function or None.
        use_bias: add one learnt number per filter.
        kernel_initializer, bias_initializer: names, configs or objects (`convolens.initializers`).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, new rows, new columns, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: images smaller than the kernel.

    Example:
        >>> layer = Conv2D(8, 3, strides=2, padding="same")
        >>> layer(np.zeros((1, 5, 5, 3), "float32")).shape
        (1, 3, 3, 8)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        where = self.title
        self.filters = integer(where, "filters", filters)
        self.kernel_size = pair(where, "kernel_size", kernel_size)
        self.strides = pair(where, "strides", strides)
        self.padding = one_of(where, "padding", str(padding).lower(), PADDINGS)
        one_of(where, "data_format", data_format, ("channels_last", None))
        self.dilation_rate = pair(where, "dilation_rate", dilation_rate)
        self.groups = integer(where, "groups", groups)
        if self.filters % self.groups:
            raise ArgumentError(f"{where}: filters={filters} must be a multiple of groups={groups}.")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{where}: strides={strides} and dilation_rate={dilation_rate} cannot both be > 1."
            )
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)
        channels = input_shape[3]
        if channels is None or channels % self.groups:
            raise ShapeError(
                f"{self.title}: the number of input channels must be known and a multiple of "
                f"groups={self.groups}; received shape {tuple(input_shape)}."
            )
        check_not_empty(self.title, input_shape, self.compute_output_shape(input_shape))
        area = self.kernel_size[0] * self.kernel_size[1]
        fan_in, fan_out = channels // self.groups * area, self.filters * area
        shape = (self.filters, channels // self.groups, *self.kernel_size)  # (out, in, rows, columns)
        kernel = self.kernel_initializer(shape, fan_in, fan_out)
        self.weight = torch.nn.Parameter(kernel.contiguous(memory_format=torch.channels_last))
        self.bias = (
            torch.nn.Parameter(self.bias_initializer((self.filters,), self.filters, self.filters))
            if self.use_bias
            else None
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.ndim != 4 or x.shape[1] != self.weight.shape[1] * self.groups:
            raise ShapeError(
                f"{self.title}: built for {self.weight.shape[1] * self.groups} channels; received a tensor of "
                f"shape {tuple(x.shape)} (batch, channels, rows, columns)."
            )
        x = padded_convolution(
            x, self.weight, self.bias, self.strides, self.padding, self.dilation_rate, self.groups
        )
        # The convolution's own result is not needed for its gradient, so relu may overwrite it.
        return F.relu_(x) if self.activation is F.relu else self.activation(x)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        rows, columns = (
            output_length(
                input_shape[1 + i], self.kernel_size[i], self.strides[i], self.padding, self.dilation_rate[i]
            )
            for i in (0, 1)
        )
        return (input_shape[0], rows, columns, self.filters)

    def weight_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        entries = [conv_entry("kernel", self.weight)]
        return entries if self.bias is None else [*entries, WeightEntry("bias", self.bias)]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": "channels_last",
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": activations.name_of(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer.serialize(),
            "bias_initializer": self.bias_initializer.serialize(),
        }
