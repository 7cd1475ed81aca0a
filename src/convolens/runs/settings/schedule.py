"""The learning rate of a run, step by step."""

import math
from typing import Any

from convolens.optimizers.schedules import OneCycle, SequentialSchedule
from convolens.runs.settings.options import Settings

# Of a leg; in 40 the full rate, reached after 12 steps, made networks forget everything.
FULL_RATE_STEPS = 150


def planned_steps(settings: Settings, steps_an_epoch: int) -> int:
    """Return how many batches the training is planned to take."""
    epochs = settings.epochs if settings.schedule_epochs is None else settings.schedule_epochs
    return math.ceil(steps_an_epoch * epochs)


def learning_rate(settings: Settings, steps_an_epoch: int) -> Any:
    """Return the rate as an optimizer takes it; a fine-tuning has one schedule for the head alone, and one for what follows.

    Args:
        settings: of the run.
        steps_an_epoch: batches.
    """
    if settings.transfer is not None:
        return _of_legs(settings, steps_an_epoch)
    steps = planned_steps(settings, steps_an_epoch)
    tuning = settings.finetuning
    if tuning is None or not tuning.first_epochs:
        return _of(settings, settings.learning_rate, steps)
    first = steps_an_epoch * tuning.first_epochs
    head = _of(settings, tuning.head_learning_rate, first)
    if steps <= first:
        return head
    return SequentialSchedule([head, _of(settings, settings.learning_rate, steps - first)], [first])


def _of_legs(settings: Settings, steps_an_epoch: int) -> Any:
    """Return a schedule for the trial, and one for the epochs with all photos; short ones rise less high, where they would rise too fast."""
    transfer = settings.transfer
    trial, whole = (0, 0) if transfer is None else (transfer.trial_epochs or 0, transfer.whole_epochs)
    first = _of_leg(settings, trial * steps_an_epoch)
    if not trial or not whole:
        return first
    second = _of_leg(settings, whole * steps_an_epoch)
    return SequentialSchedule([first, second], [trial * steps_an_epoch])


def _of_leg(settings: Settings, steps: int) -> Any:
    return _of(settings, rate_of_leg(settings, steps), steps)


def rate_of_leg(settings: Settings, steps: int) -> float:
    """Return the highest rate of so many steps from a first answer: a lower one where it would be reached too fast."""
    return settings.learning_rate * min(1.0, steps / FULL_RATE_STEPS)


def _of(settings: Settings, rate: float, steps: int) -> Any:
    return OneCycle(rate, max(steps, 2)) if settings.schedule == "one-cycle" else rate
