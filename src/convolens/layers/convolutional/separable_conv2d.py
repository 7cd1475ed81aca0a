"""SeparableConv2D: each channel convolved alone, then all mixed at each pixel."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.activations import Activation, overwriting
from convolens.arguments import integer
from convolens.layers.convolutional.conv2d import conv_entry
from convolens.layers.convolutional.convolution import Convolution
from convolens.layers.convolutional.depthwise_conv2d import depthwise_entry
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.weight_entry import WeightEntry


class SeparableConv2D(Convolution):
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

    ruled_weights: ClassVar = {
        "depthwise": "depthwise_kernel",
        "pointwise": "pointwise_kernel",
        "bias": "bias",
    }

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
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer, **options
        )  # fmt: skip
        self.filters = integer(self.title, "filters", filters)
        self.depth_multiplier = integer(self.title, "depth_multiplier", depth_multiplier)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)

    def output_channels(self, channels: int) -> int:
        return self.filters

    def build_kernels(self, channels: int, area: int) -> None:
        inner = channels * self.depth_multiplier
        depthwise = self.depthwise_initializer(
            (inner, 1, *self.kernel_size), channels * area, self.depth_multiplier * area
        )
        pointwise = self.pointwise_initializer((self.filters, inner, 1, 1), inner, self.filters)
        self.depthwise_weight = torch.nn.Parameter(depthwise)
        self.pointwise_weight = torch.nn.Parameter(pointwise)

    def convolve(
        self,
        x: torch.Tensor,
        zeros: tuple[int, int],
        normalization: BatchNormalization | None,
        activation: Activation,
    ) -> torch.Tensor:
        # (n, channels * multiplier, new rows, columns)
        x = self.slide(x, self.depthwise_weight, None, self.channels, zeros)
        x = F.conv2d(x, self.pointwise_weight, self.bias)  # (n, filters, new rows, new columns)
        return overwriting(activation, x)

    def kernel_entries(self) -> list[WeightEntry]:
        return [
            depthwise_entry("depthwise_kernel", self.depthwise_weight, self.depth_multiplier),
            conv_entry("pointwise_kernel", self.pointwise_weight),
        ]
