"""Lion: steps of one length, along the sign of an average."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer


class Lion(Optimizer):
    """Move each weight by the learning rate, against the sign of the averaged gradient.

    The rule: `w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g)` and `m = beta_2 * m + (1 - beta_2) * g`.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        beta_1: share of the average in a step, above 0 and at most 1.
        beta_2: share of the old average kept per step, in [0, 1].
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Lion(1e-4)
        <Lion name=lion learning_rate=0.0001>

    Source: Keras 3 `keras.optimizers.Lion`; Chen et al., arXiv:2302.06675.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, **options: Any
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = number_in("Lion", "beta_1", beta_1, 1e-12, 1.0)
        self.beta_2 = number_in("Lion", "beta_2", beta_2, 0.0, 1.0)
        self.slots = ("momentum",)

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        momenta = slots["momentum"]
        moves = torch._foreach_mul(momenta, self.beta_1)
        torch._foreach_add_(moves, gradients, alpha=1.0 - self.beta_1)
        torch._foreach_add_(parameters, torch._foreach_sign(moves), alpha=-rate)
        torch._foreach_mul_(momenta, self.beta_2)
        torch._foreach_add_(momenta, gradients, alpha=1.0 - self.beta_2)
