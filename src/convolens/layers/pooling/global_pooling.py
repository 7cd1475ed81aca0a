"""GlobalAveragePooling2D and GlobalMaxPooling2D: one number for each channel of an image."""

from typing import Any

import torch

from convolens.layers.geometry import channels_last, check_image_shape
from convolens.layers.layer import Layer, Shape


class GlobalPooling2D(Layer):
    """What both have in common.

    Args:
        data_format: "channels_last" or None.
        keepdims: keep rows and columns as axes of length 1.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, channels), or
    (batch, 1, 1, channels) with `keepdims`.
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = channels_last(self.title, data_format)
        self.keepdims = bool(keepdims)

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        if self.keepdims:
            return (input_shape[0], 1, 1, input_shape[3])
        return (input_shape[0], input_shape[3])


class GlobalAveragePooling2D(GlobalPooling2D):
    """The mean of each channel; arguments as in `GlobalPooling2D`.

    Example:
        >>> import numpy as np
        >>> GlobalAveragePooling2D()(np.ones((2, 4, 4, 3), "float32")).shape
        (2, 3)
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3), keepdim=self.keepdims)


class GlobalMaxPooling2D(GlobalPooling2D):
    """The largest value of each channel; arguments as in `GlobalPooling2D`.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling2D(keepdims=True)(np.ones((2, 4, 4, 3), "float32")).shape
        (2, 1, 1, 3)
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.amax((2, 3), keepdim=self.keepdims)
