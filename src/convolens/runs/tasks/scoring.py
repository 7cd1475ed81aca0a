"""From a network's outputs to class probabilities, and from those to the measures of a report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.data.preprocessing import Preprocessing
from convolens.memory import kept_memory
from convolens.models import Model

_TINY = 1e-7  # as in Keras: probabilities are clipped before the logarithm


@dataclass(frozen=True)
class ClassScore:
    """The measures of one class; each in [0, 1]."""

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


def probabilities(
    model: Model,
    pixels: np.ndarray,
    preprocessing: Preprocessing,
    batch_size: int = 64,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Return each image's class probabilities, float32 (n, classes); each row sums to 1.

    Args:
        model: with one sigmoid (the probability of the second class) or a softmax.
        pixels: uint8 (n, h, w, c).
        preprocessing: of the model.
        batch_size: images at once.
        advance: told how many of how many images are done.
    """
    parts = []
    with kept_memory():
        for start in range(0, len(pixels), batch_size):
            x = preprocessing(pixels[start : start + batch_size])
            parts.append(model.predict(x, batch_size, verbose=0))
            advance(min(start + batch_size, len(pixels)), len(pixels))
    if not parts:
        return np.zeros((0, max(2, int(model.output_shape[-1]))), np.float32)
    return as_probabilities(np.concatenate(parts))


def as_probabilities(outputs: np.ndarray) -> np.ndarray:
    """Return (n, classes) probabilities from a softmax's output, or from (n, 1) of a sigmoid.

    Example:
        >>> as_probabilities(np.array([[0.25]]))
        array([[0.75, 0.25]])
    """
    if outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


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
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    numbers = np.arange(len(class_names))
    guessed = probability.argmax(axis=1)
    counts = np.bincount(labels, minlength=len(class_names))
    chosen = np.clip(probability[np.arange(len(labels)), labels].astype(np.float64), _TINY, 1.0)
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels, guessed, labels=numbers, zero_division=0
    )
    return Scores(
        accuracy=float((guessed == labels).mean()),
        loss=float(-np.log(chosen).mean()),
        baseline=float(counts.max() / counts.sum()),
        commonest=class_names[int(counts.argmax())],
        classes=tuple(
            ClassScore(name, int(counts[i]), float(precision[i]), float(recall[i]), float(f1[i]))
            for i, name in enumerate(class_names)
        ),
        confusion=confusion_matrix(labels, guessed, labels=numbers),
    )
