"""MaxPooling1D, AveragePooling1D and the global ones: one number from each window of a sequence, or from all of a channel."""

from typing import Any, ClassVar

import torch

from convolens.layers.along_steps import AlongSteps, in_row
from convolens.layers.geometry import channels_last, check_rank
from convolens.layers.layer import Layer, Shape
from convolens.layers.pooling.pooling import AveragePooling2D, MaxPooling2D, Pooling


class _Pooling1D(AlongSteps, Pooling):
    sizes: ClassVar = ("pool_size", "strides")

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        step = None if strides is None else in_row(where, "strides", strides)
        super().__init__(in_row(where, "pool_size", pool_size), step, padding, data_format, **options)


class MaxPooling1D(_Pooling1D, MaxPooling2D):
    """The largest value of each window, as `keras.layers.MaxPooling1D`.

    Args:
        pool_size: steps of the window.
        strides: step of the window; None means `pool_size`.
        padding: "valid" (what does not fill a window is left out) or "same".
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, steps, channels). Output shape: (batch, new steps, channels).

    Example:
        >>> import numpy as np
        >>> MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]], "float32")).ravel().tolist()
        [3.0, 2.0]
    """


class AveragePooling1D(_Pooling1D, AveragePooling2D):
    """The mean of each window, as `keras.layers.AveragePooling1D`; arguments as in `MaxPooling1D`.

    Example:
        >>> import numpy as np
        >>> AveragePooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]], "float32")).ravel().tolist()
        [2.0, 1.0]
    """


class _GlobalPooling(Layer):
    """What the global ones of sequences and volumes share.

    Args:
        data_format: "channels_last" or None.
        keepdims: keep the other axes, with length 1.
    """

    axes = 1

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = channels_last(self.title, data_format)
        self.keepdims = bool(keepdims)

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)

    @property
    def _places(self) -> tuple[int, ...]:
        return tuple(range(1, 1 + self.axes))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        kept = (1,) * self.axes if self.keepdims else ()
        return (input_shape[0], *kept, input_shape[-1])


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of each channel of a sequence, as `keras.layers.GlobalAveragePooling1D`.

    Args:
        data_format: "channels_last" or None.
        keepdims: keep the steps as an axis of length 1.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> GlobalAveragePooling1D()(np.ones((2, 4, 3), "float32")).shape
        (2, 3)
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(self._places, keepdim=self.keepdims)


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest value of each channel of a sequence; arguments as in `GlobalAveragePooling1D`.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling1D()(np.ones((2, 4, 3), "float32")).shape
        (2, 3)
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.amax(self._places, keepdim=self.keepdims)


class GlobalAveragePooling3D(GlobalAveragePooling1D):
    """The mean of each channel of a volume; arguments as in `GlobalAveragePooling1D`.

    Example:
        >>> import numpy as np
        >>> GlobalAveragePooling3D()(np.ones((2, 4, 4, 4, 3), "float32")).shape
        (2, 3)
    """

    axes = 3


class GlobalMaxPooling3D(GlobalMaxPooling1D):
    """The largest value of each channel of a volume; arguments as in `GlobalAveragePooling1D`.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling3D()(np.ones((2, 4, 4, 4, 3), "float32")).shape
        (2, 3)
    """

    axes = 3
