"""UpSampling1D, 2D and 3D: each value several times along each axis."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import one_of
from convolens.layers.axes import channels_back, channels_second
from convolens.layers.geometry import channels_last, check_rank, sizes_of
from convolens.layers.layer import Layer, Shape

INTERPOLATIONS = ("nearest", "bilinear", "bicubic")


class _UpSampling(Layer):
    """What the three share: whole factors, and how values between are found."""

    axes = 2
    interpolation = "nearest"
    size: Any

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)

    @property
    def _factors(self) -> tuple[int, ...]:
        return self.size if isinstance(self.size, tuple) else (self.size,)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = channels_second(x)
        size = [places * factor for places, factor in zip(x.shape[2:], self._factors, strict=True)]
        align = None if self.interpolation == "nearest" else False
        return channels_back(F.interpolate(x, size, mode=self.interpolation, align_corners=align))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sizes = (
            None if places is None else places * factor
            for places, factor in zip(input_shape[1:-1], self._factors, strict=True)
        )
        return (input_shape[0], *sizes, input_shape[-1])


class UpSampling2D(_UpSampling):
    """Images a whole number of times as large, as `keras.layers.UpSampling2D`.

    Args:
        size: factors of rows and columns, one integer or a pair.
        data_format: "channels_last" or None; other layouts are refused.
        interpolation: "nearest" repeats pixels; "bilinear" and "bicubic" mix neighbours.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, rows * factor, columns * factor, channels).

    Raises:
        ArgumentError: factors that are not positive integers. UnknownNameError: another interpolation.

    Example:
        >>> import numpy as np
        >>> UpSampling2D((1, 2))(np.arange(2, dtype="float32").reshape(1, 1, 2, 1)).ravel().tolist()
        [0.0, 0.0, 1.0, 1.0]
    """

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.size = sizes_of(self.title, "size", size, self.axes)
        self.data_format = channels_last(self.title, data_format)
        self.interpolation = one_of(self.title, "interpolation", str(interpolation).lower(), INTERPOLATIONS)


class UpSampling1D(_UpSampling):
    """Each step of a sequence several times, as `keras.layers.UpSampling1D`.

    Args:
        size: how often, a positive integer.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> UpSampling1D(2)(np.ones((1, 3, 2), "float32")).shape
        (1, 6, 2)
    """

    axes = 1

    def __init__(self, size: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.size = sizes_of(self.title, "size", size, 1)[0]


class UpSampling3D(_UpSampling):
    """Volumes a whole number of times as large, as `keras.layers.UpSampling3D`.

    Args:
        size: factors of depth, rows and columns, one integer or three.
        data_format: "channels_last" or None; other layouts are refused.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> UpSampling3D(2)(np.ones((1, 2, 3, 4, 1), "float32")).shape
        (1, 4, 6, 8, 1)
    """

    axes = 3

    def __init__(
        self, size: int | Sequence[int] = (2, 2, 2), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.size = sizes_of(self.title, "size", size, self.axes)
        self.data_format = channels_last(self.title, data_format)
