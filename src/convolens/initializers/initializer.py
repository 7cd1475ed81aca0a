"""Initializer: the base of all, and how many inputs and outputs a unit has."""

import math
from collections.abc import Sequence
from typing import Any

import torch

from convolens.described import Described
from convolens.initializers.undrawn import is_undrawn
from convolens.tensor import as_dtype


class Initializer(Described):
    """The base of all initialisers: call one with a shape to draw a float32 tensor.

    Args:
        seed: an integer for values that are the same at each call; None draws from torch's generator.

    Example:
        >>> from convolens.initializers import GlorotUniform
        >>> GlorotUniform(seed=1)((3, 3, 16, 32)).shape
        torch.Size([3, 3, 16, 32])
    """

    house = "keras.initializers"

    # Whether values depend on where they are in the shape, so that it must be in Keras' order: layers fill such weights in afterwards.
    ordered = False

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(
        self, shape: Sequence[int], fan_in: Any = None, fan_out: float | None = None, dtype: Any = None
    ) -> torch.Tensor:
        """Return values of a shape.

        Args:
            shape: in Keras' order (rows, columns, in, out); in any, where both fans are given, as layers do.
            fan_in, fan_out: inputs and outputs of a unit; None takes them from the shape. `fan_in` may be `dtype`, which is second in Keras.
            dtype: of the values, under any of its names; None is float32.
        """
        if not isinstance(fan_in, (int, float)):
            fan_in, dtype = None, fan_in or dtype
        given = fan_in is not None and fan_out is not None
        if is_undrawn() or (given and self.ordered):
            return torch.zeros(tuple(shape))
        fans = (float(fan_in), float(fan_out)) if given else fans_of(shape)  # type: ignore[arg-type]
        generator = None if self.seed is None else torch.Generator().manual_seed(self.seed)
        values = self.draw(torch.empty(tuple(shape)), *fans, generator)
        return values if dtype is None else values.to(as_dtype(dtype).torch)

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        """Fill `empty` and return it.

        Args:
            empty: what to fill.
            fan_in, fan_out: inputs and outputs of a unit.
            generator: to draw from; None is torch's.
        """
        raise NotImplementedError


def fans_of(shape: Sequence[int]) -> tuple[float, float]:
    """Return how many inputs and outputs a unit has whose weights are of a shape in Keras' order.

    Example:
        >>> fans_of((3, 3, 16, 32)), fans_of((5,))
        ((144.0, 288.0), (5.0, 5.0))
    """
    if len(shape) < 2:
        return (float(shape[0]),) * 2 if shape else (1.0, 1.0)
    area = float(math.prod(shape[:-2]))
    return shape[-2] * area, shape[-1] * area
