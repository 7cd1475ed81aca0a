"""RMSprop in Keras' form: epsilon inside the root."""

from typing import Any

import torch

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer


class RMSprop(Optimizer):
    """Divide each gradient by a running root of its squares.

    The rule: `velocity = rho * velocity + (1 - rho) * g ** 2` and
    `w -= learning_rate * g / sqrt(velocity + epsilon)`. Epsilon is inside the root: torch adds it
    outside, where the first steps with small gradients come out up to ten times larger.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        rho: share of the old average kept per step, in [0, 1].
        momentum: in [0, 1]; 0 keeps no momentum.
        epsilon: added to the average of squares, in [0, 1]; None is 1e-7.
        centered: whether to subtract the squared average gradient (an estimate of the variance).
        weight_decay, clipnorm, clipvalue, global_clipnorm, name, options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.
        ArgumentTypeError: an unknown keyword.

    Example:
        >>> RMSprop(rho=0.8)
        <RMSprop name=rmsprop learning_rate=0.001>

    Source: Keras 3 `keras.optimizers.RMSprop`; Hinton, Neural Networks for Machine Learning, 6e.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)
        self.rho = number_in("RMSprop", "rho", rho, 0.0, 1.0)
        self.momentum = number_in("RMSprop", "momentum", momentum, 0.0, 1.0)
        self.epsilon = self.checked_epsilon(epsilon)
        self.centered = bool(centered)
        slots = ["velocity"]
        if self.momentum:
            slots.append("momentum")
        if self.centered:
            slots.append("average_gradient")
        self.slots = tuple(slots)

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        velocities = slots["velocity"]
        torch._foreach_mul_(velocities, self.rho)
        torch._foreach_addcmul_(velocities, gradients, gradients, value=1.0 - self.rho)
        denominators = torch._foreach_add(velocities, self.epsilon)
        if self.centered:
            averages = slots["average_gradient"]
            torch._foreach_mul_(averages, self.rho)
            torch._foreach_add_(averages, gradients, alpha=1.0 - self.rho)
            torch._foreach_addcmul_(denominators, averages, averages, value=-1.0)
        torch._foreach_sqrt_(denominators)
        if self.momentum:
            momenta = slots["momentum"]
            torch._foreach_mul_(momenta, self.momentum)
            torch._foreach_addcdiv_(momenta, gradients, denominators, value=rate)
            torch._foreach_sub_(parameters, momenta)
        else:
            torch._foreach_addcdiv_(parameters, gradients, denominators, value=-rate)
