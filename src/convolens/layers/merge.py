"""Concatenate, Add, Average and Multiply: several branches of a network as one."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import axis_of
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import dimension_of
from convolens.layers.layer import Layer, Shape


def _check_several(title: str, input_shape: Any) -> None:
    if not isinstance(input_shape, list) or not input_shape or not isinstance(input_shape[0], (list, tuple)):
        raise ArgumentError(f"{title}: call it on a list of tensors; received one of shape {input_shape}.")


class Concatenate(Layer):
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
        _check_several(self.title, input_shape)
        ranks = {len(shape) for shape in input_shape}
        axis = self.axis % len(input_shape[0])
        others = {tuple(size for i, size in enumerate(shape) if i not in (0, axis)) for shape in input_shape}
        if len(ranks) > 1 or len(others) > 1:
            raise ShapeError(
                f"{self.title}: all shapes must be equal except along axis {self.axis}; received "
                f"{[tuple(shape) for shape in input_shape]}."
            )

    @property
    def gives_own_result(self) -> bool:
        return True

    def forward(self, x: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.cat(list(x), dimension_of(self.axis, x[0].ndim, self.title))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        axis = self.axis % len(input_shape[0])
        sizes = [shape[axis] for shape in input_shape]
        merged = list(input_shape[0])
        merged[axis] = None if None in sizes else sum(sizes)
        return tuple(merged)


class _Elementwise(Layer):
    """What `Add`, `Average` and `Multiply` share: inputs of shapes that fit together, one value from several."""

    def build(self, input_shape: Any) -> None:
        _check_several(self.title, input_shape)
        if len(input_shape) < 2:
            raise ArgumentError(f"{self.title}: needs at least two inputs; received {len(input_shape)}.")
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        merged = list(input_shape[0])
        for shape in input_shape[1:]:
            sizes = list(zip(merged, shape, strict=False))
            if len(shape) != len(merged) or any(
                a != b and 1 not in (a, b) and None not in (a, b) for a, b in sizes
            ):
                raise ShapeError(
                    f"{self.title}: shapes do not fit together: {[tuple(each) for each in input_shape]}."
                )
            merged = [b if a == 1 else a for a, b in sizes]
        return tuple(merged)


class Add(_Elementwise):
    """The sum of branches of one shape.

    Example:
        >>> import torch
        >>> Add()([torch.ones(1, 2), torch.ones(1, 2)]).tolist()
        [[2.0, 2.0]]
    """

    can_overwrite = True  # the first of its inputs

    @property
    def gives_own_result(self) -> bool:
        return True

    def forward(self, x: Sequence[torch.Tensor], overwrite: bool = False) -> torch.Tensor:
        """Return the sum.

        Args:
            x: the branches, of shapes that fit together.
            overwrite: the result may take the memory of the first.
        """
        total = x[0]
        for item in x[1:]:
            fits = (
                total.dtype == item.dtype and torch.broadcast_shapes(total.shape, item.shape) == total.shape
            )
            total = total.add_(item) if overwrite and fits else total + item
        return total


class Average(Add):
    """The mean of branches of one shape.

    Example:
        >>> import torch
        >>> Average()([torch.zeros(1, 2), torch.ones(1, 2)]).tolist()
        [[0.5, 0.5]]
    """

    def forward(self, x: Sequence[torch.Tensor], overwrite: bool = False) -> torch.Tensor:
        return super().forward(x, overwrite) / len(x)


class Multiply(_Elementwise):
    """The product of branches, value by value; sides of 1 are repeated, so that channels can be weighed.

    Example:
        >>> import torch
        >>> Multiply()([torch.full((1, 2), 3.0), torch.full((1, 2), 2.0)]).tolist()
        [[6.0, 6.0]]
    """

    def forward(self, x: Sequence[torch.Tensor]) -> torch.Tensor:
        product = x[0]
        for item in x[1:]:
            product = product * item
        return product


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


def add(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Add()(inputs)`.

    Args:
        inputs: symbolic tensors, arrays or tensors; two or more.
        options: `name`, `trainable` as in `Layer`.

    Raises:
        ShapeError: shapes that do not fit together. ArgumentError: fewer than two inputs.
    """
    return Add(**options)(list(inputs))


def average(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Average()(inputs)`.

    Args, Raises: as of `add`.
    """
    return Average(**options)(list(inputs))


def multiply(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Multiply()(inputs)`.

    Args, Raises: as of `add`.
    """
    return Multiply(**options)(list(inputs))
