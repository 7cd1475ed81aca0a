"""Nadam: Adam that looks ahead along its momentum."""

import math
from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.rounding import remaining


class Nadam(Optimizer):
    """Adam with Nesterov's momentum, whose share grows with the steps: `beta_1 * (1 - 0.5 * 0.96 ** t)`.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        beta_1, beta_2: decay of the averages of gradients and their squares, in [0, 1).
        epsilon: added to the root of the squares, in [0, 1]; None is 1e-7.
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Nadam()
        <Nadam name=nadam learning_rate=0.001>

    Source: Keras 3 `keras.optimizers.Nadam`; Dozat 2016.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = number_in("Nadam", "beta_1", beta_1, 0.0, 1.0, open_high=True)
        self.beta_2 = number_in("Nadam", "beta_2", beta_2, 0.0, 1.0, open_high=True)
        self.epsilon = self.checked_epsilon(epsilon)
        self.slots = ("momentum", "velocity")
        self._product_at = (0, 1.0)  # of the shares up to a step; only ever what the step says

    def _share(self, step: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * 0.96**step)

    def _product(self, step: int) -> float:
        """Return the product of the shares of all steps up to one."""
        known, product = self._product_at if self._product_at[0] <= step else (0, 1.0)
        product *= math.prod(self._share(i) for i in range(known + 1, step + 1))
        self._product_at = (step, product)
        return product

    def further_numbers(self) -> list[float]:
        return [self._product(self.iterations)]

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        step = self.age + 1
        momenta, velocities = slots["momentum"], slots["velocity"]
        torch._foreach_lerp_(momenta, gradients, 1.0 - self.beta_1)
        torch._foreach_mul_(velocities, self.beta_2)
        torch._foreach_addcmul_(velocities, gradients, gradients, value=1.0 - self.beta_2)
        product, ahead = self._product(step), self._share(step + 1)
        moves = torch._foreach_mul(momenta, ahead / (1.0 - product * ahead))
        torch._foreach_add_(moves, gradients, alpha=(1.0 - self._share(step)) / (1.0 - product))
        sizes = torch._foreach_div(velocities, remaining(self.beta_2, step))
        torch._foreach_sqrt_(sizes)
        torch._foreach_add_(sizes, self.epsilon)
        torch._foreach_addcdiv_(parameters, moves, sizes, value=-rate)
