"""Conv2DTranspose: the way back of a convolution, from each pixel to a window of a larger image."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.activations import Activation, overwriting
from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.layers.convolutional.conv2d import conv_entry
from convolens.layers.convolutional.convolution import Convolution
from convolens.layers.geometry import padded, sizes_of
from convolens.layers.layer import Shape
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.weight_entry import WeightEntry


class Conv2DTranspose(Convolution):
    """Transposed convolution, as `keras.layers.Conv2DTranspose`.

    Args:
        filters: number of output channels.
        kernel_size: rows and columns of a kernel, one integer or a pair, in pixels.
        strides: how far apart the windows of neighbouring pixels lie, one integer or a pair, in pixels.
        padding: "valid" (all that the windows reach) or "same" (output size = input size * stride).
        output_padding: pixels more at the end of rows and columns, below the stride; None lets the padding say it.
        data_format: "channels_last" or None; other layouts are refused.
        dilation_rate: distance between a kernel's taps, in pixels.
        activation: a name, a function or None.
        use_bias: add one learnt number per filter.
        kernel_initializer, bias_initializer: names, configs or objects (`convolens.initializers`).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, new rows, new columns, filters).

    Raises:
        ArgumentError: an argument out of range.

    Example:
        >>> import numpy as np
        >>> Conv2DTranspose(8, 3, strides=2, padding="same")(np.zeros((1, 5, 5, 3), "float32")).shape
        (1, 10, 10, 8)

    Source: Keras 3, the geometry of whose "same" is TensorFlow's.
    """

    ruled_weights: ClassVar = {"kernel": "kernel", "bias": "bias"}

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        output_padding: int | Sequence[int] | None = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
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
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = sizes_of(self.title, "output_padding", output_padding, self.axes, 0)
        if any(more >= step for more, step in zip(self.output_padding or (), self.strides, strict=False)):
            raise ArgumentError(
                f"{self.title}: output_padding={output_padding!r} must be less than strides={self.strides} along each axis."
            )
        self.kernel_initializer = initializers.get(kernel_initializer)

    @property
    def can_pad(self) -> bool:
        return False

    def output_channels(self, channels: int) -> int:
        return self.filters

    def build_kernels(self, channels: int, area: int) -> None:
        shape = (channels, self.filters, *self.kernel_size)  # (in, out, rows, columns)
        self.weight = torch.nn.Parameter(self.kernel_initializer(shape, self.filters * area, channels * area))

    def _ends(self, axis: int) -> tuple[int, int]:
        """Return how much of all that the windows reach is cut off before and after along an axis; less than 0 is added."""
        window = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
        step = self.strides[axis]
        more = None if self.output_padding is None else self.output_padding[axis]
        if self.padding == "valid":
            return 0, -(max(window, step) - window if more is None else more)
        total = step + window - 2 if more is None else window + window % 2 - 2 + more
        before = min(total // 2 + total % 2, window - 1)
        return window - 1 - before, window - 1 - (total - before)

    def convolve(
        self,
        x: torch.Tensor,
        zeros: tuple[int, int],
        normalization: BatchNormalization | None,
        activation: Activation,
    ) -> torch.Tensor:
        ends = [self._ends(axis) for axis in range(self.axes)]
        cut = [max(min(sides), 0) for sides in ends]  # torch cuts as much at both ends
        transposed = F.conv_transpose3d if self.axes == 3 else F.conv_transpose2d
        y = transposed(x, self.weight, None, self.strides, cut, 0, 1, self.dilation_rate)
        left = [(done - before, done - after) for (before, after), done in zip(ends, cut, strict=True)]
        y = padded(y, left)
        if self.bias is not None:
            y = y + self.bias.view(-1, *[1] * self.axes)
        return overwriting(activation, y)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sizes: list[int | None] = []
        for axis, size in enumerate(input_shape[1:-1]):
            reach = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
            whole = None if size is None else (size - 1) * self.strides[axis] + reach
            sizes.append(None if whole is None else whole - sum(self._ends(axis)))
        return (input_shape[0], *sizes, self.filters)

    def kernel_entries(self) -> list[WeightEntry]:
        return [conv_entry("kernel", self.weight)]  # (in, out, rows, columns) -> (rows, columns, out, in)
