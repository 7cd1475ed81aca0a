"""Constraints: what weights are made to keep to after each step of the optimizer, with Keras' names.

Example:
    >>> from convolens.layers import Dense
    >>> Dense(3, kernel_constraint="max_norm").kernel_constraint.max_value
    2.0
"""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import number_in
from convolens.custom_objects import deserializer
from convolens.described import Described, made, named
from convolens.errors import ArgumentError
from convolens.missing import answer_for

_EPSILON = 1e-7
_INFINITY = float("inf")


class Constraint(Described):
    """The base of all constraints: call one with weights in Keras' order to get weights that keep to it.

    A subclass defines `__call__`, and keeps each argument of its constructor in an attribute of that name. Any function of a tensor will do too.

    Source: Keras 3 `keras.constraints.Constraint`.
    """

    house = "keras.constraints"

    def __call__(self, w: Any) -> Any:
        """Return the weights that keep to it.

        Args:
            w: the weights, a float tensor.
        """
        return w


class NonNeg(Constraint):
    """No weight is below 0.

    Example:
        >>> NonNeg()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """

    def __call__(self, w: Any) -> torch.Tensor:
        """Return the weights, 0 in place of negative ones.

        Args:
            w: the weights, a float tensor or array.
        """
        return torch.as_tensor(w).clamp(min=0.0)


class _OfNorms(Constraint):
    """What constraints of lengths share.

    Args:
        axis: the axes over which a length is measured.
    """

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis

    def desired(self, norms: torch.Tensor) -> torch.Tensor:
        """Return the lengths that are to be.

        Args:
            norms: the lengths as they are.
        """
        raise NotImplementedError

    def __call__(self, w: Any) -> torch.Tensor:
        """Return the weights at the lengths that are to be.

        Args:
            w: the weights, a float tensor or array.
        """
        w = torch.as_tensor(w)
        norms = w.square().sum(dim=self.axis, keepdim=True).sqrt()
        return w * (self.desired(norms) / (_EPSILON + norms))


class MaxNorm(_OfNorms):
    """The length of the weights into each unit is at most `max_value`.

    Args:
        max_value: the largest length, at least 0.
        axis: over which a length is measured: 0 for Dense, [0, 1, 2] for each kernel of Conv2D.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> MaxNorm(1.0)(torch.tensor([[3.0], [4.0]])).tolist()
        [[0.6000000238418579], [0.800000011920929]]

    Source: Keras 3 `keras.constraints.MaxNorm`; Srivastava et al. 2014.
    """

    def __init__(self, max_value: float = 2.0, axis: int | Sequence[int] = 0) -> None:
        super().__init__(axis)
        self.max_value = number_in("MaxNorm", "max_value", max_value, 0.0, _INFINITY)

    def desired(self, norms: torch.Tensor) -> torch.Tensor:
        return norms.clamp(0.0, self.max_value)


class UnitNorm(_OfNorms):
    """The length of the weights into each unit is 1.

    Args:
        axis: over which a length is measured: 0 for Dense, [0, 1, 2] for each kernel of Conv2D.

    Example:
        >>> UnitNorm()(torch.tensor([[3.0], [4.0]])).tolist()
        [[0.6000000238418579], [0.800000011920929]]

    Source: Keras 3 `keras.constraints.UnitNorm`.
    """

    def desired(self, norms: torch.Tensor) -> torch.Tensor:
        return torch.ones_like(norms)


class MinMaxNorm(_OfNorms):
    """The length of the weights into each unit moves into a range.

    Args:
        min_value, max_value: the range, at least 0.
        rate: share of the way that is gone at each step, in [0, 1].
        axis: over which a length is measured: 0 for Dense, [0, 1, 2] for each kernel of Conv2D.

    Raises:
        ArgumentError: a value out of range, or a range of nothing.

    Example:
        >>> MinMaxNorm(1.0, 2.0, rate=0.5)(torch.tensor([[3.0], [4.0]])).tolist()
        [[2.0999999046325684], [2.799999952316284]]

    Source: Keras 3 `keras.constraints.MinMaxNorm`.
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: int | Sequence[int] = 0,
    ) -> None:
        super().__init__(axis)
        self.min_value = number_in("MinMaxNorm", "min_value", min_value, 0.0, _INFINITY)
        self.max_value = number_in("MinMaxNorm", "max_value", max_value, 0.0, _INFINITY)
        self.rate = number_in("MinMaxNorm", "rate", rate, 0.0, 1.0)
        if self.min_value > self.max_value:
            raise ArgumentError(f"MinMaxNorm: min_value={min_value} is above max_value={max_value}.")

    def desired(self, norms: torch.Tensor) -> torch.Tensor:
        return self.rate * norms.clamp(self.min_value, self.max_value) + (1.0 - self.rate) * norms


max_norm = MaxNorm
non_neg = nonneg = NonNeg
unit_norm = unitnorm = UnitNorm
min_max_norm = MinMaxNorm


def maxnorm(m: float = 2.0, axis: int | Sequence[int] = 0) -> MaxNorm:
    """Return a `MaxNorm`, as Keras 1 called it.

    Args:
        m: the largest length, at least 0.
        axis: as of `MaxNorm`.
    """
    return MaxNorm(m, axis)


# Every name that a layer's `..._constraint` understands; those without a line between are Keras 1's.
CONSTRAINTS: dict[str, Any] = {
    **named(MaxNorm, NonNeg, UnitNorm, MinMaxNorm),
    "maxnorm": MaxNorm,
    "nonneg": NonNeg,
    "unitnorm": UnitNorm,
}


def get(identifier: Any) -> Any:
    """Return the constraint that a name, config, class or function stands for; None for none.

    Args:
        identifier: "max_norm", `{"class_name": "MaxNorm", "config": {"max_value": 3}}`, also as Keras writes it, a `Constraint`, or a
            function of a tensor in Keras' order that returns one.

    Raises:
        UnknownNameError: no constraint has this name; the nearest is offered. ArgumentError: nothing of the above.

    Example:
        >>> get("non_neg")(torch.tensor(-1.0))
        tensor(0.)
    """
    if isinstance(identifier, dict) and "class_name" not in identifier and "name" in identifier:  # Keras 1
        config = {
            "max_value" if key == "m" else key: value for key, value in identifier.items() if key != "name"
        }
        identifier = {"class_name": identifier["name"], "config": config}
    return made("constraints", "constraint", identifier, CONSTRAINTS)


def serialize(constraint: Constraint) -> dict[str, Any]:
    """Return a constraint as plain values, as Keras writes it.

    Args:
        constraint: one of this module.
    """
    return constraint.serialize()


deserialize = deserializer(get)


__getattr__ = answer_for(__name__)  # what Keras has and is not here
