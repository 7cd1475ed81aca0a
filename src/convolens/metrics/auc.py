"""Area under the ROC or precision-recall curve, by Keras' fixed thresholds."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import integer, one_of
from convolens.losses.loss import as_float
from convolens.metrics.metric import Metric
from convolens.metrics.precision_recall import divide_or_zero
from convolens.metrics.thresholds import count, evenly_spaced, parse_thresholds


class AUC(Metric):
    """Area under a curve through the points at many thresholds.

    Args:
        num_thresholds: how many, >= 2, evenly spaced over [0, 1].
        curve: "ROC" (recall over false positive rate) or "PR" (precision over recall).
        summation_method: "interpolation" (trapezoids; for PR the interpolation of Davis and
            Goadrich), "minoring" (lower steps) or "majoring" (upper steps).
        name: what logs call it.
        thresholds: inner thresholds of your own in [0, 1], instead of `num_thresholds`.
        from_logits: whether predictions are logits.

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        0.75

    Source: Keras 3 `keras.metrics.AUC` (multi_label left out); Davis & Goadrich, ICML 2006.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        thresholds: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name)
        self.curve = one_of("AUC", "curve", str(curve).upper(), ("ROC", "PR"))
        self.summation_method = one_of(
            "AUC",
            "summation_method",
            str(summation_method).lower(),
            ("interpolation", "minoring", "majoring"),
        )
        self.from_logits = bool(from_logits)
        self.init_thresholds = None if thresholds is None else list(thresholds)
        if thresholds is None:
            steps = integer("AUC", "num_thresholds", num_thresholds, 2) - 1
            inner = [(i + 1) / steps for i in range(steps - 1)]
            self._evenly = True
        else:
            inner = sorted(parse_thresholds("AUC", thresholds, 0.5))
            self._evenly = evenly_spaced([0.0, *inner, 1.0])
        self.thresholds = [0.0 - 1e-7, *inner, 1.0 + 1e-7]
        self.num_thresholds = len(self.thresholds)
        for state in ("true_positives", "false_positives", "true_negatives", "false_negatives"):
            self.add_state(state, (self.num_thresholds,))

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; predictions in [0, 1] (or logits), labels 0 or 1."""
        if self.from_logits:
            y_pred = torch.sigmoid(as_float(y_pred))
        counts = count("AUC", y_true, y_pred, self.thresholds, self._evenly, sample_weight)
        self.accumulate(**counts._asdict())

    def result(self) -> Any:
        """Return the area so far, in [0, 1]."""
        right, wrong = self.state("true_positives"), self.state("false_positives")
        missed, rejected = self.state("false_negatives"), self.state("true_negatives")
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._interpolated_precision_recall(right, wrong, missed)
        recall = divide_or_zero(right, right + missed)
        if self.curve == "ROC":
            x, y = divide_or_zero(wrong, wrong + rejected), recall
        else:
            x, y = recall, divide_or_zero(right, right + wrong)
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        elif self.summation_method == "minoring":
            heights = torch.minimum(y[:-1], y[1:])
        else:
            heights = torch.maximum(y[:-1], y[1:])
        return ((x[:-1] - x[1:]) * heights).sum().item()

    @staticmethod
    def _interpolated_precision_recall(
        right: torch.Tensor, wrong: torch.Tensor, missed: torch.Tensor
    ) -> float:
        """Return the area under the curve that runs linearly in true positives per positive."""
        found = right[:-1] - right[1:]
        positive = right + wrong
        slope = divide_or_zero(found, torch.clamp(positive[:-1] - positive[1:], min=0.0))
        intercept = right[1:] - slope * positive[1:]
        both = (positive[:-1] > 0) & (positive[1:] > 0)
        ratio = divide_or_zero(positive[:-1], torch.clamp(positive[1:], min=0.0))
        ratio = torch.where(both, ratio, torch.ones_like(ratio))
        area = slope * (found + intercept * torch.log(ratio))
        return divide_or_zero(area, torch.clamp(right[1:] + missed[1:], min=0.0)).sum().item()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return super().get_config() | {"thresholds": self.init_thresholds}
