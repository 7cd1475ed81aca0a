"""LearningRateScheduler: the learning rate of each epoch by a function of its number."""

import inspect
from collections.abc import Callable
from typing import Any

from convolens.callbacks.callback import Callback, Logs
from convolens.errors import ArgumentError


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch, as in Keras, and adds "learning_rate" to its logs.

    Args:
        schedule: function of (epoch from 0) or (epoch, current rate) that returns the new rate.
        verbose: 1 prints it.

    Raises:
        ArgumentError: the schedule returns something that is not a number.

    Example:
        >>> LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch)).schedule(1)
        0.05
    """

    reports = ("learning_rate",)

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise ArgumentError(f"LearningRateScheduler: schedule must be a function; received {schedule!r}.")
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        current = float(self.model.optimizer.learning_rate)
        try:
            inspect.signature(self.schedule).bind(epoch, current)
            takes_rate = True
        except (TypeError, ValueError):  # of one argument, or a built-in function without a signature
            takes_rate = False
        rate: Any = self.schedule(epoch, current) if takes_rate else self.schedule(epoch)
        try:
            rate = float(rate)
        except (TypeError, ValueError):
            raise ArgumentError(
                f"LearningRateScheduler: the schedule must return a number; it returned {rate!r} for epoch {epoch}."
            ) from None
        self.model.optimizer.learning_rate = rate
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate:g}.")

    def on_epoch_resume(self, epoch: int, batch: int) -> None:
        """Do nothing: the rate was set when the epoch began, and is the optimizer's."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if isinstance(logs, dict):
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
