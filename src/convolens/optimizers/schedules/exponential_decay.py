"""ExponentialDecay: times a factor every so many steps."""

from convolens.optimizers.schedules.timed_decay import TimedDecay


class ExponentialDecay(TimedDecay):
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

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        return float(self.initial_learning_rate * self.decay_rate ** self.times(step))
