"""Adagrad: the more a weight has moved, the smaller its steps."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer


class Adagrad(Optimizer):
    """Divide each gradient by the root of the sum of all its squares so far.

    The rule: `sum += g ** 2` and `w -= learning_rate * g / sqrt(sum + epsilon)`.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        initial_accumulator_value: where the sum begins, >= 0.
        epsilon: added to the sum, in [0, 1]; None is 1e-7.
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Adagrad(0.01)
        <Adagrad name=adagrad learning_rate=0.01>

    Source: Keras 3 `keras.optimizers.Adagrad`; Duchi, Hazan & Singer 2011.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float | None = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = number_in(
            "Adagrad", "initial_accumulator_value", initial_accumulator_value, 0.0, float("inf")
        )
        self.epsilon = self.checked_epsilon(epsilon)
        self.slots = ("squared_sum",)
        self.slot_starts = {"squared_sum": self.initial_accumulator_value}

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        sums = slots["squared_sum"]
        torch._foreach_addcmul_(sums, gradients, gradients)
        sizes = torch._foreach_add(sums, self.epsilon)
        torch._foreach_sqrt_(sizes)
        torch._foreach_addcdiv_(parameters, gradients, sizes, value=-rate)
