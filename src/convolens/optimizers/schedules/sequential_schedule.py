"""SequentialSchedule: one learning rate schedule after another."""

from collections.abc import Sequence
from typing import Any

from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError
from convolens.optimizers.schedules.schedule import LearningRateSchedule


class SequentialSchedule(LearningRateSchedule):
    """Follow one schedule up to a step, then the next, each of which counts its steps from 0.

    Args:
        schedules: two or more; a number is a constant rate, >= 0.
        milestones: the steps with which the second, third ... begin, rising, each at least 1; one fewer than schedules.
        name: a name of your own.

    Raises:
        ArgumentError: another number of milestones, or such that do not rise.

    Example:
        >>> from convolens.optimizers.schedules import CosineDecay
        >>> schedule = SequentialSchedule([0.1, CosineDecay(0.01, decay_steps=10)], milestones=[5])
        >>> [round(schedule(step), 4) for step in (0, 4, 5, 10, 15)]
        [0.1, 0.1, 0.01, 0.005, 0.0]

    Source: `torch.optim.lr_scheduler.SequentialLR`.
    """

    def __init__(
        self, schedules: Sequence[Any], milestones: Sequence[int], name: str = "SequentialSchedule"
    ) -> None:
        where = "SequentialSchedule"
        self.schedules = [
            one if callable(one) else number_in(where, "schedules", one, 0.0, float("inf"), open_high=True)
            for one in schedules
        ]
        self.milestones = [integer(where, "milestones", step) for step in milestones]
        if len(self.milestones) != len(self.schedules) - 1 or self.milestones != sorted(set(self.milestones)):
            raise ArgumentError(
                f"{where}: milestones must rise, one fewer than the {len(self.schedules)} schedules; received {list(milestones)}."
            )
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        place = sum(step >= milestone for milestone in self.milestones)
        schedule = self.schedules[place]
        first = self.milestones[place - 1] if place else 0
        return float(schedule(step - first)) if callable(schedule) else schedule
