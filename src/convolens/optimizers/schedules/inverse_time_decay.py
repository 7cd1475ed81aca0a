"""InverseTimeDecay: divided by one plus the time."""

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class InverseTimeDecay(LearningRateSchedule):
    """Divide the rate by `1 + decay_rate * step / decay_steps`: the old optimizers' `decay`.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: >= 1; 1 gives the meaning of the old `decay=decay_rate`.
        decay_rate: >= 0.
        staircase: whether to change only at multiples of `decay_steps`.
        name: a name of your own.

    Example:
        >>> InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5)(2)
        0.05

    Source: Keras 3 `InverseTimeDecay`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        where = "InverseTimeDecay"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.decay_rate = number_in(where, "decay_rate", decay_rate, 0.0, _INFINITY)
        self.staircase = bool(staircase)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        times = step // self.decay_steps if self.staircase else step / self.decay_steps
        return self.initial_learning_rate / (1.0 + self.decay_rate * times)
