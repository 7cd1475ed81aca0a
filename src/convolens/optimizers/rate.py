"""Rate: the learning rate of an optimizer, a number or a schedule, and the count that it follows."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.arguments import number_in
from convolens.errors import ArgumentTypeError
from convolens.optimizers import schedules
from convolens.optimizers.torch_optimizer import TorchOptimizer


class Rate:
    """The part of `Optimizer` that knows the learning rate and counts batches.

    Attributes:
        batches: gradients taken in so far.
        gradient_accumulation_steps: batches to an update, or None for one.
        torch_optimizer: where torch's tools look for the rate; None before `build`.
    """

    batches: int
    gradient_accumulation_steps: int | None
    torch_optimizer: TorchOptimizer | None
    _schedule: Callable[[int], float] | None
    _rate: float

    @property
    def learning_rate(self) -> float:
        """The rate of the next step; a schedule's value at `batches`."""
        if self._schedule is not None:
            return float(self._schedule(self.batches))
        if self.torch_optimizer is not None:  # torch's own schedulers write it there
            return float(self.torch_optimizer.param_groups[0]["lr"])
        return self._rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        where = type(self).__name__
        if callable(value):
            self._schedule = schedules.of_step(value)
            return
        if self._schedule is not None:
            raise ArgumentTypeError(
                f"{where}: learning_rate follows a schedule and cannot be set to {value!r}; "
                "make the optimizer with a number, or set another schedule."
            )
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu()
        self._rate = number_in(where, "learning_rate", value, 0.0, float("inf"), open_high=True)
        if self.torch_optimizer is not None:
            self.torch_optimizer.param_groups[0]["lr"] = self._rate

    @property
    def iterations(self) -> int:
        """Updates so far: `batches`, or one in `gradient_accumulation_steps` of them."""
        return self.batches // (self.gradient_accumulation_steps or 1)

    @iterations.setter
    def iterations(self, value: int) -> None:
        self.batches = value * (self.gradient_accumulation_steps or 1)
