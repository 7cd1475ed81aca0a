"""Dot: the scalar products of two branches along one axis of each."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Shape
from convolens.layers.merging.merging import Merging


class Dot(Merging):
    """For each sample, the sum of products along an axis of each of two branches, as `keras.layers.Dot`.

    Args:
        axes: an axis in Keras' order, or a pair with one for each branch; the batch is axis 0 and cannot be meant.
        normalize: scale both to length 1 along their axes first: cosines.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, ...) twice. Output shape: (batch, the axes that are left of the first, those of the second).

    Raises:
        ArgumentError: axes of another form, or not two branches. ShapeError: axes of different lengths.

    Example:
        >>> import torch
        >>> Dot(1)([torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])]).tolist()
        [[11.0]]
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        pair = list(axes) if isinstance(axes, (list, tuple)) else [axes, axes]
        if len(pair) != 2 or not all(type(axis) is int for axis in pair) or 0 in pair:
            raise ArgumentError(
                f"{self.title}: axes must be an axis other than the batch's 0, or a pair of such; received {axes!r}."
            )
        self.axes = axes
        self.normalize = bool(normalize)

    def _axes(self, ranks: Sequence[int]) -> list[int]:
        pair = self.axes if isinstance(self.axes, (list, tuple)) else (self.axes, self.axes)
        for axis, rank in zip(pair, ranks, strict=True):
            if not -rank < axis < rank:
                raise ArgumentError(f"{self.title}: axis {axis} does not exist in an input of rank {rank}.")
        return [axis % rank for axis, rank in zip(pair, ranks, strict=True)]

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ArgumentError(f"{self.title}: needs two inputs; received {len(input_shape)}.")
        lengths = {
            shape[axis] for shape, axis in zip(input_shape, self._axes([*map(len, input_shape)]), strict=True)
        }
        if len(lengths - {None}) > 1:
            raise ShapeError(
                f"{self.title}: the axes {self.axes} of shapes {[tuple(each) for each in input_shape]} differ in length."
            )

    def merge(self, branches: Sequence[torch.Tensor]) -> torch.Tensor:
        first, second = (in_keras_order(branch) for branch in branches)
        one, two = self._axes([first.ndim, second.ndim])
        if self.normalize:
            first, second = F.normalize(first, dim=one), F.normalize(second, dim=two)
        first, second = first.movedim(one, -1), second.movedim(two, 1)
        left, right = first.shape[1:-1], second.shape[2:]
        # (n, what is left of the first, length) @ (n, length, what is left of the second)
        product = first.flatten(1, -2) if left else first.unsqueeze(1)
        product = product @ (second.flatten(2) if right else second.unsqueeze(2))
        return in_torch_order(product.reshape(first.shape[0], *((*left, *right) or (1,))))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        one, two = self._axes([*map(len, input_shape)])
        (batch, *left), (_, *right) = input_shape
        del left[one - 1], right[two - 1]
        return (batch, *((*left, *right) or (1,)))


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **options: Any) -> Any:
    """Return `Dot(axes)(inputs)`.

    Args:
        inputs: two symbolic tensors, arrays or tensors.
        axes: see `Dot`.
        options: `normalize`, and `name`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: not two inputs, or axes of another form. ShapeError: axes of different lengths.
    """
    return Dot(axes=axes, **options)(list(inputs))
