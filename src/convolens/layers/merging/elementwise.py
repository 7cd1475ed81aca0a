"""Add, Average, Multiply, Maximum, Minimum and Subtract: one value from those of several branches at the same place."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Shape
from convolens.layers.merging.merging import Merging


class _Elementwise(Merging):
    """What these layers share: branches of shapes that fit together, one value from several.

    Sides of 1 are repeated, and a branch of a lower rank gets some behind its batch, as in Keras.
    """

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.compute_output_shape(input_shape)

    def merge(self, branches: Sequence[torch.Tensor]) -> torch.Tensor:
        return reduce(self.pair_of, _of_one_rank(branches))

    def pair_of(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Return one value from two.

        Args:
            a: what came of the branches before.
            b: the next branch.
        """
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Shape:
        rank = max(map(len, input_shape))
        merged, *others = ([shape[0], *[1] * (rank - len(shape)), *shape[1:]] for shape in input_shape)
        for shape in others:
            sizes = list(zip(merged, shape, strict=True))
            if any(a != b and 1 not in (a, b) and None not in (a, b) for a, b in sizes):
                raise ShapeError(
                    f"{self.title}: shapes do not fit together: {[tuple(each) for each in input_shape]}."
                )
            merged = [b if a == 1 else a for a, b in sizes]
        return tuple(merged)


def _of_one_rank(branches: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    ranks = [branch.ndim for branch in branches]
    if min(ranks) == max(ranks):
        return list(branches)
    widened = [in_keras_order(branch) for branch in branches]
    for place, branch in enumerate(widened):
        sizes = [1] * (max(ranks) - branch.ndim)
        widened[place] = in_torch_order(branch.reshape(branch.shape[0], *sizes, *branch.shape[1:]))
    return widened


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

    def forward(self, x: Sequence[torch.Tensor] | torch.Tensor, overwrite: bool = False) -> torch.Tensor:
        """Return the sum.

        Args:
            x: the branches, of shapes that fit together.
            overwrite: the result may take the memory of the first.
        """
        total, *others = _of_one_rank([x] if isinstance(x, torch.Tensor) else x)
        for item in others:
            fits = (
                total.dtype == item.dtype and torch.broadcast_shapes(total.shape, item.shape) == total.shape
            )
            total = total.add_(item) if overwrite and fits else total + item
        return total if others else total.clone()  # memory of its own, as it says


class Average(Add):
    """The mean of branches of one shape.

    Example:
        >>> import torch
        >>> Average()([torch.zeros(1, 2), torch.ones(1, 2)]).tolist()
        [[0.5, 0.5]]
    """

    def forward(self, x: Sequence[torch.Tensor] | torch.Tensor, overwrite: bool = False) -> torch.Tensor:
        return super().forward(x, overwrite) / (1 if isinstance(x, torch.Tensor) else len(x))


class Multiply(_Elementwise):
    """The product of branches, value by value; sides of 1 are repeated, so that channels can be weighed.

    Example:
        >>> import torch
        >>> Multiply()([torch.full((1, 2), 3.0), torch.full((1, 2), 2.0)]).tolist()
        [[6.0, 6.0]]
    """

    def pair_of(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a * b


class Maximum(_Elementwise):
    """The largest of branches, value by value.

    Example:
        >>> import torch
        >>> Maximum()([torch.tensor([[1.0, 4.0]]), torch.tensor([[3.0, 2.0]])]).tolist()
        [[3.0, 4.0]]
    """

    def pair_of(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.maximum(a, b)


class Minimum(_Elementwise):
    """The smallest of branches, value by value.

    Example:
        >>> import torch
        >>> Minimum()([torch.tensor([[1.0, 4.0]]), torch.tensor([[3.0, 2.0]])]).tolist()
        [[1.0, 2.0]]
    """

    def pair_of(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.minimum(a, b)


class Subtract(_Elementwise):
    """The first of two branches less the second.

    Raises:
        ArgumentError: not two branches.

    Example:
        >>> import torch
        >>> Subtract()([torch.full((1, 2), 3.0), torch.ones(1, 2)]).tolist()
        [[2.0, 2.0]]
    """

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ArgumentError(f"{self.title}: needs two inputs; received {len(input_shape)}.")

    def pair_of(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a - b


def add(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Add()(inputs)`.

    Args:
        inputs: symbolic tensors, arrays or tensors.
        options: `name`, `trainable` as in `Layer`.

    Raises:
        ShapeError: shapes that do not fit together. ArgumentError: no list, or another number of inputs than the layer takes.
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


def maximum(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Maximum()(inputs)`.

    Args, Raises: as of `add`.
    """
    return Maximum(**options)(list(inputs))


def minimum(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Minimum()(inputs)`.

    Args, Raises: as of `add`.
    """
    return Minimum(**options)(list(inputs))


def subtract(inputs: Sequence[Any], **options: Any) -> Any:
    """Return `Subtract()(inputs)`.

    Args, Raises: as of `add`.
    """
    return Subtract(**options)(list(inputs))
