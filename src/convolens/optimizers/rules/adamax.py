"""Adamax: Adam with the largest gradient in place of the mean square."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.rounding import remaining


class Adamax(Optimizer):
    """Divide the average gradient by the largest size of it, which fades.

    The rule at step t: `m += (1 - beta_1) * (g - m)`, `u = max(beta_2 * u, |g|)` and
    `w -= learning_rate / (1 - beta_1 ** t) * m / (u + epsilon)`.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        beta_1, beta_2: decay of the average and of the largest, in [0, 1).
        epsilon: added to the largest, in [0, 1]; None is 1e-7.
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Adamax()
        <Adamax name=adamax learning_rate=0.001>

    Source: Keras 3 `keras.optimizers.Adamax`; Kingma & Ba, arXiv:1412.6980, section 7.
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
        self.beta_1 = number_in("Adamax", "beta_1", beta_1, 0.0, 1.0, open_high=True)
        self.beta_2 = number_in("Adamax", "beta_2", beta_2, 0.0, 1.0, open_high=True)
        self.epsilon = self.checked_epsilon(epsilon)
        self.slots = ("momentum", "norm")

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        momenta, norms = slots["momentum"], slots["norm"]
        torch._foreach_lerp_(momenta, gradients, 1.0 - self.beta_1)
        torch._foreach_mul_(norms, self.beta_2)
        torch._foreach_maximum_(norms, torch._foreach_abs(gradients))
        sizes = torch._foreach_add(norms, self.epsilon)
        torch._foreach_addcdiv_(
            parameters, momenta, sizes, value=-rate / remaining(self.beta_1, self.age + 1)
        )
