"""How many yes-no predictions are right and wrong, at one threshold or several; and the best of one rate where another is kept."""

from typing import Any, ClassVar

import torch

from convolens.arguments import integer, number_in
from convolens.metrics.metric import Metric
from convolens.metrics.precision_recall import divide_or_zero
from convolens.metrics.thresholds import count, evenly_spaced, parse_thresholds


class _Count(Metric):
    """What the four counts share.

    Args:
        thresholds: a number in [0, 1], or several; predictions above it are positive. 0.5.
        name: what logs call it.
        dtype: accepted; sums are float64.
    """

    counted = ""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.init_thresholds = thresholds
        self.thresholds = parse_thresholds(type(self).__name__, thresholds, 0.5)
        self.add_state(self.counted, (len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; predictions in [0, 1], labels 0 or 1."""
        evenly = evenly_spaced(self.thresholds)
        counts = count(type(self).__name__, y_true, y_pred, self.thresholds, evenly, sample_weight)
        self.accumulate(**{self.counted: counts._asdict()[self.counted]})

    def result(self) -> Any:
        """Return the weighted count so far: a float, or an array with one value per threshold."""
        values = self.state(self.counted)
        return values.item() if len(self.thresholds) == 1 else values.numpy()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return super().get_config() | {"thresholds": self.init_thresholds}


class TruePositives(_Count):
    """How many predictions are positive, and right.

    Example:
        >>> TruePositives()([0, 1, 1], [0.9, 0.8, 0.2])
        1.0
    """

    counted = "true_positives"
    keras_words: ClassVar = {"accumulator": counted}


class TrueNegatives(_Count):
    """How many predictions are negative, and right.

    Example:
        >>> TrueNegatives()([0, 1, 0], [0.1, 0.8, 0.7])
        1.0
    """

    counted = "true_negatives"
    keras_words: ClassVar = {"accumulator": counted}


class FalsePositives(_Count):
    """How many predictions are positive, and wrong.

    Example:
        >>> FalsePositives()([0, 1, 1], [0.9, 0.8, 0.2])
        1.0
    """

    counted = "false_positives"
    keras_words: ClassVar = {"accumulator": counted}


class FalseNegatives(_Count):
    """How many predictions are negative, and wrong.

    Example:
        >>> FalseNegatives()([0, 1, 1], [0.9, 0.8, 0.2])
        1.0
    """

    counted = "false_negatives"
    keras_words: ClassVar = {"accumulator": counted}


class _BestWhere(Metric):
    """What metrics share that keep one rate at least at a value, and give the best of another over many thresholds.

    Args:
        kept_at_least: in [0, 1].
        num_thresholds: how many, evenly spaced over [0, 1].
        class_id: count only this class.
        name: what logs call it.
        dtype: accepted; sums are float64.
    """

    kept, given = "", ""

    def __init__(
        self, kept_at_least: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any
    ) -> None:
        super().__init__(name, dtype)
        where = type(self).__name__
        self.value = number_in(where, self.kept, kept_at_least, 0.0, 1.0)
        self.num_thresholds = integer(where, "num_thresholds", num_thresholds)
        self.class_id = None if class_id is None else integer(where, "class_id", class_id, 0)
        steps = self.num_thresholds - 1
        inner = [(i + 1) / steps for i in range(steps - 1)]
        self.thresholds = [0.0, *inner, 1.0] if steps else [0.5]
        for state in ("true_positives", "false_positives", "true_negatives", "false_negatives"):
            self.add_state(state, (len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; predictions in [0, 1], labels 0 or 1 (one-hot for classes)."""
        where, evenly = type(self).__name__, evenly_spaced(self.thresholds)
        counts = count(where, y_true, y_pred, self.thresholds, evenly, sample_weight, None, self.class_id)
        self.accumulate(**counts._asdict())

    def rate(self, name: str) -> torch.Tensor:
        """Return a rate at each threshold: "precision", "recall", "sensitivity" (the same) or "specificity"."""
        right, wrong = self.state("true_positives"), self.state("false_positives")
        if name == "precision":
            return divide_or_zero(right, right + wrong)
        if name == "specificity":
            return divide_or_zero(self.state("true_negatives"), self.state("true_negatives") + wrong)
        return divide_or_zero(right, right + self.state("false_negatives"))

    def result(self) -> Any:
        """Return the best of the one rate where the other is kept, 0.0 where it is kept nowhere."""
        found = self.rate(self.given)[self.rate(self.kept) >= self.value]
        return found.max().item() if len(found) else 0.0


class SensitivityAtSpecificity(_BestWhere):
    """The best sensitivity where the specificity is at least a value.

    Args:
        specificity: in [0, 1].
        num_thresholds: how many, evenly spaced over [0, 1].
        class_id: count only this class.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        0.5

    Source: Keras 3 `keras.metrics.SensitivityAtSpecificity`.
    """

    kept, given = "specificity", "sensitivity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = self.value


class SpecificityAtSensitivity(_BestWhere):
    """The best specificity where the sensitivity is at least a value.

    Args:
        sensitivity: in [0, 1].
        num_thresholds, class_id, name, dtype: as of `SensitivityAtSpecificity`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> round(SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]), 4)
        0.6667

    Source: Keras 3 `keras.metrics.SpecificityAtSensitivity`.
    """

    kept, given = "sensitivity", "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = self.value


class PrecisionAtRecall(_BestWhere):
    """The best precision where the recall is at least a value.

    Args:
        recall: in [0, 1].
        num_thresholds, class_id, name, dtype: as of `SensitivityAtSpecificity`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])
        0.5

    Source: Keras 3 `keras.metrics.PrecisionAtRecall`.
    """

    kept, given = "recall", "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = self.value


class RecallAtPrecision(_BestWhere):
    """The best recall where the precision is at least a value.

    Args:
        precision: in [0, 1].
        num_thresholds, class_id, name, dtype: as of `SensitivityAtSpecificity`.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        0.5

    Source: Keras 3 `keras.metrics.RecallAtPrecision`.
    """

    kept, given = "precision", "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = self.value
