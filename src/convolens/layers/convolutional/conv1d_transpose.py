"""Conv1DTranspose: the way back of a convolution along steps."""

from typing import Any, ClassVar

from convolens.layers.along_steps import AlongSteps, in_row
from convolens.layers.convolutional.conv2d_transpose import Conv2DTranspose


class Conv1DTranspose(AlongSteps, Conv2DTranspose):
    """Transposed convolution along the steps of a sequence, as `keras.layers.Conv1DTranspose`.

    Args:
        filters: number of output channels.
        kernel_size, dilation_rate: in steps.
        strides: how far apart the windows of neighbouring steps lie.
        padding: "valid" (all that the windows reach) or "same" (output steps = input steps * stride).
        output_padding: steps more at the end, below the stride; None lets the padding say it.
        data_format: "channels_last" or None.
        options: the others of `Conv2DTranspose`.

    Input shape: (batch, steps, channels). Output shape: (batch, new steps, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: no sequences.

    Example:
        >>> import numpy as np
        >>> Conv1DTranspose(8, 3, strides=2, padding="same")(np.zeros((1, 5, 2), "float32")).shape
        (1, 10, 8)
    """

    sizes: ClassVar = ("kernel_size", "strides", "output_padding", "dilation_rate")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        more = None if output_padding is None else in_row(where, "output_padding", output_padding, 0)
        super().__init__(
            filters, in_row(where, "kernel_size", kernel_size), in_row(where, "strides", strides), padding, more,
            data_format, in_row(where, "dilation_rate", dilation_rate), **options,
        )  # fmt: skip
