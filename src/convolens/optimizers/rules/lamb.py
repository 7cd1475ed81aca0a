"""Lamb: Adam whose steps are as long as the weights of each tensor."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.rounding import remaining


class Lamb(Optimizer):
    """Scale Adam's step of each tensor to the length of the tensor's weights: for very large batches.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        beta_1, beta_2: decay of the averages of gradients and their squares, in [0, 1).
        epsilon: added to the root of the squares, in [0, 1]; None is 1e-7.
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Lamb()
        <Lamb name=lamb learning_rate=0.001>

    Source: Keras 3 `keras.optimizers.Lamb`; You et al., arXiv:1904.00962.
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
        self.beta_1 = number_in("Lamb", "beta_1", beta_1, 0.0, 1.0, open_high=True)
        self.beta_2 = number_in("Lamb", "beta_2", beta_2, 0.0, 1.0, open_high=True)
        self.epsilon = self.checked_epsilon(epsilon)
        self.slots = ("momentum", "velocity")

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
        sizes = torch._foreach_div(velocities, remaining(self.beta_2, step))
        torch._foreach_sqrt_(sizes)
        torch._foreach_add_(sizes, self.epsilon)
        moves = torch._foreach_div(momenta, remaining(self.beta_1, step))
        torch._foreach_div_(moves, sizes)
        lengths = zip(torch._foreach_norm(parameters), torch._foreach_norm(moves), strict=True)
        ratios = [
            torch.where((of_weights > 0) & (of_move > 0), of_weights / of_move, 1.0)
            for of_weights, of_move in lengths
        ]
        torch._foreach_mul_(moves, ratios)
        torch._foreach_add_(parameters, moves, alpha=-rate)
