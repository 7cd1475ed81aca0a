"""Conv1D, DepthwiseConv1D and SeparableConv1D: kernels slid along sequences."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens.layers.along_steps import AlongSteps, in_row
from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.convolutional.depthwise_conv2d import DepthwiseConv2D
from convolens.layers.convolutional.separable_conv2d import SeparableConv2D
from convolens.layers.layer import Shape


class _Along(AlongSteps):
    """A convolution along steps, whose padding may be "causal" where the base says so."""

    sizes: ClassVar = ("kernel_size", "strides", "dilation_rate")
    kernel_size: tuple[int, int]
    dilation_rate: tuple[int, int]
    padding: str
    ahead = 0  # zeros in front

    def forward(self, x: torch.Tensor, *arguments: Any, **keywords: Any) -> torch.Tensor:
        """Return the convolution along steps.

        Args:
            x: (batch, steps, channels).
            arguments, keywords: as the layer for images takes them.
        """
        x = F.pad(x, (0, 0, self.ahead, 0)) if self.ahead else x
        return super().forward(x, *arguments, **keywords)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        *before, steps, channels = input_shape
        return super().compute_output_shape(
            (*before, None if steps is None else steps + self.ahead, channels)
        )

    def _pad_ahead(self, padding: str) -> None:
        if str(padding).lower() == "causal":
            self.padding, self.ahead = "causal", (self.kernel_size[1] - 1) * self.dilation_rate[1]


def _known(padding: str) -> str:
    return "valid" if str(padding).lower() == "causal" else padding


class Conv1D(_Along, Conv2D):
    """Convolution along the steps of a sequence, as `keras.layers.Conv1D`.

    Args:
        filters: number of kernels, and so of output channels.
        kernel_size, strides, dilation_rate: in steps.
        padding: "valid", "same", or "causal": zeros in front, so that no output sees a later step.
        data_format: "channels_last" or None.
        options: the others of `Conv2D`.

    Input shape: (batch, steps, channels). Output shape: (batch, new steps, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: a sequence shorter than the kernel, or no sequence.

    Example:
        >>> import numpy as np
        >>> Conv1D(8, 3, padding="causal")(np.zeros((1, 5, 2), "float32")).shape
        (1, 5, 8)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        super().__init__(
            filters, in_row(where, "kernel_size", kernel_size), in_row(where, "strides", strides), _known(padding),
            data_format, in_row(where, "dilation_rate", dilation_rate), **options,
        )  # fmt: skip
        self._pad_ahead(padding)


class DepthwiseConv1D(_Along, DepthwiseConv2D):
    """Convolution of each channel of a sequence alone, as `keras.layers.DepthwiseConv1D`.

    Args:
        kernel_size, strides, dilation_rate: in steps.
        padding: "valid" or "same".
        depth_multiplier: kernels, and so output channels, for each input channel.
        data_format: "channels_last" or None.
        options: the others of `DepthwiseConv2D`.

    Input shape: (batch, steps, channels). Output shape: (batch, new steps, channels * depth_multiplier).

    Raises:
        ArgumentError: an argument out of range. ShapeError: a sequence shorter than the kernel, or no sequence.

    Example:
        >>> import numpy as np
        >>> DepthwiseConv1D(3)(np.zeros((1, 5, 2), "float32")).shape
        (1, 3, 2)
    """

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        super().__init__(
            in_row(where, "kernel_size", kernel_size), in_row(where, "strides", strides), padding, depth_multiplier,
            data_format, in_row(where, "dilation_rate", dilation_rate), **options,
        )  # fmt: skip


class SeparableConv1D(_Along, SeparableConv2D):
    """A depthwise convolution along steps and a pointwise one behind it, as `keras.layers.SeparableConv1D`.

    Args:
        filters: number of output channels.
        kernel_size, strides, dilation_rate: in steps.
        padding: "valid", "same", or "causal": zeros in front, so that no output sees a later step.
        data_format: "channels_last" or None.
        options: the others of `SeparableConv2D`.

    Input shape: (batch, steps, channels). Output shape: (batch, new steps, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: a sequence shorter than the kernel, or no sequence.

    Example:
        >>> import numpy as np
        >>> SeparableConv1D(8, 3)(np.zeros((1, 5, 2), "float32")).shape
        (1, 3, 8)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        super().__init__(
            filters, in_row(where, "kernel_size", kernel_size), in_row(where, "strides", strides), _known(padding),
            data_format, in_row(where, "dilation_rate", dilation_rate), **options,
        )  # fmt: skip
        self._pad_ahead(padding)
