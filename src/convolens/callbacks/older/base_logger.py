"""BaseLogger: means over an epoch, which all logs here are already."""

from collections.abc import Iterable

from convolens.callbacks.callback import Callback


class BaseLogger(Callback):
    """Does nothing: `fit` reports the means of an epoch itself, as Keras' own `BaseLogger` made them.

    Args:
        stateful_metrics: accepted, as in Keras 2.

    Example:
        >>> BaseLogger().stateful_metrics
        []
    """

    def __init__(self, stateful_metrics: Iterable[str] | None = None) -> None:
        super().__init__()
        self.stateful_metrics = list(stateful_metrics or [])
