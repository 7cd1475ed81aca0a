"""LearningRateSchedule: a learning rate as a pure function of the step."""

import inspect
from collections.abc import Callable
from typing import Any, Self

from convolens.constructors import kept_arguments


class LearningRateSchedule:
    """The base of schedules: `schedule(step) -> float`; give one as an optimizer's `learning_rate`.

    A subclass defines `__call__` and keeps each constructor argument as an attribute of that name.
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step (0 is the first)."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return kept_arguments(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a schedule from `get_config()`, ours or that of Keras."""
        return cls(**config)


def of_step(schedule: Callable[..., Any]) -> Callable[[int], float]:
    """Return `schedule` as a function of the step; Keras also allows one without arguments."""
    if isinstance(schedule, LearningRateSchedule):
        return schedule
    try:
        inspect.signature(schedule).bind(0)
    except ValueError:  # a built-in that does not tell its arguments
        return schedule
    except TypeError:
        return lambda step: schedule()
    return schedule
