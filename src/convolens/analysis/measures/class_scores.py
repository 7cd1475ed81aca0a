"""Scores: how well probabilities of one class a photo fit the labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np

_TINY = 1e-7  # as in Keras: probabilities are clipped before the logarithm


@dataclass(frozen=True)
class ClassScore:
    """The measures of one class; each in [0, 1].

    Attributes:
        name: of the class.
        count: how many photos have it.
        precision: share of the answers of this class that are right.
        recall: share of the photos of this class that are found.
        f1: the harmonic mean of both.
    """

    name: str
    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Scores:
    """How well predictions fit the labels.

    Attributes:
        accuracy: share of right answers, in [0, 1].
        loss: mean cross-entropy in nats.
        baseline: accuracy of always saying `commonest`.
        confusion: (classes, classes) counts; rows are the true classes.
    """

    accuracy: float
    loss: float
    baseline: float
    commonest: str
    classes: tuple[ClassScore, ...]
    confusion: np.ndarray

    @property
    def photos(self) -> int:
        """How many were scored."""
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        """Right answers among them."""
        return int(self.confusion.trace())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "accuracy": self.accuracy,
            "loss": self.loss,
            "images": self.photos,
            "baseline_accuracy": self.baseline,
            "baseline_class": self.commonest,
            "classes": [vars(item) for item in self.classes],
            "confusion_matrix": self.confusion.tolist(),
        }


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return part / whole as float64, 0 where both are 0."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def score(probability: np.ndarray, labels: np.ndarray, class_names: tuple[str, ...]) -> Scores:
    """Return accuracy, loss, the commonest class's share, and each class's measures.

    Args:
        probability: (n, classes).
        labels: class numbers (n,).
        class_names: one a class.

    Example:
        >>> score(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 0]), ("a", "b")).accuracy
        0.5
    """
    guessed = probability.argmax(axis=1)
    confusion = np.zeros(
        (len(class_names), len(class_names)), np.int64
    )  # rows the labels, columns the answers
    np.add.at(confusion, (labels, guessed), 1)
    right, counts, answers = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    chosen = np.clip(probability[np.arange(len(labels)), labels].astype(np.float64), _TINY, 1.0)
    precision, recall, f1 = (share(right, all_) for all_ in (answers, counts, (answers + counts) / 2))
    return Scores(
        accuracy=float((guessed == labels).mean()),
        loss=float(-np.log(chosen).mean()),
        baseline=float(counts.max() / counts.sum()),
        commonest=class_names[int(counts.argmax())],
        classes=tuple(
            ClassScore(name, int(counts[i]), float(precision[i]), float(recall[i]), float(f1[i]))
            for i, name in enumerate(class_names)
        ),
        confusion=confusion,
    )
