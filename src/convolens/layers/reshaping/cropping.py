"""Cropping1D, 2D and 3D: what lies inside a frame that is cut off."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import pair
from convolens.errors import ShapeError
from convolens.layers.axes import channels_back, channels_second
from convolens.layers.geometry import channels_last, check_rank, sides_of
from convolens.layers.layer import Layer, Shape


class _Cropping(Layer):
    """What the three share: a pair (before, after) for each axis."""

    axes = 2
    cropping: Any

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)
        self.compute_output_shape(input_shape)

    @property
    def _sides(self) -> Sequence[tuple[int, int]]:
        return self.cropping if self.axes > 1 else (self.cropping,)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = channels_second(x)
        for dimension, (before, after) in enumerate(self._sides, start=2):
            x = x.narrow(dimension, before, x.shape[dimension] - before - after)
        return channels_back(x)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sizes = [
            None if size is None else size - sum(sides)
            for size, sides in zip(input_shape[1:-1], self._sides, strict=True)
        ]
        if any(size is not None and size < 1 for size in sizes):
            raise ShapeError(
                f"{self.title}: cropping={self.cropping} leaves nothing of an input of shape {tuple(input_shape)}."
            )
        return (input_shape[0], *sizes, input_shape[-1])


class Cropping2D(_Cropping):
    """Rows and columns cut off on each side, as `keras.layers.Cropping2D`.

    Args:
        cropping: pixels on every side; or (rows, columns); or ((top, bottom), (left, right)).
        data_format: "channels_last" or None; other layouts are refused.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, fewer rows, fewer columns, channels).

    Raises:
        ArgumentError: negative numbers, or another number of them. ShapeError: nothing is left.

    Example:
        >>> import numpy as np
        >>> Cropping2D(((1, 0), (2, 2)))(np.ones((1, 6, 6, 1), "float32")).shape
        (1, 5, 2, 1)
    """

    def __init__(
        self,
        cropping: int | Sequence[int] | Sequence[Sequence[int]] = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.cropping = sides_of(self.title, "cropping", cropping, self.axes)
        self.data_format = channels_last(self.title, data_format)


class Cropping1D(_Cropping):
    """Steps cut off at the begin and the end of a sequence, as `keras.layers.Cropping1D`.

    Args:
        cropping: steps on both sides; or (before, after).
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Cropping1D((1, 2))(np.ones((1, 6, 2), "float32")).shape
        (1, 3, 2)
    """

    axes = 1

    def __init__(self, cropping: int | Sequence[int] = (1, 1), **options: Any) -> None:
        super().__init__(**options)
        self.cropping = pair(self.title, "cropping", cropping, minimum=0)


class Cropping3D(Cropping2D):
    """As `Cropping2D`, of volumes (batch, depth, rows, columns, channels).

    Args:
        cropping: on every side; or three numbers; or three pairs.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Cropping3D(1)(np.ones((1, 4, 5, 6, 2), "float32")).shape
        (1, 2, 3, 4, 2)
    """

    axes = 3

    def __init__(
        self,
        cropping: int | Sequence[int] | Sequence[Sequence[int]] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(cropping, data_format, **options)
