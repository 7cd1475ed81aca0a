"""Several labels a photo: average precision of each class, and the thresholds from which on a class is said."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens.analysis.measures.thresholds import ThresholdCurves, curves_of
from convolens.errors import ArgumentError, ShapeError

FEWEST = 10  # photos with a label, and without it, that a threshold is tuned on
LOWEST, HIGHEST, USUAL = 0.05, 0.95, 0.5  # thresholds


def average_precisions(probability: Any, labels: Any) -> np.ndarray:
    """Return the average precision of each class by scikit-learn, float64 (classes,); NaN of one that no photo has.

    Whoever gives every photo the same probability has the class's share of the photos.

    Args:
        probability: (n, classes), each in [0, 1] for itself. labels: 0 and 1, (n, classes).

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together.

    Example:
        >>> average_precisions([[0.9, 0.2], [0.4, 0.3]], [[1, 1], [0, 0]]).tolist()
        [1.0, 0.5]
    """
    from sklearn.metrics import average_precision_score

    values, rows = with_rows("average_precisions", probability, labels)
    return np.array(
        [
            average_precision_score(mine, chances) if mine.any() else np.nan
            for mine, chances in zip(rows.T, values.T, strict=True)
        ]
    )


def as_choices(probability: Any) -> np.ndarray:
    """Return each answer as a choice between "not there" and "there", (n * classes, 2): what measures of one class take.

    Args:
        probability: (n, classes), each in [0, 1] for itself.

    Example:
        >>> as_choices([[0.25, 1.0]]).tolist()
        [[0.75, 0.25], [0.0, 1.0]]
    """
    there = np.asarray(probability).reshape(-1)
    return np.stack([1 - there, there], axis=1)


def label_curves(probability: Any, labels: Any, class_names: Sequence[str]) -> list[ThresholdCurves]:
    """Return the curves of each class that some photos have and others not.

    Args:
        probability, labels: as of `average_precisions`.
        class_names: one a class; they name the curves.

    Example:
        >>> [curve.name for curve in label_curves([[0.9, 0.2], [0.4, 0.3]], [[1, 1], [0, 1]], ["cat", "dog"])]
        ['cat']
    """
    values, rows = with_rows("label_curves", probability, labels)
    return [
        curves_of(str(name), rows[:, number], values[:, number])
        for number, name in enumerate(class_names)
        if rows[:, number].any() and not rows[:, number].all()
    ]


def best_thresholds(probability: Any, labels: Any, fewest: int = FEWEST) -> np.ndarray:
    """Return the probability of each class from which on saying it gives the best F1, float64 (classes,).

    A class that fewer than `fewest` photos have, or fewer do not have, keeps 0.5: so few cannot tell. All others lie in
    [0.05, 0.95], halfway between two photos' probabilities (or 0.5); of those of equal F1 the one nearest to 0.5 is taken.

    Args:
        probability, labels: as of `average_precisions`, of photos that were not learnt from.
        fewest: photos.

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together.

    Example:
        >>> best_thresholds([[0.1], [0.2], [0.3], [0.4]], [[0], [0], [1], [1]], fewest=2).tolist()
        [0.25]
    """
    values, rows = with_rows("best_thresholds", probability, labels)
    return np.array(
        [
            _best(mine, chances) if fewest <= mine.sum() <= len(mine) - fewest else USUAL
            for mine, chances in zip(rows.T, values.T, strict=True)
        ]
    )


def _best(mine: np.ndarray, chances: np.ndarray) -> float:
    """Return the threshold of the best F1 of one class."""
    distinct = np.unique(chances)
    between = np.concatenate([[LOWEST, USUAL, HIGHEST], (distinct[:-1] + distinct[1:]) / 2])
    candidates = between[(between >= LOWEST) & (between <= HIGHEST)]
    candidates = candidates[np.argsort(np.abs(candidates - USUAL), kind="stable")]
    order = np.sort(chances)
    said = len(chances) - np.searchsorted(order, candidates, side="left")
    positive = np.sort(chances[mine])
    right = len(positive) - np.searchsorted(positive, candidates, side="left")
    f1 = 2 * right / np.maximum(said + len(positive), 1)
    return float(candidates[int(f1.argmax())])  # the first of equals


def with_rows(where: str, probability: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities as float64 and labels as bool, both (n, classes).

    Raises:
        ShapeError: of different shapes, or nothing. ArgumentError: NaN or infinite, or labels that are not 0 and 1.
    """
    values, rows = np.asarray(probability, np.float64), np.asarray(labels)
    if values.ndim != 2 or values.shape != rows.shape or 0 in values.shape:
        raise ShapeError(
            f"{where}: probabilities and labels must be of one shape (n, classes); received {values.shape} and {rows.shape}."
        )
    if not np.isfinite(values).all():
        raise ArgumentError(f"{where}: probabilities must be finite numbers; some are NaN or infinite.")
    if not np.isin(rows, (0, 1)).all():
        raise ArgumentError(f"{where}: labels must be 0 or 1, one a photo and class.")
    return values, rows.astype(bool)
