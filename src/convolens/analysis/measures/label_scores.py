"""LabelScores: how well probabilities of several labels a photo fit those that are there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from convolens.analysis.measures.multi_label import average_precisions

_TINY = 1e-7  # as in Keras: probabilities are clipped before the logarithm


@dataclass(frozen=True)
class LabelScore:
    """The measures of one class.

    Attributes:
        name: of the class.
        count: photos that have the label.
        threshold: the probability from which on the class is said.
        average_precision: in [0, 1]; None where no photo has it.
        precision, recall, f1: at the threshold, each in [0, 1].
    """

    name: str
    count: int
    threshold: float
    average_precision: float | None
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class LabelScores:
    """How well the labels that are said fit those that are there.

    Attributes:
        photos: how many.
        hamming_loss: share of wrong answers, one a photo and class, at the thresholds (scikit-learn's `hamming_loss`).
        loss: mean binary cross-entropy in nats.
        mean_average_precision: of the classes that some photo has.
        baseline: mean average precision of giving every photo each class's share of the photos.
        exact_match: share of photos of which every label is right.
        macro_f1: the mean of the classes' F1. micro_f1: F1 of all answers taken together.
        classes: one a class.
    """

    photos: int
    hamming_loss: float
    loss: float
    mean_average_precision: float
    baseline: float
    exact_match: float
    macro_f1: float
    micro_f1: float
    classes: tuple[LabelScore, ...]

    @property
    def accuracy(self) -> float:
        """Share of right answers, one a photo and class: 1 - Hamming loss."""
        return 1 - self.hamming_loss

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "accuracy": self.accuracy,
            "loss": self.loss,
            "images": self.photos,
            "mean_average_precision": self.mean_average_precision,
            "baseline_mean_average_precision": self.baseline,
            "exact_match": self.exact_match,
            "hamming_loss": self.hamming_loss,
            "macro_f1": self.macro_f1,
            "micro_f1": self.micro_f1,
            "classes": [asdict(item) for item in self.classes],
        }


def reached(probability: np.ndarray, thresholds: Sequence[float]) -> np.ndarray:
    """Return which labels reach their threshold, bool (n, classes).

    Args:
        probability: (n, classes), each in [0, 1].
        thresholds: one a class, in [0, 1]; a probability equal to it reaches it.

    Example:
        >>> reached(np.array([[0.4, 0.4]]), [0.5, 0.3]).tolist()
        [[False, True]]
    """
    return probability.astype(np.float64) >= np.asarray(thresholds)


def score_labels(
    probability: np.ndarray, labels: np.ndarray, class_names: tuple[str, ...], thresholds: Sequence[float]
) -> LabelScores:
    """Return every measure, by scikit-learn.

    Args:
        probability: (n, classes), each in [0, 1] for itself.
        labels: 0 and 1, (n, classes); some photo has some label.
        class_names: one a class.
        thresholds: one a class.

    Example:
        >>> scores = score_labels(np.array([[0.9, 0.2], [0.4, 0.6]]), np.array([[1, 0], [1, 1]]), ("a", "b"), (0.5, 0.5))
        >>> scores.accuracy, scores.exact_match, scores.mean_average_precision
        (0.75, 0.5, 1.0)
    """
    from sklearn.metrics import f1_score, precision_recall_fscore_support

    rows, answers = labels > 0, reached(probability, thresholds)
    clipped = np.clip(probability.astype(np.float64), _TINY, 1 - _TINY)
    loss = -np.where(rows, np.log(clipped), np.log(1 - clipped)).mean()
    averages = average_precisions(probability, labels)
    there = ~np.isnan(averages)
    measures = precision_recall_fscore_support(rows, answers, average=None, zero_division=0)
    precision, recall, f1, counts = (np.asarray(values) for values in measures)
    return LabelScores(
        photos=len(rows),
        hamming_loss=float((rows != answers).mean()),
        loss=float(loss),
        mean_average_precision=float(averages[there].mean()),
        baseline=float(rows.mean(axis=0)[there].mean()),
        exact_match=float((rows == answers).all(axis=1).mean()),
        macro_f1=float(f1.mean()),
        micro_f1=float(f1_score(rows, answers, average="micro", zero_division=0)),
        classes=tuple(
            LabelScore(
                name, int(counts[i]), float(thresholds[i]), float(averages[i]) if there[i] else None,
                float(precision[i]), float(recall[i]), float(f1[i]),
            )
            for i, name in enumerate(class_names)
        ),
    )  # fmt: skip
