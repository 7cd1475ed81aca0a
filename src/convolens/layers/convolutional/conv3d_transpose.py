"""Conv3DTranspose: the way back of a convolution of volumes."""

from typing import ClassVar

from convolens.layers.convolutional.conv2d_transpose import Conv2DTranspose


class Conv3DTranspose(Conv2DTranspose):
    """Transposed convolution of volumes, as `keras.layers.Conv3DTranspose`.

    Args:
        filters: number of output channels.
        kernel_size: depth, rows and columns of a kernel, one integer or three.
        strides: how far apart the windows of neighbouring places lie, one integer or three.
        padding: "valid" (all that the windows reach) or "same" (output size = input size * stride).
        output_padding: places more at the end of each axis, below the stride; None lets the padding say it.
        options: the others of `Conv2DTranspose`.

    Input shape: (batch, depth, rows, columns, channels).
    Output shape: (batch, new depth, new rows, new columns, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: no volumes.

    Example:
        >>> import numpy as np
        >>> Conv3DTranspose(8, 3, strides=2, padding="same")(np.zeros((1, 2, 3, 4, 3), "float32")).shape
        (1, 4, 6, 8, 8)
    """

    axes: ClassVar[int] = 3
