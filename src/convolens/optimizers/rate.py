"""LearningRate: a number or a schedule, as an optimizer has it."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.arguments import number_in
from convolens.errors import ArgumentTypeError
from convolens.optimizers import schedules


class LearningRate:
    """A number, or a function of the step.

    Args:
        where: names the optimizer in errors.
        value: >= 0, or the function.
        decay: how fast it falls with the step: it is divided by `1 + decay * step`; >= 0.

    Attributes:
        schedule: the function; None where it is a number.
        torch_optimizer: keeps the number, where torch's own schedulers write it; None before `keep_in`.
    """

    def __init__(self, where: str, value: Any, decay: float = 0.0) -> None:
        self.where = where
        self.decay = number_in(where, "decay", decay, 0.0, float("inf"), open_high=True)
        self.schedule: Callable[[int], float] | None = None
        self.torch_optimizer: torch.optim.Optimizer | None = None
        self._number = 0.0
        self.set(value)

    def at(self, step: int) -> float:
        """Return the rate of a step; the first is 0.

        Example:
            >>> LearningRate("SGD", lambda step: 1 / (step + 1)).at(3), LearningRate("SGD", 0.5, decay=1.0).at(1)
            (0.25, 0.25)
        """
        return self.before_decay(step) / (1.0 + self.decay * step)

    def before_decay(self, step: int) -> float:
        """Return the number itself, or the schedule's value at a step."""
        if self.schedule is not None:
            return float(self.schedule(step))
        if self.torch_optimizer is not None:
            return float(self.torch_optimizer.param_groups[0]["lr"])
        return self._number

    def set(self, value: Any) -> None:
        """Change the number, or follow another schedule.

        Raises:
            ArgumentError: a number out of range. ArgumentTypeError: a number in place of a schedule.
        """
        if callable(value):
            self.schedule = schedules.of_step(value)
            return
        if self.schedule is not None:
            raise ArgumentTypeError(
                f"{self.where}: learning_rate follows a schedule and cannot be set to {value!r}; "
                "make the optimizer with a number, or set another schedule."
            )
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu()
        self._number = number_in(self.where, "learning_rate", value, 0.0, float("inf"), open_high=True)
        if self.torch_optimizer is not None:
            self.torch_optimizer.param_groups[0]["lr"] = self._number

    def keep_in(self, torch_optimizer: torch.optim.Optimizer) -> None:
        """Keep the number where tools of torch look for it."""
        torch_optimizer.param_groups[0]["lr"] = self._number
        self.torch_optimizer = torch_optimizer
