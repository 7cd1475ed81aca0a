"""DepthwiseConv2D: each channel of an image convolved by kernels of its own."""

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


def depthwise_entry(name: str, weight: torch.Tensor, depth_multiplier: int) -> WeightEntry:
    """Return the entry of a depthwise kernel.

    Here it lies (channels * multiplier, 1, rows, columns), in Keras (rows, columns, channels, multiplier).
    """

    def to_keras(kernel: np.ndarray) -> np.ndarray:
        by_channel = kernel.reshape(
            -1, depth_multiplier, *kernel.shape[2:]
        )  # (in, multiplier, rows, columns)
        return by_channel.transpose(2, 3, 0, 1)

    def from_keras(kernel: np.ndarray) -> np.ndarray:
        return kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])

    return WeightEntry(name, weight, to_keras, from_keras)


class DepthwiseConv2D(Layer):
    """Convolution of each channel alone, as `keras.layers.DepthwiseConv2D`.

    Args:
        kernel_size: rows and columns of a kernel, one integer or a pair, in pixels.
        strides: step of the kernel, one integer or a pair, in pixels.
        padding: "valid" (none) or "same" (output size = ceil(input size / stride); the odd pixel after).
        depth_multiplier: kernels, and so output channels, for each input channel.
        data_format: "channels_last" or None; other layouts are refused.
        dilation_rate: distance between a kernel's taps, in pixels.
        activation: a name, a function or None.
        use_bias: add one learnt number per output channel.
        depthwise_initializer, bias_initializer: names, configs or objects (`convolens.initializers`).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels).
    Output shape: (batch, new rows, new columns, channels * depth_multiplier).

    Raises:
        ArgumentError: an argument out of range. ShapeError: images smaller than the kernel.

    Example:
        >>> layer = DepthwiseConv2D(3, padding="same", depth_multiplier=2)
        >>> layer(np.zeros((1, 5, 5, 3), "float32")).shape
        (1, 5, 5, 6)
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        where = self.title
        self.kernel_size = pair(where, "kernel_size", kernel_size)
        self.strides = pair(where, "strides", strides)
        self.padding = one_of(where, "padding", str(padding).lower(), PADDINGS)
        self.depth_multiplier = integer(where, "depth_multiplier", depth_multiplier)
        one_of(where, "data_format", data_format, ("channels_last", None))
        self.dilation_rate = pair(where, "dilation_rate", dilation_rate)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{where}: strides={strides} and dilation_rate={dilation_rate} cannot both be > 1."
            )
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)
        channels = input_shape[3]
        if channels is None:
            raise ShapeError(
                f"{self.title}: the number of input channels must be known; received shape {tuple(input_shape)}."
            )
        check_not_empty(self.title, input_shape, self.compute_output_shape(input_shape))
        self.channels = channels
        area = self.kernel_size[0] * self.kernel_size[1]
        outputs = channels * self.depth_multiplier
        kernel = self.depthwise_initializer(
            (outputs, 1, *self.kernel_size), channels * area, self.depth_multiplier * area
        )
        self.weight = torch.nn.Parameter(kernel)
        self.bias = (
            torch.nn.Parameter(self.bias_initializer((outputs,), outputs, outputs)) if self.use_bias else None
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.ndim != 4 or x.shape[1] != self.channels:
            raise ShapeError(
                f"{self.title}: built for {self.channels} channels; received a tensor of shape "
                f"{tuple(x.shape)} (batch, channels, rows, columns)."
            )
        x = padded_convolution(
            x, self.weight, self.bias, self.strides, self.padding, self.dilation_rate, self.channels
        )
        return F.relu_(x) if self.activation is F.relu else self.activation(x)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        rows, columns = (
            output_length(
                input_shape[1 + i], self.kernel_size[i], self.strides[i], self.padding, self.dilation_rate[i]
            )
            for i in (0, 1)
        )
        return (input_shape[0], rows, columns, input_shape[3] * self.depth_multiplier)

    def weight_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        entries = [depthwise_entry("kernel", self.weight, self.depth_multiplier)]
        return entries if self.bias is None else [*entries, WeightEntry("bias", self.bias)]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "depth_multiplier": self.depth_multiplier,
            "data_format": "channels_last",
            "dilation_rate": self.dilation_rate,
            "activation": activations.name_of(self.activation),
            "use_bias": self.use_bias,
            "depthwise_initializer": self.depthwise_initializer.serialize(),
            "bias_initializer": self.bias_initializer.serialize(),
        }
