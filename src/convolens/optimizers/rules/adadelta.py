"""Adadelta: steps as long as the last ones were, measured by the gradients' size."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer


class Adadelta(Optimizer):
    """Scale each gradient by the root of the last moves' squares over that of the gradients' squares.

    The rule: `a = rho * a + (1 - rho) * g ** 2`, `d = g * sqrt(b + epsilon) / sqrt(a + epsilon)`, `b = rho * b + (1 - rho) * d ** 2` and
    `w -= learning_rate * d`.

    Args:
        learning_rate: step size, >= 0, or a schedule; the paper's is 1.
        rho: share of the old averages kept per step, in [0, 1].
        epsilon: added to the averages, in [0, 1]; None is 1e-7.
        options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> Adadelta(1.0)
        <Adadelta name=adadelta learning_rate=1.0>

    Source: Keras 3 `keras.optimizers.Adadelta`; Zeiler, arXiv:1212.5701.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float | None = 1e-7, **options: Any
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = number_in("Adadelta", "rho", rho, 0.0, 1.0)
        self.epsilon = self.checked_epsilon(epsilon)
        self.slots = ("squared_gradient", "squared_move")

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        squares, squared_moves = slots["squared_gradient"], slots["squared_move"]
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1.0 - self.rho)
        moves, sizes = (
            torch._foreach_add(squared_moves, self.epsilon),
            torch._foreach_add(squares, self.epsilon),
        )
        torch._foreach_sqrt_(moves)
        torch._foreach_sqrt_(sizes)
        torch._foreach_div_(moves, sizes)
        torch._foreach_mul_(moves, gradients)
        torch._foreach_mul_(squared_moves, self.rho)
        torch._foreach_addcmul_(squared_moves, moves, moves, value=1.0 - self.rho)
        torch._foreach_add_(parameters, moves, alpha=-rate)
