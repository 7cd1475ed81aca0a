"""CosineDecayRestarts: down along half a cosine, again and again."""

import math

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class CosineDecayRestarts(LearningRateSchedule):
    """Fall along half a cosine, then begin again, each time longer and lower.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        first_decay_steps: steps of the first fall, >= 1.
        t_mul: how much longer each fall is than the one before, >= 1.
        m_mul: what each fall's beginning is multiplied by, >= 0.
        alpha: the last rate as a fraction of the first.
        name: a name of your own.

    Example:
        >>> schedule = CosineDecayRestarts(0.1, first_decay_steps=10, m_mul=0.5)
        >>> [round(schedule(step), 3) for step in (0, 5, 10, 20)]
        [0.1, 0.05, 0.05, 0.025]

    Source: Keras 3 `CosineDecayRestarts`; Loshchilov & Hutter, SGDR, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        where = "CosineDecayRestarts"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.first_decay_steps = integer(where, "first_decay_steps", first_decay_steps)
        self.t_mul = number_in(where, "t_mul", t_mul, 1.0, _INFINITY)
        self.m_mul = number_in(where, "m_mul", m_mul, 0.0, _INFINITY)
        self.alpha = number_in(where, "alpha", alpha, 0.0, _INFINITY)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        begun, length, height = 0.0, float(self.first_decay_steps), 1.0
        if self.t_mul == 1.0:
            falls = int(step // length)
            begun, height = falls * length, self.m_mul**falls
        while step >= begun + length:
            begun, length, height = begun + length, length * self.t_mul, height * self.m_mul
        cosine = 0.5 * height * (1.0 + math.cos(math.pi * (step - begun) / length))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)
