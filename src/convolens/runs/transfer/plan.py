"""For how many epochs the layers should learn from a few photos: by the time that there is."""

import math
from dataclasses import dataclass, replace

from convolens.options.transfer import Transfer
from convolens.runs.output.screen import seconds_text

# Steps that are wanted: of a trial that only judges, and of what the run ends with. Where time is short, both are fewer.
TRIAL_STEPS, STEPS = 100, 320
LEAST_STEPS, LEAST_ENDING = 80, 160  # fewer teach too little to judge by, or to end with
FEWEST_EPOCHS = 8  # of what the run ends with, where there are many photos
REFIT_MOST = 1000  # photos; with more, a head does not miss those kept for validation
# Photos up to which what a trial showed is done again from all. With more the trial itself is what the run ends with: 82 of 400
# are not missed, and a hundred steps were too few to show what three hundred learn.
AGAIN_MOST = 250
# Where nobody said how many minutes, rather a slow better answer than none: up to twice the usual minutes for four fifths of
# what is wanted, up to three times for the least.
LONGER, LONGEST, FOUR_FIFTHS = 2.0, 3.0, 0.8
RESERVED = 15.0  # seconds for scoring, pictures and the report


@dataclass(frozen=True)
class Pace:
    """What a machine needs.

    Attributes:
        spent: seconds since the command was typed.
        step: seconds of a training step. validation: seconds of the validation after an epoch.
    """

    spent: float
    step: float
    validation: float


def plan(
    transfer: Transfer,
    steps: int,
    photos: int,
    pace: Pace,
    learn_all: bool,
    asked: int | None = None,
) -> Transfer:
    """Return how many epochs the trial gets, and how many with all photos follow.

    Args:
        transfer: what was asked for.
        steps: batches an epoch.
        photos: on both sides.
        pace: of this machine.
        learn_all: whether the layers are to learn from all photos in the end.
        asked: epochs of the trial; None takes what the minutes allow.

    Example:
        >>> found = plan(Transfer(), 10, 200, Pace(10.0, 0.25, 1.0), learn_all=True)
        >>> found.trial_epochs, found.whole_epochs
        (10, 32)
        >>> plan(Transfer(minutes=0.5), 10, 200, Pace(10.0, 0.25, 1.0), learn_all=True).trial_epochs
        0
    """
    step_seconds = steps * pace.step
    trial_seconds = step_seconds + pace.validation  # of an epoch
    if asked is not None:
        whole = asked if learn_all else 0
        return replace(transfer, trial_epochs=asked, whole_epochs=whole, by_minutes=False)
    budget, gone = 60 * transfer.budget(photos), pace.spent + RESERVED
    ending = max(FEWEST_EPOCHS, math.ceil(STEPS / steps))
    wanted, then = (math.ceil(TRIAL_STEPS / steps), ending) if learn_all else (ending, 0)
    least, least_then = (
        (math.ceil(LEAST_STEPS / steps), math.ceil(LEAST_ENDING / steps))
        if learn_all
        else (math.ceil(LEAST_ENDING / steps), 0)
    )
    cost = wanted * trial_seconds + then * step_seconds
    minimum = least * trial_seconds + least_then * step_seconds
    left = budget - gone
    if transfer.minutes is None:
        left = max(left, min(FOUR_FIFTHS * cost, LONGER * budget - gone))
        if left < minimum <= LONGEST * budget - gone:
            left = minimum
    if left < minimum:
        needed = minimum + gone
        advice = f"--minutes {math.ceil(needed / 60)} or more"
        reason = f"{transfer.reason}, but that takes about {seconds_text(needed)}: {advice}"
        return replace(transfer, trial_epochs=0, whole_epochs=0, reason=reason)
    # between the least and what is wanted, both legs by the same share
    share = 1.0 if left >= cost else (left - minimum) / (cost - minimum)
    trial, whole = (
        math.floor(low + share * (high - low) + 1e-9) for low, high in ((least, wanted), (least_then, then))
    )
    return replace(transfer, trial_epochs=trial, whole_epochs=whole)


def seconds_of_legs(transfer: Transfer, steps: int, pace: Pace) -> dict[str, float]:
    """Return about how long the trial and the learning from all photos take, those that there are.

    Args:
        transfer: as planned.
        steps: batches an epoch.
        pace: of this machine.

    Example:
        >>> seconds_of_legs(Transfer(trial_epochs=10, whole_epochs=32), 10, Pace(10.0, 0.25, 1.0))
        {'trial': 35.0, 'all photos': 80.0}
    """
    trial = (transfer.trial_epochs or 0) * (steps * pace.step + pace.validation)
    parts = {"trial": trial, "all photos": transfer.whole_epochs * steps * pace.step}
    return {name: seconds for name, seconds in parts.items() if seconds}
