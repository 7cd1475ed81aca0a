"""Precision and recall of yes-no predictions, at one threshold or several."""

from typing import Any

import torch

from convolens.arguments import integer
from convolens.metrics.metric import Metric
from convolens.metrics.thresholds import LOWEST, count, evenly_spaced, parse_thresholds


class _AtThresholds(Metric):
    """What precision and recall share."""

    wrong = ""  # the count that makes up the denominator with the true positives

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        where = type(self).__name__
        self.init_thresholds = thresholds
        self.top_k = None if top_k is None else integer(where, "top_k", top_k)
        self.class_id = None if class_id is None else integer(where, "class_id", class_id, 0)
        self.thresholds = parse_thresholds(where, thresholds, 0.5 if top_k is None else LOWEST)
        self.add_state("true_positives", (len(self.thresholds),))
        self.add_state(self.wrong, (len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; predictions in [0, 1], labels 0 or 1 (one-hot for classes)."""
        counts = count(
            type(self).__name__,
            y_true,
            y_pred,
            self.thresholds,
            evenly_spaced(self.thresholds),
            sample_weight,
            self.top_k,
            self.class_id,
        )._asdict()
        self.accumulate(true_positives=counts["true_positives"], **{self.wrong: counts[self.wrong]})

    def result(self) -> Any:
        """Return the value so far: a float, or an array with one value per threshold."""
        right = self.state("true_positives")
        values = divide_or_zero(right, right + self.state(self.wrong))
        return values.item() if len(self.thresholds) == 1 else values.numpy()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return super().get_config() | {"thresholds": self.init_thresholds}


class Precision(_AtThresholds):
    """Share of the positive predictions that are right.

    Args:
        thresholds: a number in [0, 1], or several; predictions above it are positive. 0.5.
        top_k: count only the k largest predictions of each sample as positive.
        class_id: count only this class.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Raises:
        ArgumentError: a threshold out of range.

    Example:
        >>> Precision()([0, 1, 1], [0.9, 0.8, 0.2])
        0.5

    Source: Keras 3 `keras.metrics.Precision`.
    """

    wrong = "false_positives"


class Recall(_AtThresholds):
    """Share of the positive labels that are found; arguments as of `Precision`.

    Example:
        >>> Recall()([0, 1, 1], [0.9, 0.8, 0.2])
        0.5

    Source: Keras 3 `keras.metrics.Recall`.
    """

    wrong = "false_negatives"


def divide_or_zero(numerator: torch.Tensor, denominator: torch.Tensor) -> torch.Tensor:
    """Return the quotient, 0 where the denominator is 0.

    Example:
        >>> divide_or_zero(torch.tensor([1.0, 1.0]), torch.tensor([2.0, 0.0]))
        tensor([0.5000, 0.0000])
    """
    zero = denominator == 0
    quotient = numerator / torch.where(zero, torch.ones_like(denominator), denominator)
    return torch.where(zero, torch.zeros_like(quotient), quotient)
