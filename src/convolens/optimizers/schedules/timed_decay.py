"""TimedDecay: what schedules share that go down with the number of periods."""

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class TimedDecay(LearningRateSchedule):
    """The base of `ExponentialDecay` and `InverseTimeDecay`, which say what their arguments mean."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        where = type(self).__name__
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.decay_rate = number_in(where, "decay_rate", decay_rate, 0.0, _INFINITY)
        self.staircase = bool(staircase)
        self.name = name or where

    def times(self, step: int) -> float:
        """Return how many periods of `decay_steps` have passed; whole ones in stairs."""
        return step // self.decay_steps if self.staircase else step / self.decay_steps
