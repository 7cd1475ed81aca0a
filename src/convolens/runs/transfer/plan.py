"""For how many epochs the layers should learn from a few photos: by the time that there is."""

import math
from dataclasses import dataclass, replace

from convolens.runs.output.screen import seconds_text
from convolens.runs.settings.transfer import Transfer

# Steps that are wanted: of a trial that only judges, and of what the run ends with. Where time is short, both are fewer.
TRIAL_STEPS, STEPS, FEWEST_EPOCHS = (
    100,
    320,
    8,
)  # the last of what the run ends with, where there are many photos
LEAST_STEPS = 80  # fewer teach too little to judge by
REFIT_MOST = 1000  # photos; with more, those kept for validation are not missed in the training
OVER = 3.0  # times the usual minutes, where nobody said how many: rather a slow better answer than none
RESERVED = 15.0  # seconds for scoring, pictures and the report


@dataclass(frozen=True)
class Speed:
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
    speed: Speed,
    learn_all: bool,
    asked: int | None = None,
) -> Transfer:
    """Return how many epochs the trial gets, and how many with all photos follow.

    Args:
        transfer: what was asked for.
        steps: batches an epoch.
        photos: on both sides.
        speed: of this machine.
        learn_all: whether the layers may learn from all photos in the end.
        asked: epochs of the trial; None takes what the minutes allow.

    Example:
        >>> found = plan(Transfer(), 10, 200, Speed(10.0, 0.25, 1.0), learn_all=True)
        >>> found.trial_epochs, found.whole_epochs
        (10, 32)
        >>> plan(Transfer(minutes=0.5), 10, 200, Speed(10.0, 0.25, 1.0), learn_all=True).trial_epochs
        0
    """
    step_seconds = steps * speed.step
    trial_seconds = step_seconds + speed.validation  # of an epoch
    if asked is not None:
        whole = asked if learn_all else 0
        return replace(transfer, trial_epochs=asked, whole_epochs=whole, by_minutes=False)
    left = 60 * transfer.budget(photos) - speed.spent - RESERVED
    ending = max(FEWEST_EPOCHS, math.ceil(STEPS / steps))
    wanted, then = (math.ceil(TRIAL_STEPS / steps), ending) if learn_all else (ending, 0)
    least = math.ceil(LEAST_STEPS / steps)
    cost = wanted * trial_seconds + then * step_seconds
    needed = cost * least / wanted + speed.spent + RESERVED
    if transfer.minutes is None and needed <= 60 * OVER * transfer.budget(
        photos
    ):  # a slow machine takes longer
        left = max(left, cost * least / wanted)
    share = min(1.0, max(0.0, left) / cost)
    trial, whole = math.floor(share * wanted + 1e-9), math.floor(share * then + 1e-9)
    if trial < least:
        advice = f"--minutes {math.ceil(needed / 60)} or more"
        reason = f"{transfer.reason}, but that takes about {seconds_text(needed)}: {advice}"
        return replace(transfer, trial_epochs=0, whole_epochs=0, reason=reason)
    return replace(transfer, trial_epochs=trial, whole_epochs=whole)
