"""Area under the ROC or precision-recall curve, by Keras' fixed thresholds."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import integer, one_of
from convolens.errors import ArgumentError, ShapeError
from convolens.losses.loss import as_float
from convolens.metrics.metric import Metric
from convolens.metrics.precision_recall import divide_or_zero
from convolens.metrics.thresholds import count, evenly_spaced, parse_thresholds, weights_of


class AUC(Metric):
    """Area under a curve through the points at many thresholds.

    Args:
        num_thresholds: how many, >= 2, evenly spaced over [0, 1].
        curve: "ROC" (recall over false positive rate), "PR" (precision over recall) or "PRGAIN" (the gains of both over always "yes").
        summation_method: "interpolation" (trapezoids; for PR the interpolation of Davis and
            Goadrich), "minoring" (lower steps) or "majoring" (upper steps).
        name: what logs call it.
        dtype: accepted; sums are float64.
        thresholds: inner thresholds of your own in [0, 1], instead of `num_thresholds`.
        multi_label: whether each column is a label of its own, whose areas are averaged; else all columns are counted together.
        num_labels: how many columns there are, for `multi_label`; None takes those of the first batch.
        label_weights: one weight per column, of its area, or, without `multi_label`, of its counts.
        from_logits: whether predictions are logits.

    Shapes: labels and predictions alike, (n,) or (n, ...); for `multi_label` and `label_weights` (n, labels).

    Raises:
        ArgumentError: a value out of range, or `num_labels` without `multi_label`.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        0.75

    Source: Keras 3 `keras.metrics.AUC`; Davis & Goadrich, ICML 2006; Flach & Kull, NIPS 2015, of the gains.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name, dtype)
        self.curve = one_of("AUC", "curve", str(curve).upper(), ("ROC", "PR", "PRGAIN"))
        self.summation_method = one_of(
            "AUC",
            "summation_method",
            str(summation_method).lower(),
            ("interpolation", "minoring", "majoring"),
        )
        self.from_logits, self.multi_label = bool(from_logits), bool(multi_label)
        if num_labels and not multi_label:
            raise ArgumentError(
                f"AUC: num_labels={num_labels} is for multi_label=True; give that too, or leave it out."
            )
        self.num_labels = integer("AUC", "num_labels", num_labels) if num_labels else None
        self.label_weights = None if label_weights is None else [float(weight) for weight in label_weights]
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
            self.add_state(state, self._shape())

    def _shape(self) -> tuple[int, ...]:
        if not self.multi_label:
            return (self.num_thresholds,)
        return (self.num_thresholds, self.num_labels) if self.num_labels else (0,)  # (0,): of the first batch

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; predictions in [0, 1] (or logits), labels 0 or 1.

        Raises:
            ShapeError: as of any metric; or they are not a column per label.
        """
        y_pred = as_float(y_pred)
        if self.from_logits:
            y_pred = torch.sigmoid(y_pred)
        if not self.multi_label and self.label_weights is None:
            self._count(y_true, y_pred, sample_weight)
            return
        y_true = torch.as_tensor(y_true, device=y_pred.device)
        labels = self.num_labels or (len(self.label_weights) if self.label_weights else y_pred.shape[-1])
        if y_pred.ndim != 2 or y_true.shape != y_pred.shape or y_pred.shape[1] != labels:
            raise ShapeError(
                f"AUC: labels of shape {tuple(y_true.shape)} and predictions of shape {tuple(y_pred.shape)}; "
                f"expected both (samples, {labels}), a column per label."
            )
        weights = weights_of("AUC", sample_weight, y_pred)
        if self.multi_label:
            self._count(y_true, y_pred, weights)
        else:
            self._count(y_true, y_pred, weights * weights.new_tensor(self.label_weights))

    def _count(self, y_true: Any, y_pred: torch.Tensor, weights: Any) -> None:
        columns = (
            zip(y_true.T, y_pred.T, weights.T, strict=True)
            if self.multi_label
            else [(y_true, y_pred, weights)]
        )
        counts = [
            count("AUC", labels, scores, self.thresholds, self._evenly, weight)
            for labels, scores, weight in columns
        ]
        for name in counts[0]._fields:
            each = [getattr(one, name) for one in counts]
            self.accumulate(**{name: torch.stack(each, dim=-1) if self.multi_label else each[0]})

    def result(self) -> Any:
        """Return the area so far, at most 1."""
        areas = self._areas()  # () or (labels,)
        if not self.multi_label or self.label_weights is None:
            return areas.mean().item()
        weights = areas.new_tensor(self.label_weights)
        return divide_or_zero((areas * weights).sum(), weights.sum()).item()

    def _areas(self) -> torch.Tensor:
        right, wrong = self.state("true_positives"), self.state("false_positives")
        missed, rejected = self.state("false_negatives"), self.state("true_negatives")
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._interpolated_precision_recall(right, wrong, missed)
        recall = divide_or_zero(right, right + missed)
        if self.curve == "ROC":
            x, y = divide_or_zero(wrong, wrong + rejected), recall
        elif self.curve == "PR":
            x, y = recall, divide_or_zero(right, right + wrong)
        else:
            odds = divide_or_zero(right + missed, rejected + wrong)
            none = right == 0  # then, as in Keras, no recall, at full precision
            x = (1.0 - odds * divide_or_zero(missed, right)).masked_fill(none, 0.0).clamp(min=0.0)
            y = (1.0 - odds * divide_or_zero(wrong, right)).masked_fill(none, 1.0)
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        elif self.summation_method == "minoring":
            heights = torch.minimum(y[:-1], y[1:])
        else:
            heights = torch.maximum(y[:-1], y[1:])
        return ((x[:-1] - x[1:]) * heights).sum(0)

    @staticmethod
    def _interpolated_precision_recall(
        right: torch.Tensor, wrong: torch.Tensor, missed: torch.Tensor
    ) -> torch.Tensor:
        """Return the area under the curve that runs linearly in true positives per positive."""
        found = right[:-1] - right[1:]
        positive = right + wrong
        slope = divide_or_zero(found, torch.clamp(positive[:-1] - positive[1:], min=0.0))
        intercept = right[1:] - slope * positive[1:]
        both = (positive[:-1] > 0) & (positive[1:] > 0)
        ratio = divide_or_zero(positive[:-1], torch.clamp(positive[1:], min=0.0))
        ratio = torch.where(both, ratio, torch.ones_like(ratio))
        area = slope * (found + intercept * torch.log(ratio))
        return divide_or_zero(area, torch.clamp(right[1:] + missed[1:], min=0.0)).sum(0)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return super().get_config() | {"thresholds": self.init_thresholds}
