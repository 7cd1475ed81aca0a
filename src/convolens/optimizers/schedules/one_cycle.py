"""OneCycle: up to a large learning rate, and down again."""

import math

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class OneCycle(LearningRateSchedule):
    """Rise to a large rate, then fall far below the start, both along half a cosine.

    Args:
        maximum: the largest rate, > 0, reached after `warmup_fraction` of the steps.
        total_steps: steps of the whole run (epochs times steps per epoch), >= 2.
        warmup_fraction: share of the steps that rise, in [0, 1).
        initial_divisor: the first rate is `maximum / initial_divisor`.
        final_divisor: the last rate is the first one divided by this; later steps keep it.
        name: a name of your own.

    Example:
        >>> schedule = OneCycle(maximum=0.1, total_steps=101)
        >>> [round(schedule(step), 4) for step in (0, 30, 65, 100)]
        [0.004, 0.1, 0.0492, 0.0]

    Source: Smith & Topin, "Super-Convergence", arXiv:1708.07120, in the two-phase cosine shape of
    `torch.optim.lr_scheduler.OneCycleLR`.
    """

    def __init__(
        self,
        maximum: float,
        total_steps: int,
        warmup_fraction: float = 0.3,
        initial_divisor: float = 25.0,
        final_divisor: float = 1e4,
        name: str = "OneCycle",
    ) -> None:
        where = "OneCycle"
        self.maximum = number_in(where, "maximum", maximum, 0.0, _INFINITY, open_high=True)
        self.total_steps = integer(where, "total_steps", total_steps, 2)
        self.warmup_fraction = number_in(where, "warmup_fraction", warmup_fraction, 0.0, 1.0, open_high=True)
        self.initial_divisor = number_in(where, "initial_divisor", initial_divisor, 1.0, _INFINITY)
        self.final_divisor = number_in(where, "final_divisor", final_divisor, 1.0, _INFINITY)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        last = self.total_steps - 1
        position = min(max(step, 0), last)
        first = self.maximum / self.initial_divisor
        peak = self.warmup_fraction * self.total_steps - 1.0
        if position <= peak:
            return _along_cosine(first, self.maximum, position / peak if peak > 0 else 1.0)
        fraction = (position - peak) / (last - peak)
        return _along_cosine(self.maximum, first / self.final_divisor, fraction)


def _along_cosine(start: float, end: float, fraction: float) -> float:
    """Return the point at `fraction` of half a cosine from `start` to `end`."""
    return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * fraction))
