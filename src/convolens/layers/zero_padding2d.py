"""ZeroPadding2D: a frame of zeros around an image."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import pair
from convolens.layers.geometry import channels_last, check_image_shape
from convolens.layers.layer import Layer, Shape


class ZeroPadding2D(Layer):
    """Zeros above, below, left and right.

    Args:
        padding: pixels on every side; or (rows, columns); or ((top, bottom), (left, right)).
        data_format: "channels_last" or None; other layouts are refused.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> ZeroPadding2D(((1, 0), (2, 2)))(np.ones((1, 3, 3, 1), "float32")).shape
        (1, 4, 7, 1)
    """

    def __init__(
        self,
        padding: int | Sequence[int] | Sequence[Sequence[int]] = (1, 1),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.data_format = channels_last(self.title, data_format)
        sides: Any = padding
        if not isinstance(sides, (list, tuple)) or not any(isinstance(side, (list, tuple)) for side in sides):
            rows, columns = pair(self.title, "padding", sides, minimum=0)
            sides = ((rows, rows), (columns, columns))
        first, second = sides if len(sides) == 2 else (None, None)
        self.padding = (
            pair(self.title, "padding", first, minimum=0),
            pair(self.title, "padding", second, minimum=0),
        )

    @property
    def zeros(self) -> tuple[int, int] | None:
        """The (rows, columns) of zeros where both ends get the same, else None."""
        rows, columns = self.padding
        return (rows[0], columns[0]) if rows[0] == rows[1] and columns[0] == columns[1] else None

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows, columns = self.padding
        return F.pad(x, (*columns, *rows))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        rows, columns = (
            None if size is None else size + sum(sides)
            for size, sides in zip(input_shape[1:3], self.padding, strict=True)
        )
        return (input_shape[0], rows, columns, input_shape[3])
