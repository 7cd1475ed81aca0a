"""Bootstrap: how far accuracy and macro F1 may be off because the photos are few."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError, ShapeError

RESAMPLES, CONFIDENCE = 1000, 0.95
_AT_ONCE = 2_000_000  # numbers of resamples in memory


@dataclass(frozen=True)
class Interval:
    """A confidence interval; both ends in the unit of the measure.

    Attributes:
        low, high: its ends.
    """

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of its length."""
        return (self.high - self.low) / 2


def accuracy_and_f1_intervals(
    labels: Any,
    guessed: Any,
    classes: int,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> tuple[Interval, Interval]:
    """Return the percentile bootstrap intervals of accuracy and of macro F1 (Efron 1979), by `scipy.stats.bootstrap`.

    Plain, not stratified: photos are drawn with replacement whatever their class, so that the number of photos
    of each class varies too, as it would in another sample.

    Args:
        labels, guessed: class numbers (n,), at least two.
        classes: how many there are; those without photo and answer in a resample count as F1 0, as in scikit-learn.
        seed: of the resamples.
        resamples: how many.
        confidence: of the intervals, in (0, 1).

    Raises:
        ShapeError: arrays of different lengths. ArgumentError: fewer than two photos, or a number out of range.

    Example:
        >>> accuracy, f1 = accuracy_and_f1_intervals([0, 1] * 50, [0, 1, 0, 0] * 25, 2)
        >>> 0.6 < accuracy.low < 0.75 < accuracy.high < 0.9
        True
    """
    from scipy.stats import bootstrap

    truth, answers = np.asarray(labels), np.asarray(guessed)
    if truth.shape != answers.shape or truth.ndim != 1:
        raise ShapeError(f"bootstrap: labels {truth.shape} and answers {answers.shape} must both be (n,).")
    if len(truth) < 2:
        raise ArgumentError(f"bootstrap: needs at least two photos; received {len(truth)}.")
    integer("bootstrap", "resamples", resamples)
    number_in("bootstrap", "confidence", confidence, 0, 1, open_high=True)
    batch = max(1, _AT_ONCE // max(len(truth), classes))

    def interval(statistic: Any) -> Interval:
        found = bootstrap(
            (truth, answers), statistic, paired=True, vectorized=True, method="percentile", n_resamples=resamples,
            confidence_level=confidence, batch=batch, rng=np.random.default_rng(seed),
        ).confidence_interval  # fmt: skip
        return Interval(float(found.low), float(found.high))

    def accuracy(truth: np.ndarray, answers: np.ndarray, axis: int = -1) -> np.ndarray:
        return (truth == answers).mean(axis=axis)

    def f1(truth: np.ndarray, answers: np.ndarray, axis: int = -1) -> np.ndarray:
        return macro_f1(np.moveaxis(truth, axis, -1), np.moveaxis(answers, axis, -1), classes)

    return interval(accuracy), interval(f1)


def macro_f1(labels: np.ndarray, guessed: np.ndarray, classes: int) -> np.ndarray:
    """Return the mean of the classes' F1 of many sets of answers at once.

    Args:
        labels, guessed: class numbers (..., n).
        classes: how many there are.

    Returns:
        float64 (...,).

    Example:
        >>> macro_f1(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2).round(3)
        np.float64(0.733)
    """
    shape = labels.shape[:-1]
    sets = int(np.prod(shape, dtype=np.int64))
    first = classes * np.arange(sets)[:, np.newaxis]  # each set counts in places of its own
    truth, answers = (
        (array.reshape(sets, -1).astype(np.int64) + first).ravel() for array in (labels, guessed)
    )

    def count(places: np.ndarray) -> np.ndarray:
        return np.bincount(places, minlength=sets * classes).reshape(sets, classes)  # (sets, classes)

    both = count(truth) + count(answers)
    scores = 2 * count(truth[truth == answers]) / np.maximum(both, 1)
    return scores.mean(axis=1).reshape(shape)[()]
