"""Calibration: how far stated confidence is from the share of right answers, and temperature scaling that corrects it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis.measures.checks import probabilities_of, with_labels
from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError

BINS = 15  # as in Guo et al.
COLDEST, HOTTEST = 0.05, 20.0  # temperatures that are looked for
TINY = 1e-12  # probabilities below it count as it: float32 outputs of 0 have no logarithm


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy, by bins of equal width; a bin without photos has NaN.

    Attributes:
        edges: (bins + 1,), 0 to 1.
        counts: (bins,) how many answers fall into each; a bin holds its upper edge.
        confidence: (bins,) the mean probability of the likeliest class.
        accuracy: (bins,) the share of right answers.
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap of the bins, weighted by their counts."""
        filled = self.counts > 0
        gaps = np.abs(self.accuracy - self.confidence)[filled]
        return float((self.counts[filled] * gaps).sum() / self.counts.sum())


def reliability(probability: Any, labels: Any, bins: int = BINS) -> Reliability:
    """Return confidence and accuracy by bins of confidence, for a reliability diagram.

    Args:
        probability: (n, classes).
        labels: class numbers (n,).
        bins: of equal width over [0, 1].

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together.

    Example:
        >>> found = reliability([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], [0, 1, 1], bins=2)
        >>> found.counts.tolist(), found.accuracy.round(2).tolist()
        ([0, 3], [nan, 0.67])
    """
    values, numbers = with_labels("reliability", probability, labels)
    bins = integer("reliability", "bins", bins)
    edges = np.linspace(0, 1, bins + 1)
    confidence = values.max(axis=1)
    right = values.argmax(axis=1) == numbers
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        return Reliability(
            edges,
            counts,
            np.bincount(place, confidence, bins) / counts,
            np.bincount(place, right, bins) / counts,
        )


def expected_calibration_error(probability: Any, labels: Any, bins: int = BINS) -> float:
    """Return how far confidence is from accuracy on average, in [0, 1] (Naeini et al. 2015; Guo et al. 2017).

    Args:
        probability: (n, classes). labels: class numbers (n,). bins: of equal width.

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together.

    Example:
        >>> round(expected_calibration_error([[0.9, 0.1], [0.8, 0.2]], [0, 0]), 3)
        0.15
    """
    return reliability(probability, labels, bins).error


def temper(probability: Any, temperature: float) -> np.ndarray:
    """Return probabilities at another temperature: the softmax of the logarithms divided by it, float64 (n, classes).

    Above 1 answers become less sure, below 1 more; which class is the likeliest stays.

    Args:
        probability: (n, classes).
        temperature: above 0; 1 changes nothing.

    Raises:
        ShapeError, ArgumentError: no probabilities, or no temperature.

    Example:
        >>> temper([[0.8, 0.2]], 2.0).round(3)
        array([[0.667, 0.333]])
    """
    values = probabilities_of("temper", probability)
    number_in("temper", "temperature", temperature, 0, np.inf, open_high=True)
    if temperature == 0:
        raise ArgumentError("temper: temperature must be above 0; 1 changes nothing.")
    if temperature == 1:
        return values
    scaled = np.log(np.clip(values, TINY, 1.0)) / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return scaled / scaled.sum(axis=1, keepdims=True)


def log_loss(probability: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean negative log-likelihood in nats."""
    return float(-np.log(np.clip(probability[np.arange(len(labels)), labels], TINY, 1.0)).mean())


def fit_temperature(probability: Any, labels: Any) -> float:
    """Return the temperature whose probabilities have the least log-loss (Guo et al. 2017), within [0.05, 20].

    The loss is convex in 1 / temperature; it is minimised by scipy's bounded search over the logarithm. Where every
    answer is right the loss has no minimum, and the lowest temperature comes out: nothing to correct by.

    Args:
        probability: (n, classes), of photos that were not learnt from.
        labels: class numbers (n,).

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together.

    Example:
        >>> sure = np.tile([0.99, 0.01], (10, 1))  # sure of all ten answers, and eight are right
        >>> round(temper(sure, fit_temperature(sure, [0] * 8 + [1] * 2))[0, 0], 3)
        np.float64(0.8)
    """
    from scipy.optimize import minimize_scalar

    values, numbers = with_labels("fit_temperature", probability, labels)
    logs = np.log(np.clip(values, TINY, 1.0))
    logs -= logs.max(axis=1, keepdims=True)  # (n, classes), 0 of the likeliest
    chosen = logs[np.arange(len(numbers)), numbers]

    def loss(log_temperature: float) -> float:
        colder = np.exp(-log_temperature)
        return float((np.log(np.exp(colder * logs).sum(axis=1)) - colder * chosen).mean())

    found = minimize_scalar(
        loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(found.x))


def cross_fitted(probability: Any, labels: Any, folds: int = 5) -> np.ndarray:
    """Return each photo's probabilities at the temperature fitted on the other folds: honest to measure on.

    Args:
        probability: (n, classes). labels: class numbers (n,).
        folds: parts, drawn without regard to class, always the same for the same n.

    Raises:
        ShapeError, ArgumentError: arrays that do not belong together, or fewer photos than folds.

    Example:
        >>> chances = np.tile([[0.9, 0.1], [0.1, 0.9]], (10, 1))
        >>> cross_fitted(chances, [0, 1, 1, 0] * 5).shape
        (20, 2)
    """
    from sklearn.model_selection import KFold

    values, numbers = with_labels("cross_fitted", probability, labels)
    if integer("cross_fitted", "folds", folds, minimum=2) > len(values):
        raise ArgumentError(f"cross_fitted: {len(values)} photos cannot be parted into {folds} folds.")
    out = np.empty_like(values)
    for others, these in KFold(folds, shuffle=True, random_state=0).split(values):
        out[these] = temper(values[these], fit_temperature(values[others], numbers[others]))
    return out
