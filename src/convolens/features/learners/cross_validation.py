"""Nested cross-validation: each learner is tuned within the training folds, and scored on photos that it never saw."""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.errors import DataError
from convolens.features.learners.classical import Fitted, fit

INNER = 3  # folds within the training folds
Folds = list[tuple[np.ndarray, np.ndarray]]  # (training, test) places


@dataclass(frozen=True)
class Result:
    """How a learner did.

    Attributes:
        learner: its name.
        accuracies: of each fold, in [0, 1].
        losses: mean cross-entropy of each fold, in nats.
        seconds: for tuning and fitting in all folds.
        chosen: what was found best in each fold.
        probability: (n, classes) of each sample, by the learner that did not see it.
    """

    learner: str
    accuracies: tuple[float, ...]
    losses: tuple[float, ...]
    seconds: float
    chosen: tuple[dict[str, Any], ...]
    probability: np.ndarray

    @property
    def mean(self) -> float:
        """The mean accuracy of the folds."""
        return float(np.mean(self.accuracies))

    @property
    def spread(self) -> float:
        """The standard deviation of the folds' accuracies."""
        return float(np.std(self.accuracies, ddof=1))

    @property
    def loss(self) -> float:
        """The mean loss of the folds."""
        return float(np.mean(self.losses))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "learner": self.learner,
            "accuracy": self.mean,
            "spread": self.spread,
            "loss": self.loss,
            "seconds": round(self.seconds, 3),
            "accuracies": list(self.accuracies),
            "losses": list(self.losses),
            "chosen": list(self.chosen),
        }


def check_counts(labels: np.ndarray, class_names: Sequence[str], folds: int) -> None:
    """Check that the samples can be cross-validated.

    Raises:
        DataError: one class, or a class with fewer samples than folds; how many folds would do is said.

    Example:
        >>> check_counts(np.array([0, 0, 1, 1]), ["a", "b"], 2)
    """
    integer("probe", "folds", folds, minimum=2)
    counts = np.bincount(labels, minlength=len(class_names))
    if len(class_names) < 2:
        raise DataError("probe: there is one class only; a classifier needs at least two class folders.")
    for name, count in zip(class_names, counts.tolist(), strict=True):
        if count < 2:
            raise DataError(
                f"probe: class {name!r} has {count} readable photo{'s' * (count != 1)}; cross-validation needs at least 2 of each "
                "class, one to learn from and one to score: add photos, or take the folder out."
            )
    if counts.min() < folds:
        name = class_names[int(counts.argmin())]
        raise DataError(
            f"probe: class {name!r} has {counts.min()} photos, fewer than the {folds} folds; give --folds {counts.min()}, or "
            "add photos."
        )


def split(labels: np.ndarray, groups: np.ndarray | None, folds: int, seed: int) -> Folds:
    """Return folds in which the classes have their shares, and the samples of a group are together.

    Args:
        labels: class numbers (n,).
        groups: a number or name for each sample, or None.
        folds: how many.
        seed: of the order.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    nothing = np.zeros(len(labels))
    if groups is None or len(np.unique(groups)) == len(groups):
        return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(nothing, labels))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)  # looked at by `_usable`
        return list(
            StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(nothing, labels, groups)
        )


def inner_folds(labels: np.ndarray, groups: np.ndarray | None, seed: int) -> Folds:
    """Return folds to tune by, within training samples; none where a class has one sample, or one group, only."""
    fewest = int(np.bincount(labels).min())
    for folds in range(min(INNER, fewest), 1, -1):
        found = split(labels, groups, folds, seed)
        if _usable(labels, found):
            return found
    return []


def _usable(labels: np.ndarray, folds: Folds) -> bool:
    classes = np.unique(labels)
    return all(len(test) and np.array_equal(np.unique(labels[training]), classes) for training, test in folds)


def cross_validate(
    learners: Sequence[str],
    x: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    groups: np.ndarray | None = None,
    folds: int = 5,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> list[Result]:
    """Return how each learner does, the best first.

    Args:
        learners: keys of `LEARNERS`.
        x: features (n, d).
        labels: class numbers (n,).
        class_names: one a class.
        groups: samples of a group are never on both sides; None: each is its own.
        folds: of the outer cross-validation.
        seed: of folds and learners.
        advance: told how many of how many fits are done.

    Raises:
        DataError: too few samples or groups of a class.

    Example:
        >>> labels = np.arange(20) % 2
        >>> x = labels[:, None] + np.linspace(0, 0.5, 20)[:, None]
        >>> cross_validate(["logistic"], x, labels, ["a", "b"], folds=2)[0].mean
        1.0
    """
    check_counts(labels, class_names, folds)
    outer = split(labels, groups, folds, seed)
    if not _usable(labels, outer):
        raise DataError(
            f"probe: in {folds} folds that keep groups (and identical photos) together, a class is missing on one side; give "
            "fewer --folds, or photos of more groups of each class."
        )
    results = []
    for number, name in enumerate(learners):
        accuracies, losses, chosen, seconds = [], [], [], 0.0
        probability = np.zeros((len(x), len(class_names)))
        for place, (training, test) in enumerate(outer):
            begin = time.perf_counter()
            found = fit_quietly(
                name, x[training], labels[training], None if groups is None else groups[training], seed
            )
            seconds += time.perf_counter() - begin
            probability[test] = found.estimator.predict_proba(x[test])
            accuracies.append(float((probability[test].argmax(1) == labels[test]).mean()))
            losses.append(cross_entropy(probability[test], labels[test]))
            chosen.append(dict(found.chosen))
            advance(number * len(outer) + place + 1, len(learners) * len(outer))
        results.append(Result(name, tuple(accuracies), tuple(losses), seconds, tuple(chosen), probability))
    return sorted(results, key=lambda result: (-result.mean, result.loss))


def cross_entropy(probability: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy in nats; probabilities are clipped at 1e-7 as in Keras.

    Example:
        >>> round(cross_entropy(np.array([[0.5, 0.5]]), np.array([1])), 4)
        0.6931
    """
    told = probability[np.arange(len(labels)), labels].astype(np.float64)
    return float(np.log(1 / np.clip(told, 1e-7, 1.0)).mean())


def fit_quietly(name: str, x: np.ndarray, labels: np.ndarray, groups: np.ndarray | None, seed: int) -> Fitted:
    """Tune and fit a learner within these samples; that an optimiser was not quite done is no news for a grid's far ends."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fit(name, x, labels, inner_folds(labels, groups, seed), seed)
