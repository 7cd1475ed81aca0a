"""Threshold curves: ROC and precision over recall of a class against the rest, and the areas below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis.measures.checks import with_labels


@dataclass(frozen=True)
class ThresholdCurves:
    """What becomes of one class as the threshold on its probability moves.

    Attributes:
        name: of the class.
        false_positives, true_positives: the ROC curve, rates (m,).
        recall, precision: (k,).
        roc_area: the probability that a photo of the class is given more than one of the rest.
        average_precision: the area below precision over recall.
    """

    name: str
    false_positives: np.ndarray
    true_positives: np.ndarray
    recall: np.ndarray
    precision: np.ndarray
    roc_area: float
    average_precision: float


def threshold_curves(probability: Any, labels: Any, class_names: Sequence[str]) -> list[ThresholdCurves]:
    """Return the curves of each class against the rest; of two classes only the second's, by scikit-learn.

    Args:
        probability: (n, classes). labels: class numbers (n,). class_names: one a class.

    Returns:
        the classes of which there are photos, and photos of others; in their order.

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together.

    Example:
        >>> curves = threshold_curves([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], [0, 1, 1], ["cat", "dog"])
        >>> [(curve.name, float(curve.roc_area)) for curve in curves]
        [('dog', 1.0)]
    """
    values, numbers = with_labels("threshold_curves", probability, labels)
    found = []
    for number in [1] if len(class_names) == 2 else range(len(class_names)):
        mine = numbers == number
        if mine.all() or not mine.any():
            continue
        found.append(curves_of(str(class_names[number]), mine, values[:, number]))
    return found


def curves_of(name: str, mine: np.ndarray, chances: np.ndarray) -> ThresholdCurves:
    """Return the curves of one class.

    Args:
        name: of the class.
        mine: bool (n,), which photos are of it; some, and not all.
        chances: its probability for each photo, (n,).
    """
    from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

    false_positives, true_positives, _ = roc_curve(mine, chances)
    precision, recall, _ = precision_recall_curve(mine, chances, drop_intermediate=True)
    return ThresholdCurves(
        name, false_positives, true_positives, recall, precision,
        float(auc(false_positives, true_positives)), float(average_precision_score(mine, chances)),
    )  # fmt: skip


def areas(curves: Sequence[ThresholdCurves]) -> dict[str, dict[str, float]]:
    """Return the areas by class name, as plain values.

    Example:
        >>> areas(threshold_curves([[0.9, 0.1], [0.4, 0.6]], [0, 1], ["cat", "dog"]))
        {'dog': {'roc_area': 1.0, 'average_precision': 1.0}}
    """
    return {
        curve.name: {"roc_area": curve.roc_area, "average_precision": curve.average_precision}
        for curve in curves
    }
