"""MaxPooling3D and AveragePooling3D: the largest, or the mean, of each window of a volume."""

from typing import ClassVar

import torch
import torch.nn.functional as F

from convolens.layers.axes import channels_back, channels_second
from convolens.layers.geometry import padded, same_paddings
from convolens.layers.pooling.pooling import Pooling


class MaxPooling3D(Pooling):
    """The largest value of each window of a volume, as `keras.layers.MaxPooling3D`.

    Args:
        pool_size: depth, rows and columns of the window, one integer or three.
        strides: step of the window; None means `pool_size`.
        padding: "valid" (what does not fill a window is left out) or "same".
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, depth, rows, columns, channels).
    Output shape: (batch, new depth, new rows, new columns, channels).

    Example:
        >>> import numpy as np
        >>> MaxPooling3D(2)(np.arange(16, dtype="float32").reshape(1, 2, 2, 4, 1)).ravel().tolist()
        [13.0, 15.0]
    """

    axes: ClassVar[int] = 3

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = channels_second(x)  # (n, channels, depth, rows, columns)
        if self.padding == "same":
            x = padded(x, same_paddings(x, self.pool_size, self.strides), value=float("-inf"))
        return channels_back(F.max_pool3d(x, self.pool_size, self.strides))


class AveragePooling3D(Pooling):
    """The mean of each window of a volume, as `keras.layers.AveragePooling3D`; arguments as in `MaxPooling3D`.

    With "same" padding the edge counts as it does in `AveragePooling2D`.

    Example:
        >>> import numpy as np
        >>> AveragePooling3D(2)(np.arange(16, dtype="float32").reshape(1, 2, 2, 4, 1)).ravel().tolist()
        [6.5, 8.5]
    """

    axes: ClassVar[int] = 3

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = channels_second(x)  # (n, channels, depth, rows, columns)
        zeros: tuple[int, ...] = (0, 0, 0)
        if self.padding == "same":
            sides = same_paddings(x, self.pool_size, self.strides)
            if all(before == after for before, after in sides):
                zeros = tuple(before for before, _ in sides)
            else:
                x = padded(x, sides, "replicate")
        return channels_back(F.avg_pool3d(x, self.pool_size, self.strides, zeros, count_include_pad=False))
