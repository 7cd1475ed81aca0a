"""SeparableConv2D: each channel convolved alone, then all mixed at each pixel."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens import activations, initializers
from convolens.arguments import integer, one_of, pair
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.conv2d import conv_entry
from convolens.layers.depthwise_conv2d import depthwise_entry
from convolens.layers.geometry import (
    PADDINGS,
    check_image_shape,
    check_not_empty,
    output_length,
    padded_convolution,
)
from convolens.layers.layer import Layer, WeightEntry
from convolens.layers.symbolic import Shape


class SeparableConv2D(Layer):
    """A depthwise convolution and a 1x1 convolution behind it, as `keras.layers.SeparableConv2D`.

    Args:
        filters: number of output channels.
        kernel_size: rows and columns of a depthwise kernel, one integer or a pair, in pixels.
        strides: step of the depthwise kernel, one integer or a pair, in pixels.
        padding: "valid" (none) or "same" (output size = ceil(input size / stride); the odd pixel after).
        data_format: "channels_last" or None; other layouts are refused.
        dilation_rate: distance between a depthwise kernel's taps, in pixels.
        depth_multiplier: depthwise kernels for each input channel.
        activation: a name, a function or None.
        use_bias: add one learnt number per filter.
        depthwise_initializer, pointwise_initializer, bias_initializer: names, configs or objects.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, new rows, new columns, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: images smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> SeparableConv2D(8, 3, strides=2)(np.zeros((1, 7, 7, 3), "float32")).shape
        (1, 3, 3, 8)

    Source: Keras 3; Chollet, Xception, arXiv:1610.02357.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
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
        self.depth_multiplier = integer(where, "depth_multiplier", depth_multiplier)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{where}: strides={strides} and dilation_rate={dilation_rate} cannot both be > 1."
            )
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
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
        inner = channels * self.depth_multiplier
        depthwise = self.depthwise_initializer(
            (inner, 1, *self.kernel_size), channels * area, self.depth_multiplier * area
        )
        pointwise = self.pointwise_initializer((self.filters, inner, 1, 1), inner, self.filters)
        self.depthwise_weight = torch.nn.Parameter(depthwise)
        self.pointwise_weight = torch.nn.Parameter(pointwise)
        self.bias = (
            torch.nn.Parameter(self.bias_initializer((self.filters,), self.filters, self.filters))
            if self.use_bias
            else None
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.ndim != 4 or x.shape[1] != self.channels:
            raise ShapeError(
                f"{self.title}: built for {self.channels} channels; received a tensor of shape "
                f"{tuple(x.shape)} (batch, channels, rows, columns)."
            )
        x = padded_convolution(
            x, self.depthwise_weight, None, self.strides, self.padding, self.dilation_rate, self.channels
        )  # (n, channels * multiplier, new rows, new columns)
        x = F.conv2d(x, self.pointwise_weight, self.bias)  # (n, filters, new rows, new columns)
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
        entries = [
            depthwise_entry("depthwise_kernel", self.depthwise_weight, self.depth_multiplier),
            conv_entry("pointwise_kernel", self.pointwise_weight),
        ]
        return entries if self.bias is None else [*entries, WeightEntry("bias", self.bias)]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": "channels_last",
            "dilation_rate": self.dilation_rate,
            "depth_multiplier": self.depth_multiplier,
            "activation": activations.name_of(self.activation),
            "use_bias": self.use_bias,
            "depthwise_initializer": self.depthwise_initializer.serialize(),
            "pointwise_initializer": self.pointwise_initializer.serialize(),
            "bias_initializer": self.bias_initializer.serialize(),
        }
