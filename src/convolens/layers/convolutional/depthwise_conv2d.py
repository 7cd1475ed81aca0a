"""DepthwiseConv2D: each channel of an image convolved by kernels of its own."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch

from convolens import initializers
from convolens.activations import Activation
from convolens.arguments import integer
from convolens.layers.convolutional.convolution import Convolution
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.weight_entry import WeightEntry


def depthwise_entry(name: str, weight: torch.Tensor, depth_multiplier: int) -> WeightEntry:
    """Return the entry of a depthwise kernel.

    Here it lies (channels * multiplier, 1, rows, columns), in Keras (rows, columns, channels, multiplier).
    """

    def to_keras(kernel: np.ndarray) -> np.ndarray:
        by_channel = kernel.reshape(-1, depth_multiplier, *kernel.shape[2:])
        # (in, multiplier, rows, columns) -> (rows, columns, in, multiplier)
        return by_channel.transpose(2, 3, 0, 1)

    def from_keras(kernel: np.ndarray) -> np.ndarray:
        return kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])

    return WeightEntry(name, weight, to_keras, from_keras)


class DepthwiseConv2D(Convolution):
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

    ruled_weights: ClassVar = {"depthwise": "kernel", "bias": "bias"}

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
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer, **options
        )  # fmt: skip
        self.depth_multiplier = integer(self.title, "depth_multiplier", depth_multiplier)
        self.depthwise_initializer = initializers.get(depthwise_initializer)

    def output_channels(self, channels: int) -> int:
        return channels * self.depth_multiplier

    def build_kernels(self, channels: int, area: int) -> None:
        kernel = self.depthwise_initializer(
            (self.output_channels(channels), 1, *self.kernel_size), channels * area, self.depth_multiplier * area
        )  # fmt: skip
        self.weight = torch.nn.Parameter(kernel)

    def convolve(
        self,
        x: torch.Tensor,
        zeros: tuple[int, int],
        normalization: BatchNormalization | None,
        activation: Activation,
    ) -> torch.Tensor:
        weight: torch.Tensor = self.weight
        bias: torch.Tensor | None = self.bias
        if normalization is not None:
            weight, bias = normalization.folded(weight, bias)
        return self.slide(x, weight, bias, self.channels, zeros, activation)

    def kernel_entries(self) -> list[WeightEntry]:
        return [depthwise_entry("kernel", self.weight, self.depth_multiplier)]
