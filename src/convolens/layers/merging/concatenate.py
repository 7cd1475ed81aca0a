"""Concatenate: several branches side by side."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import axis_of
from convolens.errors import ShapeError
from convolens.layers.axes import dimension_of
from convolens.layers.layer import Shape
from convolens.layers.merging.merging import Merging


class Concatenate(Merging):
    """Branches side by side along one axis.

    Args:
        axis: in Keras' order; -1 puts the channels of images side by side.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import torch
        >>> branches = [torch.zeros(1, 2, 4, 4), torch.zeros(1, 3, 4, 4)]  # NCHW inside
        >>> tuple(Concatenate()(branches).shape)
        (1, 5, 4, 4)
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis_of(self.title, axis)

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        ranks = {len(shape) for shape in input_shape}
        along = self.axis % len(input_shape[0])
        sizes = [set(each) - {None} for each in zip(*input_shape, strict=False)]  # of each axis
        if len(ranks) > 1 or any(
            len(known) > 1 for axis, known in enumerate(sizes) if axis not in (0, along)
        ):
            raise ShapeError(
                f"{self.title}: all shapes must be equal except along axis {self.axis}; received "
                f"{[tuple(shape) for shape in input_shape]}."
            )

    @property
    def gives_own_result(self) -> bool:
        return True

    def merge(self, branches: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.cat(list(branches), dimension_of(self.axis, branches[0].ndim, self.title))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        along = self.axis % len(input_shape[0])
        sizes = [shape[along] for shape in input_shape]
        merged = list(input_shape[0])
        merged[along] = None if None in sizes else sum(sizes)
        return tuple(merged)


def concatenate(inputs: Sequence[Any], axis: int = -1, **options: Any) -> Any:
    """Return `Concatenate(axis)(inputs)`.

    Args:
        inputs: symbolic tensors, arrays or tensors.
        axis: see `Concatenate`.
        options: `name`, `trainable` as in `Layer`.

    Raises:
        ShapeError: shapes that differ along another axis.
    """
    return Concatenate(axis=axis, **options)(list(inputs))
