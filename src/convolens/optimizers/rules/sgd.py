"""Stochastic gradient descent; momentum in Keras' form: the velocity holds the learning rate."""

from typing import Any

import torch
from torch.optim.sgd import sgd

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.fused_kernels import fused_kernel_for


class SGD(Optimizer):
    """Gradient descent, plain or with (Nesterov) momentum.

    The rule, with `g` the gradient: `w -= learning_rate * g`; with momentum
    `velocity = momentum * velocity - learning_rate * g` and `w += velocity`, or for Nesterov
    `w += momentum * velocity - learning_rate * g`. The velocity includes the learning rate, so a
    change of rate acts on new gradients only (torch's SGD rescales the old ones too).

    Args:
        learning_rate: step size, >= 0, or a schedule; the lecture's is 0.01.
        momentum: in [0, 1]; 0 keeps no state.
        nesterov: whether to look ahead along the velocity.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name, options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.
        ArgumentTypeError: an unknown keyword.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> optimizer = SGD(learning_rate=0.5)
        >>> optimizer.build([weight])
        >>> weight.grad = torch.ones(1)
        >>> optimizer.apply()
        >>> weight.item()
        0.5

    Source: Keras 3 `keras.optimizers.SGD`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)
        self.momentum = number_in("SGD", "momentum", momentum, 0.0, 1.0)
        self.nesterov = bool(nesterov)
        self.slots = ("velocity",) if self.momentum else ()

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        self.decay_weights(parameters, rate)
        if not self.momentum:
            fused = fused_kernel_for(parameters)
            sgd(
                parameters,
                gradients,
                [None] * len(parameters),
                foreach=not fused,
                fused=fused,
                weight_decay=0.0,
                momentum=0.0,
                lr=rate,
                dampening=0.0,
                nesterov=False,
                maximize=False,
            )
            return
        velocities = slots["velocity"]
        torch._foreach_mul_(velocities, self.momentum)
        torch._foreach_add_(velocities, gradients, alpha=-rate)
        if self.nesterov:
            torch._foreach_add_(parameters, gradients, alpha=-rate)
            torch._foreach_add_(parameters, velocities, alpha=self.momentum)
        else:
            torch._foreach_add_(parameters, velocities)
