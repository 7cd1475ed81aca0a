"""Adam in Keras' form: epsilon is the paper's "epsilon hat"."""

import math
from typing import Any

import torch
from torch.optim.adamw import adamw

from convolens.arguments import number_in
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.fused_kernels import fused_kernel_for
from convolens.optimizers.rules.rounding import float32


class Adam(Optimizer):
    """Adaptive moments, in the form of the paper's section 2 (as Keras).

    The rule at step t: `m += (1 - beta_1) * (g - m)`, `v += (1 - beta_2) * (g ** 2 - v)`,
    `w -= learning_rate * sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t) * m / (sqrt(v) + epsilon)`.
    torch adds epsilon after correcting v for its bias; its fused kernel gives this rule when its
    epsilon is `epsilon / sqrt(1 - beta_2 ** t)`, which is how it is called here.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        beta_1, beta_2: decay of the averages of gradients and their squares, in [0, 1).
        epsilon: "epsilon hat", in [0, 1]; None is 1e-7.
        amsgrad: whether to divide by the largest v so far.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name, options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range.
        ArgumentTypeError: an unknown keyword.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> optimizer = Adam(learning_rate=0.25)
        >>> optimizer.build([weight])
        >>> weight.grad = torch.full((1,), 123.0)
        >>> optimizer.apply()
        >>> round(weight.item(), 5)
        0.75

    Source: Keras 3 `keras.optimizers.Adam`; Kingma & Ba, arXiv:1412.6980; for
    AMSGrad Reddi et al. 2018.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)
        where = type(self).__name__
        self.beta_1 = number_in(where, "beta_1", beta_1, 0.0, 1.0, open_high=True)
        self.beta_2 = number_in(where, "beta_2", beta_2, 0.0, 1.0, open_high=True)
        self.epsilon = self.checked_epsilon(epsilon)
        self.amsgrad = bool(amsgrad)
        self.slots = ("momentum", "velocity", *(("velocity_hat",) if self.amsgrad else ()))

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Apply the rule in place."""
        fused = fused_kernel_for(parameters)
        step_device = (lambda p: p.device) if fused else (lambda p: torch.device("cpu"))
        # The kernel adds one to its own counters: here they are made from `age` each time.
        steps = [torch.full((), float(self.age), device=step_device(p)) for p in parameters]
        root = math.sqrt(1.0 - self.beta_2 ** (self.age + 1))
        adamw(
            parameters,
            gradients,
            slots["momentum"],
            slots["velocity"],
            slots.get("velocity_hat", []),
            steps,
            foreach=not fused,
            fused=fused,
            amsgrad=self.amsgrad,
            beta1=self.beta_1,
            beta2=self.beta_2,
            lr=self._keras_step_size(rate) * (1.0 - self.beta_1 ** (self.age + 1)) / root,
            weight_decay=self.decay_of_group,
            eps=self.epsilon / root,
            maximize=False,
        )

    def _keras_step_size(self, rate: float) -> float:
        """Return `rate * sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)`, rounded as Keras rounds it.

        Keras computes it in float32, where `1 - 0.999` is off by some 1e-5 of itself; with a large
        rate that shows in the weights, so the same scalars are rounded the same way here.
        """
        step = float32(self.age + 1)
        first = 1.0 - float32(self.beta_1) ** step
        second = 1.0 - float32(self.beta_2) ** step
        return float(float32(rate) * torch.sqrt(second) / first)
