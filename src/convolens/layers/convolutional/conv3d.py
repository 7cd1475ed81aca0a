"""Conv3D: a bank of kernels slid over a volume, or over the images of a film."""

from typing import ClassVar

import torch
import torch.nn.functional as F

from convolens import activations
from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.geometry import padded, same_paddings


class Conv3D(Conv2D):
    """Three-dimensional convolution, as `keras.layers.Conv3D`.

    Args:
        filters: number of kernels, and so of output channels.
        kernel_size: depth, rows and columns of a kernel, one integer or three.
        strides: step of the kernel, one integer or three.
        padding: "valid" (none) or "same" (output size = ceil(input size / stride); the odd place after).
        data_format: "channels_last" or None; other layouts are refused.
        dilation_rate: distance between a kernel's taps, one integer or three.
        groups: channels are split into this many independent groups.
        activation: a name, a function or None.
        use_bias: add one learnt number per filter.
        kernel_initializer, bias_initializer: names, configs or objects (`convolens.initializers`).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, depth, rows, columns, channels).
    Output shape: (batch, new depth, new rows, new columns, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: volumes smaller than the kernel, or no volumes.

    Example:
        >>> import numpy as np
        >>> Conv3D(8, 3, strides=(1, 2, 2), padding="same")(np.zeros((1, 4, 5, 5, 3), "float32")).shape
        (1, 4, 3, 3, 8)
    """

    axes: ClassVar[int] = 3

    @property
    def can_pad(self) -> bool:
        return False

    def slide(
        self,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        groups: int,
        zeros: tuple[int, int],
        activation: activations.Activation = activations.linear,
    ) -> torch.Tensor:
        """Return the activation of the convolution of volumes by the layer's step, padding and dilation.

        Args:
            x: (n, channels, depth, rows, columns).
            weight: (filters, channels / groups, depth, rows, columns).
            bias: (filters,) or None.
            groups: channels are split into this many independent groups.
            zeros: none, see `can_pad`.
            activation: comes last.
        """
        strides = self.strides
        before: tuple[int, ...] = (0, 0, 0)
        if (
            max(self.kernel_size) == 1
        ):  # they see these places only; of their gradient see `fused_convolution`
            x = x[:, :, :: strides[0], :: strides[1], :: strides[2]]
            strides = (1, 1, 1)
        elif self.padding == "same":
            sides = same_paddings(x, self.kernel_size, strides, self.dilation_rate)
            if all(first == last for first, last in sides):  # torch can do it without a copy
                before = tuple(first for first, _ in sides)
            else:
                x = padded(x, sides)
        y = F.conv3d(x, weight, bias, strides, before, self.dilation_rate, groups)
        return activations.overwriting(activation, y)
