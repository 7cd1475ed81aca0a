"""F1 score: the harmonic mean of precision and recall, per class or averaged."""

from typing import Any

import torch

from convolens.arguments import number_in, one_of
from convolens.errors import ShapeError
from convolens.losses.loss import as_float
from convolens.metrics.metric import Metric

_EPSILON = 1e-7


class F1Score(Metric):
    """Harmonic mean of precision and recall.

    Args:
        average: None (one value per class), "micro" (over all decisions), "macro" (mean over
            classes) or "weighted" (mean weighted by the number of labels).
        threshold: in (0, 1]; predictions above it are positive. None: the largest one of a sample.
        name: what logs call it.

    Shapes: one-hot (or several yes-no) labels and predictions (n, classes).

    Raises:
        UnknownNameError: no such average; the nearest is offered.
        ArgumentError: threshold out of range.

    Example:
        >>> metric = F1Score(average="macro")
        >>> round(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]]), 3)
        1.0

    Source: Keras 3 `keras.metrics.F1Score`.
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str = "f1_score"
    ) -> None:
        super().__init__(name)
        self.average = one_of("F1Score", "average", average, (None, "micro", "macro", "weighted"))
        if threshold is not None:
            number_in("F1Score", "threshold", threshold, 0.0, 1.0)
        self.threshold = threshold
        shape = () if average == "micro" else (0,)  # (0,): as many as classes, from the first batch
        for state in ("true_positives", "false_positives", "false_negatives", "labels"):
            self.add_state(state, shape)

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of one-hot labels and predictions."""
        y_pred = as_float(y_pred)
        y_true = torch.as_tensor(y_true, device=y_pred.device).to(y_pred.dtype)
        if y_pred.ndim != 2 or y_true.shape != y_pred.shape:
            raise ShapeError(
                f"F1Score: labels of shape {tuple(y_true.shape)} and predictions of shape "
                f"{tuple(y_pred.shape)}; expected both (samples, classes), labels one-hot."
            )
        if self.threshold is None:
            chosen = (y_pred >= y_pred.amax(dim=-1, keepdim=True)) & (y_pred.abs() > 1e-9)
        else:
            chosen = y_pred > self.threshold
        positive = chosen.to(y_pred.dtype)
        weights = torch.ones_like(y_pred[:, :1])
        if sample_weight is not None:
            given = torch.as_tensor(sample_weight, device=y_pred.device).to(y_pred.dtype)
            weights = given.reshape(-1, 1)
        axis: tuple[int, ...] = (0, 1) if self.average == "micro" else (0,)
        self.accumulate(
            true_positives=(positive * y_true * weights).sum(dim=axis),
            false_positives=(positive * (1 - y_true) * weights).sum(dim=axis),
            false_negatives=((1 - positive) * y_true * weights).sum(dim=axis),
            labels=(y_true * weights).sum(dim=axis),
        )

    def result(self) -> Any:
        """Return the score so far: a float, or for average=None an array, one value per class."""
        right = self.state("true_positives")
        precision = right / (right + self.state("false_positives") + _EPSILON)
        recall = right / (right + self.state("false_negatives") + _EPSILON)
        score = 2.0 * precision * recall / (precision + recall + _EPSILON)
        if self.average is None:
            return score.numpy()
        if self.average == "weighted":
            labels = self.state("labels")
            return (score * (labels / (labels.sum() + _EPSILON))).sum().item()
        return score.mean().item() if score.numel() else 0.0
