"""InverseTimeDecay: divided by one plus the time."""

from convolens.optimizers.schedules.timed_decay import TimedDecay


class InverseTimeDecay(TimedDecay):
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

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        return self.initial_learning_rate / (1.0 + self.decay_rate * self.times(step))
