"""F scores: the harmonic mean of precision and recall, one of them counting more or not, per class or averaged."""

from typing import Any

import torch

from convolens.arguments import number_in, one_of
from convolens.errors import ArgumentError, ShapeError
from convolens.losses.loss import as_float
from convolens.metrics.metric import Metric

_EPSILON = 1e-7


class FBetaScore(Metric):
    """Harmonic mean of precision and recall, in which recall counts `beta` squared times as much.

    Args:
        average: None (one value per class), "micro" (over all decisions), "macro" (mean over
            classes) or "weighted" (mean weighted by the number of labels).
        beta: above 0.
        threshold: in (0, 1]; predictions above it are positive. None: the largest one of a sample.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Shapes: one-hot (or several yes-no) labels and predictions (n, classes).

    Raises:
        UnknownNameError: no such average; the nearest is offered.
        ArgumentError: threshold or beta out of range.

    Example:
        >>> metric = FBetaScore(average="micro", beta=2.0, threshold=0.5)
        >>> round(metric([[1, 1], [0, 1]], [[0.9, 0.1], [0.2, 0.8]]), 3)
        0.714

    Source: Keras 3 `keras.metrics.FBetaScore`.
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        where = type(self).__name__
        self.average = one_of(where, "average", average, (None, "micro", "macro", "weighted"))
        self.beta = number_in(where, "beta", beta, 0.0, float("inf"))
        if self.beta == 0.0:
            raise ArgumentError(f"{where}: beta must be above 0; received {beta}.")
        if threshold is not None:
            number_in(where, "threshold", threshold, 0.0, 1.0)
        self.threshold = threshold
        shape = () if average == "micro" else (0,)  # (0,): as many as classes, from the first batch
        for state in ("true_positives", "false_positives", "false_negatives", "labels"):
            self.add_state(state, shape)

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of one-hot labels and predictions."""
        y_pred = as_float(y_pred)
        y_true = torch.as_tensor(y_true, device=y_pred.device).to(y_pred)
        if y_pred.ndim != 2 or y_true.shape != y_pred.shape:
            raise ShapeError(
                f"{type(self).__name__}: labels of shape {tuple(y_true.shape)} and predictions of shape "
                f"{tuple(y_pred.shape)}; expected both (samples, classes), labels one-hot."
            )
        if self.threshold is None:
            chosen = (y_pred >= y_pred.amax(dim=-1, keepdim=True)) & (y_pred.abs() > 1e-9)
        else:
            chosen = y_pred > self.threshold
        positive = chosen.to(y_pred)
        weights = torch.ones_like(y_pred[:, :1])
        if sample_weight is not None:
            given = torch.as_tensor(sample_weight, device=y_pred.device).to(y_pred)
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
        squared = self.beta**2
        score = (1.0 + squared) * precision * recall / (squared * precision + recall + _EPSILON)
        if self.average is None:
            return score.numpy()
        if self.average == "weighted":
            labels = self.state("labels")
            return (score * (labels / (labels.sum() + _EPSILON))).sum().item()
        return score.mean().item() if score.numel() else 0.0


class F1Score(FBetaScore):
    """Harmonic mean of precision and recall.

    Args:
        average, threshold, name, dtype: as of `FBetaScore`.

    Example:
        >>> metric = F1Score(average="macro")
        >>> round(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]]), 3)
        1.0

    Source: Keras 3 `keras.metrics.F1Score`.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
