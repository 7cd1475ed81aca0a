"""Conv2D: a bank of kernels slid over an image."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch

from convolens import initializers
from convolens.activations import Activation
from convolens.arguments import integer
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.convolutional.convolution import Convolution
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.weight_entry import WeightEntry


def _to_keras(kernel: np.ndarray) -> np.ndarray:
    return np.moveaxis(kernel, (0, 1), (-1, -2))  # (out, in, rows, columns) -> (rows, columns, in, out)


def _from_keras(kernel: np.ndarray) -> np.ndarray:
    return np.moveaxis(kernel, (-1, -2), (0, 1))  # (rows, columns, in, out) -> (out, in, rows, columns)


def conv_entry(name: str, weight: torch.Tensor) -> WeightEntry:
    """Return the entry of a convolution's kernel: (out, in, rows, columns) here, (rows, columns, in, out) in Keras."""
    return WeightEntry(name, weight, _to_keras, _from_keras)


class Conv2D(Convolution):
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

    ruled_weights: ClassVar = {"kernel": "kernel", "bias": "bias"}

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer, **options
        )  # fmt: skip
        self.filters = integer(self.title, "filters", filters)
        self.groups = integer(self.title, "groups", groups)
        if self.filters % self.groups:
            raise ArgumentError(f"{self.title}: filters={filters} must be a multiple of groups={groups}.")
        self.kernel_initializer = initializers.get(kernel_initializer)

    def output_channels(self, channels: int) -> int:
        return self.filters

    def build_kernels(self, channels: int, area: int) -> None:
        if channels % self.groups:
            raise ShapeError(
                f"{self.title}: the number of input channels must be a multiple of groups={self.groups}; "
                f"received {channels}."
            )
        fan_in, fan_out = channels // self.groups * area, self.filters * area
        shape = (self.filters, channels // self.groups, *self.kernel_size)  # (out, in, rows, columns)
        kernel = self.kernel_initializer(shape, fan_in, fan_out)
        last = torch.channels_last_3d if self.axes == 3 else torch.channels_last
        self.weight = torch.nn.Parameter(kernel.contiguous(memory_format=last))

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
        return self.slide(x, weight, bias, self.groups, zeros, activation)

    def kernel_entries(self) -> list[WeightEntry]:
        return [conv_entry("kernel", self.weight)]
