"""CosineDecay: down along half a cosine."""

import math

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class CosineDecay(LearningRateSchedule):
    """Fall along half a cosine, after a linear warm-up if asked.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: steps of the fall, >= 1.
        alpha: the last rate as a fraction of the largest.
        name: a name of your own.
        warmup_target: rate at the end of the warm-up; None for no warm-up.
        warmup_steps: steps of the warm-up.

    Example:
        >>> CosineDecay(0.1, decay_steps=100)(50)
        0.05

    Source: Keras 3 `CosineDecay`; Loshchilov & Hutter, SGDR, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        where = "CosineDecay"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.alpha = number_in(where, "alpha", alpha, 0.0, _INFINITY)
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = integer(where, "warmup_steps", warmup_steps, 0)

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        largest = self.initial_learning_rate
        if self.warmup_target is not None:
            largest = self.warmup_target
            if step < self.warmup_steps:
                rise = largest - self.initial_learning_rate
                return self.initial_learning_rate + rise * step / self.warmup_steps
            step -= self.warmup_steps
        fraction = min(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1.0 + math.cos(math.pi * fraction))
        return largest * ((1.0 - self.alpha) * cosine + self.alpha)
