"""Conv2D: a bank of kernels slid over an image."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.activations import Activation
from convolens.arguments import integer
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import channels_back, channels_second, inside_tensors, surface_tensors
from convolens.layers.convolutional.convolution import Convolution
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.weight_entry import WeightEntry
from convolens.tensor import as_tensor


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
        if type(self).convolution_op is not Conv2D.convolution_op:
            return self._by_own_op(x, zeros, normalization, activation)
        weight: torch.Tensor = self.weight
        bias: torch.Tensor | None = self.bias
        if normalization is not None:
            weight, bias = normalization.folded(weight, bias)
        return self.slide(x, weight, bias, self.groups, zeros, activation)

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return the convolution of images with a kernel by the layer's step, padding and dilation, without bias and activation.

        What a subclass defines under this name is what the layer does.

        Args:
            inputs: a tensor, (batch, rows, columns, channels).
            kernel: (rows, columns, channels / groups, filters).

        Example:
            >>> layer = Conv2D(2, 3)
            >>> layer.convolution_op(torch.ones(1, 4, 4, 1), torch.ones(3, 3, 1, 2)).shape
            (1, 2, 2, 2)
        """
        weight = torch.movedim(as_tensor(kernel).as_subclass(torch.Tensor), (-1, -2), (0, 1))
        x = channels_second(inside_tensors(inputs))
        return surface_tensors(channels_back(self.slide(x, weight, None, self.groups, (0, 0))))

    def _by_own_op(
        self,
        x: torch.Tensor,
        zeros: tuple[int, int],
        normalization: BatchNormalization | None,
        activation: Activation,
    ) -> torch.Tensor:
        """Return what `convolve` does, by a subclass's `convolution_op`."""
        if self.kernel.ndim != self.axes + 2:  # an image of one row stands for steps here
            raise ArgumentError(
                f"{self.title}: a `convolution_op` of your own is for images and volumes; define `call`."
            )
        x = F.pad(x, (zeros[1], zeros[1], zeros[0], zeros[0])) if any(zeros) else x
        result = inside_tensors(self.convolution_op(surface_tensors(channels_back(x)), self.kernel))
        result = channels_second(result)
        if self.bias is not None:
            result = result + self.bias.reshape(-1, *[1] * (result.ndim - 2))
        return activation(result if normalization is None else normalization(result))

    def kernel_entries(self) -> list[WeightEntry]:
        return [conv_entry("kernel", self.weight)]
