"""What callbacks that watch one number share: which direction is better, and is this value better."""

import math
import warnings
from typing import Any

from convolens.arguments import did_you_mean, one_of
from convolens.callbacks.callback import Callback, Logs
from convolens.errors import UnknownNameError

MODES = ("auto", "min", "max")
# Metrics that Keras takes as better when larger; what these words end in is one of them too.
_LARGER_IS_BETTER = (
    "acc",
    "accuracy",
    "auc",
    "precision",
    "recall",
    "f1_score",
    "top_k",
    "cosine_similarity",
)


def larger_is_better(monitor: str, mode: str) -> bool:
    """Return whether a rise of `monitor` is an improvement.

    Example:
        >>> larger_is_better("val_accuracy", "auto"), larger_is_better("val_loss", "auto")
        (True, False)
    """
    if mode != "auto":
        return mode == "max"
    name = monitor.removeprefix("val_")
    return any(name.endswith(word) or word in name for word in _LARGER_IS_BETTER)


class MonitorCallback(Callback):
    """Watches one name in an epoch's logs.

    Args:
        monitor: "val_loss", "val_accuracy", "loss" ...
        mode: "min", "max", or "auto": by the name.
        min_delta: a smaller change is no improvement.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        super().__init__()
        self.monitor = monitor
        self.mode = one_of(type(self).__name__, "mode", mode, MODES)
        self.larger = larger_is_better(monitor, mode)
        self.min_delta = abs(min_delta)

    def is_better(self, value: float, best: float | None) -> bool:
        """Return whether `value` improves on `best`; NaN never does, anything improves on None."""
        if math.isnan(value):
            return False
        if best is None:
            return True
        return value - self.min_delta > best if self.larger else value + self.min_delta < best

    def check_names(self, names: list[str], argument: str = "monitor") -> None:
        """Raise UnknownNameError, before the first epoch, for a name that the logs will not have."""
        known = self.params.get("metrics")
        if not known:
            return
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known)
                if name.startswith("val_") and not any(metric.startswith("val_") for metric in known):
                    hint = " Give fit validation_data or validation_split."
                raise UnknownNameError(
                    f"{type(self).__name__}: {argument} names {name!r}, which the training will not report; "
                    f"it reports {', '.join(known)}.{hint}"
                )

    def on_train_begin(self, logs: Logs = None) -> None:
        self.check_names([self.monitor])

    def value_in(self, logs: Logs) -> float | None:
        """Return the watched value, or None (with a warning) where the epoch has none."""
        value: Any = (logs or {}).get(self.monitor)
        if value is None:
            warnings.warn(
                f"{type(self).__name__}: {self.monitor!r} is not among {', '.join(logs or {}) or 'no logs'}.",
                stacklevel=3,
            )
            return None
        return float(value)
