"""What watches one number: which direction is better, whether a value is better, and which is the best."""

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from convolens.arguments import did_you_mean, number_in, one_of
from convolens.callbacks.callback import Callback, Logs
from convolens.callbacks.older.names import name_in
from convolens.errors import ArgumentError, UnknownNameError
from convolens.metrics import METRICS

MODES = ("auto", "min", "max")
# In names of classes; what only sums or counts says nothing.
_LARGER = (
    "Accuracy",
    "AUC",
    "Precision",
    "Recall",
    "Sensitivity",
    "Score",
    "Similarity",
    "Correlation",
    "IoU",
)
_NEITHER = ("Mean", "Sum", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
_LARGER_WORDS = {"acc", "accuracy", "auc", "precision", "recall", "f1"}  # in names in the logs, between "_"
_SMALLER_WORDS = {"loss", "error", "crossentropy"}


def larger_is_better(monitor: str, mode: str, metrics: Iterable[Any] = ()) -> bool | None:
    """Return whether a rise of `monitor` is an improvement; None where its name does not say.

    Args:
        monitor: a name in the logs.
        mode: "min", "max", or "auto": by the metric of that name, else by the words in the name.
        metrics: the model's.

    Example:
        >>> larger_is_better("val_accuracy", "auto"), larger_is_better("val_loss", "auto")
        (True, False)
        >>> larger_is_better("val_wobble", "auto") is None
        True
    """
    if mode != "auto":
        return mode == "max"
    name = monitor.removeprefix("val_")
    plain = name.replace("weighted_", "", 1)  # what the logs call a metric that is also there without weights
    made = next((type(metric) for metric in metrics if metric.name in (name, plain)), METRICS.get(plain))
    if made is not None and any(word in made.__name__ for word in _LARGER):
        return True
    words = set(name.split("_"))
    of_ours = made is not None and made in METRICS.values() and made.__name__ not in _NEITHER
    if of_ours or words & _SMALLER_WORDS:
        return False
    return True if words & _LARGER_WORDS else None


def is_better(value: float, best: float | None, larger: bool, min_delta: float = 0.0) -> bool:
    """Return whether a value improves on the best so far: NaN never does, nor a tie; anything else improves on None.

    Args:
        value: of the epoch that ended.
        best: of the epochs before; None where there was none.
        larger: whether a rise is an improvement.
        min_delta: a smaller change is no improvement.

    Example:
        >>> is_better(0.9, 0.8, larger=True), is_better(0.8, 0.8, larger=False), is_better(float("nan"), None, larger=True)
        (True, False, False)
    """
    if math.isnan(value):
        return False
    if best is None:
        return True
    return value - min_delta > best if larger else value + min_delta < best


def best_place(values: Sequence[float], larger: bool) -> int | None:
    """Return the place of the best value, the first of equals; None where none is finite.

    Example:
        >>> best_place([float("nan"), 0.5, 0.4, 0.4, float("-inf")], larger=False)
        2
    """
    best = None
    for place, value in enumerate(values):
        if math.isfinite(value) and is_better(value, None if best is None else values[best], larger):
            best = place
    return best


class MonitorCallback(Callback):
    """Watches one name in an epoch's logs.

    Args:
        monitor: "val_loss", "val_accuracy", "loss" ...
        mode: "min", "max", or "auto": by the metric of that name, or the words in the name.
        min_delta: a smaller change is no improvement.

    Attributes:
        larger: whether a rise is an improvement; None until `fit` where only the model knows.

    Raises:
        UnknownNameError: another mode; in `fit`, a name that the training will not report.
        ArgumentError: in `fit`, mode is "auto", and nothing says which direction is better.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        super().__init__()
        self.monitor = monitor
        self.mode = one_of(type(self).__name__, "mode", mode, MODES)
        self.larger = larger_is_better(monitor, mode)
        self.min_delta = abs(
            number_in(type(self).__name__, "min_delta", min_delta, float("-inf"), float("inf"))
        )
        self._resumed = False

    def is_better(self, value: float, best: float | None) -> bool:
        """Return whether a value improves on the best by `min_delta`; see `callbacks.monitor.is_better`.

        Args:
            value, best: as there.
        """
        return is_better(value, best, bool(self.larger), self.min_delta)

    def find_direction(self) -> None:
        """Ask the model's metrics whether a rise is an improvement.

        Raises:
            ArgumentError: mode is "auto", and nothing says it.
        """
        metrics = [
            *getattr(self.model, "compiled_metrics", ()),
            *getattr(self.model, "weighted_metrics", ()),
        ]
        self.larger = larger_is_better(self.monitor, self.mode, metrics)
        if self.larger is None:
            raise ArgumentError(
                f"{type(self).__name__}: mode='auto' cannot tell whether {self.monitor!r} is better when larger "
                "or when smaller; give mode='max' or mode='min'."
            )

    def check_names(self, names: list[str], argument: str = "monitor") -> None:
        """Check, before the first epoch, that the logs will have these names.

        Args:
            names: asked of the logs.
            argument: what an error calls where they stand.

        Raises:
            UnknownNameError: the training will not report one of them; the nearest is offered.
        """
        known = self.params.get("metrics")
        if not known or self.params.get("unnamed"):
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

    def settle_name(self) -> None:
        """Watch what the logs have under another age's name: "val_accuracy" for "val_acc", and the reverse."""
        self.monitor = name_in(self.params.get("metrics") or (), self.monitor)

    def on_train_begin(self, logs: Logs = None) -> None:
        self.settle_name()
        self.check_names([self.monitor])
        self.find_direction()

    def value_in(self, logs: Logs) -> float | None:
        """Return the watched value, or None (with a warning) where the epoch has none.

        Raises:
            ArgumentError: it is not a single number.
        """
        value: Any = (logs or {}).get(self.monitor)
        if value is None:
            warnings.warn(
                f"{type(self).__name__}: {self.monitor!r} is not among {', '.join(logs or {}) or 'no logs'}.",
                stacklevel=3,
            )
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ArgumentError(
                f"{type(self).__name__}: monitor={self.monitor!r} is no single number: {value!r}; "
                "choose one that is, for example 'val_loss'."
            ) from None
