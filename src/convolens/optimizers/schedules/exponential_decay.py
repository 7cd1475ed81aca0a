"""ExponentialDecay: times a factor every so many steps."""

from convolens.arguments import integer, number_in
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class ExponentialDecay(LearningRateSchedule):
    """Multiply the rate by `decay_rate` every `decay_steps` steps, smoothly or in stairs.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: >= 1.
        decay_rate: factor per `decay_steps`, >= 0.
        staircase: whether to change only at multiples of `decay_steps`.
        name: a name of your own.

    Example:
        >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
        0.025

    Source: Keras 3 `ExponentialDecay`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        where = "ExponentialDecay"
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
        return float(self.initial_learning_rate * self.decay_rate**times)
