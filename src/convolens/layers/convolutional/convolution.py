"""Convolution: what the layers that slide kernels over an image or a volume have in common."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from convolens import activations, initializers
from convolens.arguments import one_of
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import channels_back, channels_second, in_keras_order
from convolens.layers.convolutional.fused_convolution import convolve
from convolens.layers.geometry import (
    PADDINGS,
    PLACES,
    channels_last,
    check_not_empty,
    check_rank,
    output_length,
    same_paddings,
    sizes_of,
)
from convolens.layers.layer import Layer, Shape
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.weight_entry import WeightEntry
from convolens.tensor import Bias


class Convolution(Layer):
    """A kernel's size, step, padding and dilation, and the bias and activation behind it.

    A subclass says how many channels come out, draws its kernels and applies them: `output_channels`,
    `build_kernels`, `convolve` and `kernel_entries`. What is said of images here is true of volumes where `axes` is 3.

    Args:
        kernel_size: rows and columns of a kernel, one integer or a pair, in pixels.
        strides: step of the kernel, one integer or a pair, in pixels.
        padding: "valid" (none) or "same" (output size = ceil(input size / stride); the odd pixel after).
        data_format: "channels_last" or None; other layouts are refused.
        dilation_rate: distance between a kernel's taps, in pixels.
        activation: a name, a function or None.
        use_bias: add one learnt number per output channel.
        bias_initializer: a name, config or object (`convolens.initializers`).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels).
    Output shape: (batch, new rows, new columns, output channels).

    Raises:
        ArgumentError: an argument out of range. ShapeError: images smaller than the kernel.
    """

    axes: ClassVar[int] = 2  # of places
    kernel_size: Any  # one integer for each axis, as of the two below
    strides: Any
    dilation_rate: Any

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int],
        padding: str,
        data_format: str | None,
        dilation_rate: int | Sequence[int],
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        where = self.title
        self.kernel_size = sizes_of(where, "kernel_size", kernel_size, self.axes)
        self.strides = sizes_of(where, "strides", strides, self.axes)
        self.padding = one_of(where, "padding", str(padding).lower(), PADDINGS)
        self.data_format = channels_last(where, data_format)
        self.dilation_rate = sizes_of(where, "dilation_rate", dilation_rate, self.axes)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{where}: strides={strides} and dilation_rate={dilation_rate} cannot both be > 1."
            )
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.bias_initializer = initializers.get(bias_initializer)

    def output_channels(self, channels: int) -> int:
        """Return how many channels come out where `channels` go in."""
        raise NotImplementedError

    def build_kernels(self, channels: int, area: int) -> None:
        """Draw the kernels.

        Args:
            channels: of the images.
            area: rows times columns of a kernel, for the fans of the initialiser.

        Raises:
            ShapeError: kernels for so many channels cannot be.
        """
        raise NotImplementedError

    def convolve(
        self,
        x: torch.Tensor,
        zeros: tuple[int, int],
        normalization: BatchNormalization | None,
        activation: activations.Activation,
    ) -> torch.Tensor:
        """Return (n, output channels, new rows, new columns) for (n, channels, rows, columns), bias added.

        Args:
            x: (n, channels, rows, columns).
            zeros: added on both sides of the (rows, columns) first; only where the padding is "valid".
            normalization: in inference mode, to be computed as well (see `absorbing`).
            activation: comes last.
        """
        raise NotImplementedError

    def kernel_entries(self) -> list[WeightEntry]:
        """Return the entries of the kernels."""
        raise NotImplementedError

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)
        channels = input_shape[-1]
        if channels is None:
            raise ShapeError(
                f"{self.title}: the number of input channels must be known; received shape {tuple(input_shape)}."
            )
        check_not_empty(self.title, input_shape, self.compute_output_shape(input_shape))
        self.channels = channels
        self.build_kernels(channels, math.prod(self.kernel_size))
        outputs = self.output_channels(channels)
        self.bias = Bias(self.bias_initializer((outputs,), outputs, outputs)) if self.use_bias else None

    @property
    def gives_own_result(self) -> bool:
        return activations.get(self.activation) is activations.linear

    @property
    def can_pad(self) -> bool:
        """Whether `forward` takes zeros=(rows, columns) to add on both sides."""
        return self.padding == "valid"

    def forward(
        self,
        x: torch.Tensor,
        zeros: tuple[int, int] = (0, 0),
        normalization: BatchNormalization | None = None,
        activation: activations.Activation | None = None,
    ) -> torch.Tensor:
        """Return the feature maps, (n, output channels, new rows, new columns).

        Args:
            x: (n, channels, rows, columns); volumes lie (n, depth, rows, columns, channels) and come out so.
            zeros: rows and columns of them to add on both sides first, where `can_pad`.
            normalization: one that follows, in inference mode, to be computed as well.
            activation: instead of the layer's own.

        Raises:
            ShapeError: a tensor of another rank or number of channels.
        """
        if x.ndim != self.axes + 2:
            raise ShapeError(
                f"{self.title}: expected ndim={self.axes + 2} (batch, {PLACES[self.axes - 1]}, channels), found ndim={x.ndim}: "
                f"a tensor of shape {tuple(in_keras_order(x).shape)}."
            )
        x = channels_second(x)
        if x.shape[1] != self.channels:
            raise ShapeError(
                f"{self.title}: built for {self.channels} channels; received a tensor of shape "
                f"{tuple(x.shape)} (batch, channels, {PLACES[self.axes - 1]})."
            )
        return channels_back(self.convolve(x, zeros, normalization, activation or self.activation))

    def slide(
        self,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        groups: int,
        zeros: tuple[int, int],
        activation: activations.Activation = activations.linear,
    ) -> torch.Tensor:
        """Return the activation of the convolution of an NCHW tensor by the layer's step, padding and dilation.

        Args:
            x: (n, channels, rows, columns).
            weight: (output channels, channels / groups, rows, columns).
            bias: (output channels,) or None.
            groups: channels are split into this many independent groups.
            zeros: rows and columns of them to add on both sides, where the padding is "valid".
            activation: comes last.
        """
        padding: Any = ((zeros[0], zeros[0]), (zeros[1], zeros[1]))
        if self.padding == "same":
            padding = same_paddings(x, self.kernel_size, self.strides, self.dilation_rate)
        return convolve(x, weight, bias, self.strides, padding, self.dilation_rate, groups, activation)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        windows = zip(input_shape[1:-1], self.kernel_size, self.strides, self.dilation_rate, strict=True)
        places = (
            output_length(length, window, step, self.padding, dilation)
            for length, window, step, dilation in windows
        )
        return (input_shape[0], *places, self.output_channels(input_shape[-1]))

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        entries = self.kernel_entries()
        return entries if self.bias is None else [*entries, WeightEntry("bias", self.bias)]
