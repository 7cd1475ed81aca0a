"""Ftrl: follow the regularised leader, which makes weights exactly zero."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer


class Ftrl(Optimizer):
    """Choose each weight anew from the sum of all gradients, with penalties on its size.

    Args:
        learning_rate: step size, > 0, or a schedule.
        learning_rate_power: how the rate falls with the gradients' squares, at most 0.
        initial_accumulator_value: where the sum of squares begins, >= 0.
        l1_regularization_strength, l2_regularization_strength: penalties that keep weights small, >= 0.
        l2_shrinkage_regularization_strength: a penalty on the weight as it is, >= 0.
        beta: smooths the rate, >= 0.
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Ftrl(0.01)
        <Ftrl name=ftrl learning_rate=0.01>

    Source: Keras 3 `keras.optimizers.Ftrl`; McMahan et al. 2013.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        infinity = float("inf")
        self.learning_rate_power = number_in(
            "Ftrl", "learning_rate_power", learning_rate_power, -infinity, 0.0
        )
        self.initial_accumulator_value = number_in(
            "Ftrl", "initial_accumulator_value", initial_accumulator_value, 0.0, infinity
        )
        self.l1_regularization_strength = number_in(
            "Ftrl", "l1_regularization_strength", l1_regularization_strength, 0.0, infinity
        )
        self.l2_regularization_strength = number_in(
            "Ftrl", "l2_regularization_strength", l2_regularization_strength, 0.0, infinity
        )
        self.l2_shrinkage_regularization_strength = number_in(
            "Ftrl",
            "l2_shrinkage_regularization_strength",
            l2_shrinkage_regularization_strength,
            0.0,
            infinity,
        )
        self.beta = number_in("Ftrl", "beta", beta, 0.0, infinity)
        self.slots = ("squared_sum", "linear")
        self.slot_starts = {"squared_sum": self.initial_accumulator_value}

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        if not rate:
            return  # the rule divides by it
        self.decay_weights(parameters, rate)
        power, l1 = -self.learning_rate_power, self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)
        for weight, gradient, squares, linear in zip(
            parameters, gradients, slots["squared_sum"], slots["linear"], strict=True
        ):
            more = squares + gradient.square()
            shrunk = gradient + 2.0 * self.l2_shrinkage_regularization_strength * weight
            linear += shrunk - (more.pow(power) - squares.pow(power)) / rate * weight
            weight.copy_((linear.clamp(-l1, l1) - linear) / (more.pow(power) / rate + 2.0 * l2))
            squares.copy_(more)
