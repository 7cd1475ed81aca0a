"""Conformal prediction: p-values that hold an error rate on photos like those they were fitted on, whatever the network."""

import math
from typing import Any

import numpy as np

from convolens.analysis.measures.checks import probabilities_of
from convolens.errors import ArgumentError


def check_rate(where: str, name: str, rate: Any) -> float:
    """Return an error rate in (0, 1).

    Raises:
        ArgumentError: something else.

    Example:
        >>> check_rate("calibrate", "error_rate", 0.05)
        0.05
    """
    number = float(rate) if isinstance(rate, (int, float)) and not isinstance(rate, bool) else math.nan
    if not 0 < number < 1:
        raise ArgumentError(f"{where}: {name} must be above 0 and below 1, 0.05 say; received {rate!r}.")
    return number


def enough_for(rate: float) -> int:
    """Return how many photos are needed before any p-value can be as small as `rate`.

    Example:
        >>> enough_for(0.05)
        19
    """
    return math.ceil(round(1 / rate, 9)) - 1


def p_values(fitted: Any, scores: Any) -> np.ndarray:
    """Return the share of scores, the new one counted, that are as strange as the new one (Vovk et al. 2005).

    For a photo exchangeable with those of `fitted`, P(p-value <= rate) <= rate for every rate.

    Args:
        fitted: strangeness of the photos to compare with, (m,), none of them learnt from.
        scores: strangeness of new photos, any shape; larger is stranger.

    Returns:
        float64 of the shape of `scores`, in [1 / (m + 1), 1].

    Raises:
        ArgumentError: nothing to compare with, or numbers that are not finite.

    Example:
        >>> p_values([1, 2, 3, 4], [0, 4, 9])
        array([1. , 0.4, 0.2])
    """
    known, new = np.sort(np.asarray(fitted, np.float64).ravel()), np.asarray(scores, np.float64)
    if len(known) == 0 or not np.isfinite(known).all() or np.isnan(new).any():
        raise ArgumentError("p_values: scores must be numbers, and there must be some to compare with.")
    as_strange = len(known) - np.searchsorted(known, new, side="left")
    return (1 + as_strange) / (len(known) + 1)


def threshold(fitted: Any, rate: float) -> float:
    """Return the score above which `p_values` are at most `rate`: all that has to be kept of the photos fitted on.

    Args:
        fitted: strangeness of the photos to compare with, (m,).
        rate: in (0, 1).

    Raises:
        ArgumentError: too few photos for the rate, or no rate.

    Example:
        >>> threshold([1, 2, 3, 4], 0.4)  # [3.5, 9] have the p-values 0.4, 0.2; 3 has 0.6
        3.0
    """
    rate, known = check_rate("threshold", "rate", rate), np.sort(np.asarray(fitted, np.float64).ravel())
    beyond = math.floor(
        round(rate * (len(known) + 1), 9)
    )  # scores that may be as strange, the new one counted
    if beyond < 1:
        raise ArgumentError(
            f"threshold: {len(known)} photos cannot hold a rate of {rate:g}; give at least {enough_for(rate)}."
        )
    return float(known[len(known) - beyond])


def class_p_values(fitted: Any, probability: Any) -> np.ndarray:
    """Return a p-value for each class of each photo; the classes above a rate are the conformal set.

    A photo is as strange for a class as that class is unlikely: 1 - probability (Sadinle et al. 2019, the
    least ambiguous sets). The set holds the true class with probability of at least 1 - rate; where it is empty
    the photo is like none of the classes.

    Args:
        fitted: 1 - probability of the true class, of photos that were not learnt from, (m,).
        probability: of new photos, (n, classes).

    Returns:
        float64 (n, classes).

    Example:
        >>> class_p_values([0.1, 0.2, 0.3, 0.4], [[0.95, 0.05], [0.5, 0.5]])
        array([[1. , 0.2],
               [0.2, 0.2]])
    """
    return p_values(fitted, 1 - probabilities_of("class_p_values", probability))


def strangeness(probability: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return 1 - probability of the true class, float64 (n,)."""
    return 1 - probability[np.arange(len(labels)), labels].astype(np.float64)
