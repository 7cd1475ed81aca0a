"""PiecewiseConstantDecay: one rate between two boundaries."""

from collections.abc import Sequence

from convolens.arguments import number_in
from convolens.errors import ArgumentError
from convolens.optimizers.schedules.schedule import LearningRateSchedule

_INFINITY = float("inf")


class PiecewiseConstantDecay(LearningRateSchedule):
    """Use `values[0]` up to and including step `boundaries[0]`, then `values[1]`, and so on.

    Args:
        boundaries: steps in increasing order.
        values: rates, one more than boundaries.
        name: a name of your own.

    Raises:
        ArgumentError: not one value more than boundaries, boundaries out of order, or a rate below 0.

    Example:
        >>> schedule = PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001])
        >>> schedule(10), schedule(11), schedule(21)
        (0.1, 0.01, 0.001)

    Source: Keras 3 `PiecewiseConstantDecay`.
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ArgumentError(
                "PiecewiseConstantDecay: expected one value more than boundaries; received "
                f"{len(boundaries)} boundaries and {len(values)} values."
            )
        if list(boundaries) != sorted(boundaries):
            raise ArgumentError(
                "PiecewiseConstantDecay: boundaries must be in increasing order; "
                f"received {list(boundaries)}."
            )
        self.boundaries = list(boundaries)
        self.values = [
            number_in("PiecewiseConstantDecay", "values", value, 0.0, _INFINITY) for value in values
        ]
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        return self.values[sum(step > boundary for boundary in self.boundaries)]
