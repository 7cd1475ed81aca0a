"""Measures of several labels, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from convolens.analysis.measures import average_precisions, best_thresholds, label_curves
from convolens.errors import ArgumentError, ShapeError


def drawn(seed: int, n: int = 80, classes: int = 3, decimals: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that know something of the labels, and the labels."""
    rng = np.random.default_rng(seed)
    labels = (rng.random((n, classes)) < [0.5, 0.2, 0.35][:classes]).astype(np.float32)
    chances = 1 / (1 + np.exp(-(1.5 * labels - 0.9 + rng.normal(0, 1, labels.shape))))
    return np.round(chances, decimals), labels


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from([1, 8]))
def test_average_precision_is_scikit_learns(seed, decimals):
    chances, labels = drawn(seed, decimals=decimals)
    expected = average_precision_score(labels, chances, average=None)
    np.testing.assert_array_equal(average_precisions(chances, labels), expected)
    curves = label_curves(chances, labels, ["a", "b", "c"])
    assert [curve.average_precision for curve in curves] == list(expected)


def test_a_class_that_no_photo_has():
    found = average_precisions([[0.9, 0.2], [0.4, 0.3]], [[1, 0], [0, 0]])
    assert found[0] == 1
    assert np.isnan(found[1])


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from([1, 8]))
def test_no_threshold_gives_a_better_f1(seed, decimals):
    chances, labels = drawn(seed, decimals=decimals)
    found = best_thresholds(chances, labels)
    for mine, values, threshold in zip(labels.T, chances.T, found, strict=True):
        if not 10 <= mine.sum() <= 70:
            assert threshold == 0.5
            continue
        assert 0.05 <= threshold <= 0.95
        best = f1_score(mine, values >= threshold)
        others = [f1_score(mine, values >= other, zero_division=0) for other in np.linspace(0.05, 0.95, 31)]
        assert best >= max(others) - 1e-12


def test_few_photos_decide_nothing():
    chances = np.linspace(0.01, 0.2, 100)[:, None]
    labels = np.zeros((100, 1))
    labels[-9:] = 1
    assert best_thresholds(chances, labels).tolist() == [0.5]
    assert best_thresholds(1 - chances, 1 - labels).tolist() == [0.5]
    labels[-10:] = 1
    assert best_thresholds(chances, labels)[0] == pytest.approx((chances[-11, 0] + chances[-10, 0]) / 2)


def test_tuning_helps_where_the_probabilities_are_too_small():
    chances, labels = drawn(3, n=400)
    tuned = best_thresholds(chances / 3, labels)
    assert (tuned < 0.3).all()
    at = [
        f1_score(labels, chances / 3 >= limits, average="macro", zero_division=0) for limits in (0.5, tuned)
    ]
    assert at[1] > at[0] + 0.3


@pytest.mark.parametrize(
    ("chances", "labels", "error", "said"),
    [
        ([0.1], [1], ShapeError, r"one shape \(n, classes\)"),
        ([[0.1, 0.2]], [[1]], ShapeError, "received"),
        ([[np.nan]], [[1]], ArgumentError, "finite"),
        ([[0.5]], [[2]], ArgumentError, "0 or 1"),
    ],
)
def test_bad_arrays(chances, labels, error, said):
    with pytest.raises(error, match=said):
        average_precisions(chances, labels)
