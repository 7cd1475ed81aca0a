"""MaxPooling2D and AveragePooling2D: the largest, or the mean, of each window."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens.arguments import one_of
from convolens.layers.geometry import (
    PADDINGS,
    channels_last,
    check_not_empty,
    check_rank,
    output_length,
    padded,
    same_paddings,
    sizes_of,
)
from convolens.layers.layer import Layer, Shape


class Pooling(Layer):
    """What they have in common: a window, a step and a padding; said of images here, and true of volumes where `axes` is 3.

    Args:
        pool_size: rows and columns of the window, one integer or a pair, in pixels.
        strides: step of the window; None means `pool_size`.
        padding: "valid" (what does not fill a window is left out) or "same".
        data_format: "channels_last" or None.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, new rows, new columns, channels).
    """

    axes: ClassVar[int] = 2  # of places
    pool_size: Any  # one integer for each axis, as of `strides`
    strides: Any

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.pool_size = sizes_of(self.title, "pool_size", pool_size, self.axes)
        self.strides = (
            self.pool_size if strides is None else sizes_of(self.title, "strides", strides, self.axes)
        )
        self.padding = one_of(self.title, "padding", str(padding).lower(), PADDINGS)
        self.data_format = channels_last(self.title, data_format)

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)
        check_not_empty(self.title, input_shape, self.compute_output_shape(input_shape))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        windows = zip(input_shape[1:-1], self.pool_size, self.strides, strict=True)
        places = (output_length(length, window, step, self.padding) for length, window, step in windows)
        return (input_shape[0], *places, input_shape[-1])


class MaxPooling2D(Pooling):
    """The largest value of each window, as `keras.layers.MaxPooling2D`; arguments as in `Pooling`.

    Example:
        >>> import numpy as np
        >>> MaxPooling2D(2)(np.arange(16, dtype="float32").reshape(1, 4, 4, 1))[0, :, :, 0].tolist()
        [[5.0, 7.0], [13.0, 15.0]]
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.padding == "valid":
            return F.max_pool2d(x, self.pool_size, self.strides)
        rows, columns = same_paddings(x, self.pool_size, self.strides)
        if rows[0] == rows[1] and columns[0] == columns[1]:  # torch can do it without a copy
            return F.max_pool2d(x, self.pool_size, self.strides, (rows[0], columns[0]))
        steps = zip((rows, columns), self.strides, strict=True)
        if all(before == 0 and (after == 0 or step > 1) for (before, after), step in steps):
            return F.max_pool2d(
                x, self.pool_size, self.strides, ceil_mode=True
            )  # so can it begin a last window
        x = padded(x, (rows, columns), value=float("-inf"))
        return F.max_pool2d(x, self.pool_size, self.strides)


class AveragePooling2D(Pooling):
    """The mean of each window, as `keras.layers.AveragePooling2D`.

    With "same" padding equal on both sides, what lies outside is not counted; where it is not equal the
    last row or column is repeated, as Keras' torch backend does (docs/decisions.md).

    Example:
        >>> import numpy as np
        >>> AveragePooling2D(2)(np.arange(16, dtype="float32").reshape(1, 4, 4, 1))[0, :, :, 0].tolist()
        [[2.5, 4.5], [10.5, 12.5]]
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pad: tuple[int, int] = (0, 0)
        if self.padding == "same":
            rows, columns = same_paddings(x, self.pool_size, self.strides)
            if rows[0] == rows[1] and columns[0] == columns[1]:
                pad = (rows[0], columns[0])
            else:
                x = padded(x, (rows, columns), "replicate")
        return F.avg_pool2d(x, self.pool_size, self.strides, pad, count_include_pad=False)
