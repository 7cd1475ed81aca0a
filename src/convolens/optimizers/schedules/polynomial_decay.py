"""PolynomialDecay: down along a power of what is left."""

import math

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class PolynomialDecay(LearningRateSchedule):
    """Fall to `end_learning_rate` as the power of the share of steps that is left.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: steps of the fall, >= 1.
        end_learning_rate: the last rate, >= 0.
        power: 1 falls along a line, >= 0.
        cycle: whether to begin a longer fall behind the end, rather than stay there.
        name: a name of your own.

    Example:
        >>> PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.0)(5)
        0.25

    Source: Keras 3 `PolynomialDecay`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        where = "PolynomialDecay"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.end_learning_rate = number_in(where, "end_learning_rate", end_learning_rate, 0.0, _INFINITY)
        self.power = number_in(where, "power", power, 0.0, _INFINITY)
        self.cycle = bool(cycle)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        falls = max(1, math.ceil(step / self.decay_steps)) if self.cycle else 1
        length = self.decay_steps * falls
        left = 1.0 - min(step, length) / length
        return (
            self.end_learning_rate + (self.initial_learning_rate - self.end_learning_rate) * left**self.power
        )
