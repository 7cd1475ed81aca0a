"""ZeroPadding1D and 3D: zeros around a sequence or a volume."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import pair
from convolens.layers.geometry import channels_last, check_rank, sides_of
from convolens.layers.layer import Layer, Shape


class _ZeroPadding(Layer):
    """What both share: a pair (before, after) for each axis."""

    axes = 1
    padding: Any

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)

    @property
    def _sides(self) -> Sequence[tuple[int, int]]:
        return self.padding if self.axes > 1 else (self.padding,)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ends = [end for sides in reversed(self._sides) for end in sides]  # of the last axis first
        return F.pad(x, (0, 0, *ends))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sizes = (
            None if size is None else size + sum(sides)
            for size, sides in zip(input_shape[1:-1], self._sides, strict=True)
        )
        return (input_shape[0], *sizes, input_shape[-1])


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after a sequence, as `keras.layers.ZeroPadding1D`.

    Args:
        padding: steps on both sides; or (before, after).
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, steps, channels). Output shape: (batch, more steps, channels).

    Raises:
        ArgumentError: negative numbers, or another number of them.

    Example:
        >>> import numpy as np
        >>> ZeroPadding1D((1, 2))(np.ones((1, 3, 2), "float32")).shape
        (1, 6, 2)
    """

    def __init__(
        self, padding: int | Sequence[int] = 1, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.padding = pair(self.title, "padding", padding, minimum=0)
        self.data_format = channels_last(self.title, data_format)


class ZeroPadding3D(_ZeroPadding):
    """Zeros around a volume, as `keras.layers.ZeroPadding3D`.

    Args:
        padding: on every side; or three numbers; or three pairs (before, after).
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: negative numbers, or another number of them.

    Example:
        >>> import numpy as np
        >>> ZeroPadding3D(1)(np.ones((1, 2, 3, 4, 2), "float32")).shape
        (1, 4, 5, 6, 2)
    """

    axes = 3

    def __init__(
        self,
        padding: int | Sequence[int] | Sequence[Sequence[int]] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.padding = sides_of(self.title, "padding", padding, self.axes)
        self.data_format = channels_last(self.title, data_format)
