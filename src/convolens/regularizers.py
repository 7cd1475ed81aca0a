"""Regularisers: penalties on weights, or on what a layer gives, that are added to the loss, with Keras' names.

Example:
    >>> from convolens.layers import Dense
    >>> layer = Dense(3, kernel_regularizer=l2(0.01), input_shape=(2,))
    >>> layer.kernel_regularizer.l2
    0.01
"""

from collections.abc import Mapping
from typing import Any

import torch

from convolens.arguments import number_in, one_of
from convolens.custom_objects import deserializer
from convolens.described import Described, made, named
from convolens.errors import ShapeError
from convolens.missing import answer_for


class Regularizer(Described):
    """The base of all regularisers: call one with a tensor in Keras' order to get the penalty, a scalar tensor.

    A subclass defines `__call__`, and keeps each argument of its constructor in an attribute of that name. Any function of a tensor will do too.

    Source: Keras 3 `keras.regularizers.Regularizer`.
    """

    house = "keras.regularizers"

    def __call__(self, x: Any) -> Any:
        """Return the penalty.

        Args:
            x: weights, or what a layer gives, a float tensor or array.
        """
        return 0.0


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x ** 2)`.

    Args:
        l1, l2: factors, at least 0.

    Raises:
        ArgumentError: a factor out of range.

    Example:
        >>> L1L2(l1=0.1, l2=0.2)(torch.tensor([1.0, -2.0]))
        tensor(1.3000)

    Source: Keras 3 `keras.regularizers.L1L2`.
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1, self.l2 = _factor("L1L2", "l1", l1 or 0.0), _factor("L1L2", "l2", l2 or 0.0)

    def __call__(self, x: Any) -> torch.Tensor:
        """Return the penalty.

        Args:
            x: a float tensor or array of any shape.
        """
        x = torch.as_tensor(x)
        penalty = self.l1 * x.abs().sum() if self.l1 else x.new_zeros(())
        return penalty + self.l2 * x.square().sum() if self.l2 else penalty


class L1(L1L2):
    """`l1 * sum(|x|)`.

    Args:
        l1: the factor, at least 0.

    Example:
        >>> L1(0.1)(torch.tensor([1.0, -2.0]))
        tensor(0.3000)
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        super().__init__(l1=0.01 if l1 is None else l1)

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(L1L2):
    """`l2 * sum(x ** 2)`: weight decay as part of the loss.

    Args:
        l2: the factor, at least 0.

    Example:
        >>> L2(0.1)(torch.tensor([1.0, -2.0]))
        tensor(0.5000)
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        super().__init__(l2=0.01 if l2 is None else l2)

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """The mean of the products of different rows (or columns) of a matrix, each made of length 1.

    Args:
        factor: of the mean, at least 0.
        mode: "rows" or "columns".

    Raises:
        ArgumentError: a factor out of range. UnknownNameError: another mode.

    Example:
        >>> OrthogonalRegularizer(0.5)(torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
        tensor(0.5000)

    Source: Keras 3 `keras.regularizers.OrthogonalRegularizer`.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor("OrthogonalRegularizer", "factor", factor)
        self.mode = one_of("OrthogonalRegularizer", "mode", mode, ("rows", "columns"))

    def __call__(self, x: Any) -> torch.Tensor:
        """Return the penalty.

        Args:
            x: a float matrix.

        Raises:
            ShapeError: no matrix.
        """
        x = torch.as_tensor(x)
        if x.ndim != 2:
            raise ShapeError(
                f"OrthogonalRegularizer: expected a matrix, such as a Dense layer's kernel; received shape {tuple(x.shape)}."
            )
        rows = torch.nn.functional.normalize(x if self.mode == "rows" else x.T, eps=1e-6)
        products = rows @ rows.T
        count = len(rows)
        others = products * (1.0 - torch.eye(count).to(x))
        return self.factor * 0.5 * others.abs().sum() / (count * (count - 1.0) / 2.0)


def _factor(where: str, argument: str, value: float) -> float:
    return number_in(where, argument, value, 0.0, float("inf"), open_high=True)


l1, l2 = L1, L2
orthogonal_regularizer = OrthogonalRegularizer


def l1_l2(l1: float | None = 0.01, l2: float | None = 0.01) -> L1L2:
    """Return an `L1L2`; both factors are 0.01 where they are not given, as in Keras 1 and 2.

    Args:
        l1, l2: factors, at least 0.
    """
    return L1L2(l1, l2)


l1l2 = l1_l2  # Keras 1

# Every name that a layer's `..._regularizer` understands.
REGULARIZERS: dict[str, Any] = {
    **named(L1, L2, L1L2, OrthogonalRegularizer),
    "l1_l2": l1_l2,
    "l1l2": l1_l2,
}


def get(identifier: Any) -> Any:
    """Return the regulariser that a name, config, class or function stands for; None for none.

    Args:
        identifier: "l2", `{"class_name": "L2", "config": {"l2": 0.01}}`, also as Keras 1 and 2 wrote it, a `Regularizer`, or a function
            of a tensor in Keras' order.

    Raises:
        UnknownNameError: no regulariser has this name; the nearest is offered. ArgumentError: nothing of the above.

    Example:
        >>> get({"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5}}).l2
        0.5
    """
    if (
        isinstance(identifier, Mapping)
        and "class_name" not in identifier
        and {"l1", "l2"} & identifier.keys()
    ):
        return L1L2(identifier.get("l1"), identifier.get("l2"))  # Keras 1
    return made("regularizers", "regularizer", identifier, REGULARIZERS)


def serialize(regularizer: Regularizer) -> dict[str, Any]:
    """Return a regulariser as plain values, as Keras writes it.

    Args:
        regularizer: one of this module.
    """
    return regularizer.serialize()


deserialize = deserializer(get)


__getattr__ = answer_for(__name__)  # what Keras has and is not here
