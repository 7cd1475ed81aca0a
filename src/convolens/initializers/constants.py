"""Weights that are no draws: constants, and the unit matrix."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from convolens.errors import ShapeError
from convolens.initializers.initializer import Initializer


class Constant(Initializer):
    """Every weight has one value, or each its own.

    Args:
        value: a number, or an array or nested lists that fit the weights' shape in Keras' order.

    Raises:
        ShapeError: the values do not fit the weights.

    Example:
        >>> Constant([1.0, 2.0])((2, 2)).tolist()
        [[1.0, 2.0], [1.0, 2.0]]
    """

    def __init__(self, value: Any = 0.0) -> None:
        super().__init__()
        if isinstance(value, Mapping):  # an array in a file of Keras
            value = value["config"]["value"]
        array = np.asarray(value)
        self.value = value if array.ndim == 0 else array.tolist()

    @property
    def ordered(self) -> bool:  # type: ignore[override]
        """Whether each weight has a value of its own."""
        return isinstance(self.value, list)

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        """Fill `empty` and return it.

        Args:
            empty, fan_in, fan_out, generator: as of `Initializer.draw`.

        Raises:
            ShapeError: values of each weight's own that do not fit.
        """
        if not self.ordered:
            return empty.fill_(self.value)
        values = torch.tensor(self.value, dtype=torch.float32)
        try:
            return empty.copy_(values.reshape(empty.shape) if values.numel() == empty.numel() else values)
        except RuntimeError:
            raise ShapeError(
                f"Constant: values of shape {tuple(values.shape)} do not fit weights of shape {tuple(empty.shape)}."
            ) from None


class Zeros(Constant):
    """Every weight is 0: Keras' default for biases."""

    def __init__(self) -> None:
        super().__init__(0.0)


class Ones(Constant):
    """Every weight is 1."""

    def __init__(self) -> None:
        super().__init__(1.0)


class Identity(Initializer):
    """The unit matrix.

    Args:
        gain: what it is multiplied by.

    Raises:
        ShapeError: the shape is no matrix's.

    Example:
        >>> Identity(2.0)((2, 2)).tolist()
        [[2.0, 0.0], [0.0, 2.0]]
    """

    ordered = True

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self.gain = gain

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        if empty.ndim != 2:
            raise ShapeError(f"Identity: weights must be a matrix; received shape {tuple(empty.shape)}.")
        return self.gain * torch.eye(*empty.shape)
