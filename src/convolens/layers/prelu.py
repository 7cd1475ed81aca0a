"""PReLU: what is negative times a slope that is learnt."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry


def _to_keras(slope: np.ndarray) -> np.ndarray:
    return slope.transpose(1, 2, 0)  # (channels, rows, columns) -> (rows, columns, channels)


def _from_keras(slope: np.ndarray) -> np.ndarray:
    return slope.transpose(2, 0, 1)  # (rows, columns, channels) -> (channels, rows, columns)


class PReLU(Layer):
    """x where positive, else alpha times x, with a learnt alpha (He et al., 2015), as `keras.layers.PReLU`.

    Args:
        alpha_initializer: a name, config or object (`convolens.initializers`).
        shared_axes: axes, counted from 1, along which one alpha serves: [1, 2] gives one for each channel of
            images; None gives one for each value.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, ...). Output shape: the same.

    Raises:
        ArgumentError: an axis that is not a whole number of at least 1.
        ShapeError: an axis that the input has not, or one that is not shared and whose length is free.

    Example:
        >>> import numpy as np
        >>> PReLU("ones", shared_axes=[1, 2])(np.full((1, 2, 2, 3), -4.0, "float32"))[0, 0, 0].tolist()
        [-4.0, -4.0, -4.0]
    """

    ruled_weights: ClassVar = {"alpha": "alpha"}

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        if axes is not None and not (
            isinstance(axes, (list, tuple)) and all(type(axis) is int and axis >= 1 for axis in axes)
        ):
            raise ArgumentError(
                f"{self.title}: shared_axes must be axes counted from 1 (the batch is 0), such as [1, 2]; "
                f"received {shared_axes!r}."
            )
        self.shared_axes = None if axes is None else list(axes)

    def build(self, input_shape: Any) -> None:
        shape = self._slopes_shape(tuple(input_shape))
        slopes = self.alpha_initializer(shape)
        self.images = len(shape) == 3
        self.weight = torch.nn.Parameter(slopes.permute(2, 0, 1).contiguous() if self.images else slopes)

    def _slopes_shape(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the shape of alpha in Keras' order, without the batch."""
        rank = len(input_shape)
        wrong = [axis for axis in self.shared_axes or () if axis >= rank]
        if wrong:
            raise ShapeError(
                f"{self.title}: shared axis {wrong[0]} does not exist in an input of shape {input_shape}; "
                f"its axes are 1 to {rank - 1}."
            )
        shape = []
        for axis in range(1, rank):
            size = 1 if axis in (self.shared_axes or ()) else input_shape[axis]
            if size is None:
                raise ShapeError(
                    f"{self.title}: axis {axis} of an input of shape {input_shape} has no fixed length and so no "
                    "alphas; fix it, or share it (shared_axes=[1, 2] for images)."
                )
            shape.append(size)
        return tuple(shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.images and self.weight.shape[1:] == (1, 1):
            return F.prelu(x, self.weight.flatten())  # one for each channel
        return torch.relu(x) - self.weight * torch.relu(-x)

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        if self.images:
            return [WeightEntry("alpha", self.weight, _to_keras, _from_keras)]
        return [WeightEntry("alpha", self.weight)]
