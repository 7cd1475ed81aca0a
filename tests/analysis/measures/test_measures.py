"""The measures against scipy, scikit-learn and formulas by hand, and what they promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from scipy.stats import binom, binomtest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from convolens.analysis import measures
from convolens.analysis.measures.bootstrap import macro_f1
from convolens.analysis.measures.calibration import log_loss
from convolens.analysis.measures.conformal import check_rate, strangeness
from convolens.errors import ArgumentError, ShapeError


def answers(seed: int, n: int, classes: int, sharp: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn from a softmax, and the softmax `sharp` times as sure: its true temperature is `sharp`."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, classes)) * 1.3
    chances = softmax(logits, axis=1)
    labels = (chances.cumsum(axis=1) > rng.uniform(size=(n, 1))).argmax(axis=1)
    return softmax(sharp * logits, axis=1), labels


@given(st.integers(0, 1000), st.integers(2, 6), st.sampled_from([0.5, 1.0, 3.0]))
def test_temperature_is_that_of_a_general_minimiser(seed, classes, sharp):
    probability, labels = answers(seed, 200, classes, sharp)
    logits = np.log(probability)

    def loss(log_temperature):
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return -scaled[np.arange(len(labels)), labels].mean()

    found = measures.fit_temperature(probability, labels)
    best = minimize(loss, 0.0, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12})
    assert found == pytest.approx(math.exp(best.x[0]), rel=1e-3)
    assert log_loss(measures.temper(probability, found), labels) == pytest.approx(best.fun, abs=1e-6)


def test_the_true_temperature_is_found_and_corrects_the_error():
    probability, labels = answers(0, 5000, 4, sharp=3.0)
    assert measures.fit_temperature(probability, labels) == pytest.approx(3.0, rel=0.05)
    before = measures.expected_calibration_error(probability, labels)
    after = measures.expected_calibration_error(measures.cross_fitted(probability, labels), labels)
    assert before > 0.15
    assert after < 0.03


def test_right_answers_alone_end_at_the_lowest_temperature():
    assert measures.fit_temperature([[0.9, 0.1], [0.2, 0.8]], [0, 1]) == pytest.approx(0.05, rel=1e-3)


@given(st.integers(0, 1000), st.floats(0.5, 5))
def test_tempering_keeps_the_order_and_sums_to_one(seed, temperature):
    probability, _ = answers(seed, 20, 5)
    tempered = measures.temper(probability, temperature)
    assert tempered.sum(axis=1) == pytest.approx(np.ones(20))
    assert (tempered.argmax(axis=1) == probability.argmax(axis=1)).all()
    assert measures.temper(tempered, 1 / temperature) == pytest.approx(probability, abs=1e-4)


@given(st.integers(0, 1000), st.integers(1, 20))
def test_calibration_error_by_hand(seed, bins):
    probability, labels = answers(seed, 60, 3)
    confidence, right = probability.max(axis=1), probability.argmax(axis=1) == labels
    error = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    assert measures.expected_calibration_error(probability, labels, bins) == pytest.approx(error)
    assert measures.reliability(probability, labels, bins).counts.sum() == 60


def test_p_values_hold_the_rate():
    """By simulation: 400 times 39 photos to fit on; the mean over all has little slack."""
    rng = np.random.default_rng(0)
    scores = rng.exponential(size=(400, 39 + 50))
    for rate in (0.025, 0.1, 0.5):
        called = np.mean([(measures.p_values(row[:39], row[39:]) <= rate).mean() for row in scores])
        assert called <= rate + 0.02
        assert called >= rate - 0.03, "no more careful than it has to be"


def test_conformal_sets_cover_the_true_class():
    fitted, fitted_labels = answers(1, 500, 5)
    new, labels = answers(2, 2000, 5)
    for rate in (0.05, 0.2):
        p = measures.class_p_values(strangeness(fitted, fitted_labels), new)
        covered = int((p[np.arange(2000), labels] > rate).sum())
        assert covered >= binom.ppf(0.001, 2000, 1 - rate) - 60  # 500 photos to fit on: their own chance
        assert (p > rate).sum(axis=1).mean() < 5, "sets are not all classes"


def test_the_number_of_photos_that_a_rate_needs():
    for rate in (0.5, 0.1, 0.05, 0.03, 0.01):
        enough = measures.enough_for(rate)
        assert measures.p_values(np.zeros(enough), [1.0])[0] <= rate + 1e-12
        assert measures.p_values(np.zeros(enough - 1), [1.0])[0] > rate if enough > 1 else True


@given(st.lists(st.integers(0, 9), min_size=4, max_size=60), st.sampled_from([0.025, 0.05, 0.2, 0.4, 0.9]))
def test_the_threshold_says_what_the_p_values_say(scores, rate):
    if len(scores) < measures.enough_for(rate):
        with pytest.raises(ArgumentError, match="photos cannot hold a rate of"):
            measures.threshold(scores, rate)
        return
    new = np.arange(-1, 11, 0.5)
    limit = measures.threshold(scores, rate)
    assert ((new > limit) == (measures.p_values(scores, new) <= rate + 1e-12)).all()


@pytest.mark.parametrize("rate", [0, 1, -0.1, 1.5, "0.1", True, float("nan"), None])
def test_no_rate(rate):
    with pytest.raises(ArgumentError, match=r"error_rate must be above 0 and below 1, 0\.05 say"):
        check_rate("calibrate", "error_rate", rate)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_by_hand(fixed, broken):
    changed = fixed + broken
    tail = sum(math.comb(changed, i) for i in range(min(fixed, broken) + 1)) / 2**changed
    assert measures.mcnemar(fixed, broken) == pytest.approx(min(1.0, 2 * tail))
    assert measures.mcnemar(fixed, broken) == measures.mcnemar(broken, fixed)
    if changed:
        assert measures.mcnemar(fixed, broken) == binomtest(fixed, changed).pvalue


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(2, 6), st.integers(1, 30))
def test_macro_f1_of_many_sets_is_scikit_learns(seed, classes, n):
    rng = np.random.default_rng(seed)
    labels, guessed = rng.integers(0, classes, (2, 3, 4, n))
    found = macro_f1(labels, guessed, classes)
    assert found.shape == (3, 4)
    for place in np.ndindex(3, 4):
        wanted = f1_score(
            labels[place], guessed[place], labels=range(classes), average="macro", zero_division=0
        )
        assert found[place] == pytest.approx(wanted)


def test_intervals_are_those_of_a_multinomial_and_cover():
    """The share of right answers of n photos drawn with replacement is binomial: its quantiles are the interval."""
    truth = np.arange(200) % 2
    guessed = np.where(np.arange(200) < 150, truth, 1 - truth)
    accuracy, f1 = measures.accuracy_and_f1_intervals(truth, guessed, 2, resamples=4000)
    assert accuracy.low == pytest.approx(binom.ppf(0.025, 200, 0.75) / 200, abs=0.011)
    assert accuracy.high == pytest.approx(binom.ppf(0.975, 200, 0.75) / 200, abs=0.011)
    assert f1.low < 0.75 < f1.high
    again = measures.accuracy_and_f1_intervals(truth, guessed, 2, resamples=4000)
    assert (accuracy, f1) == again, "the seed decides"
    assert measures.accuracy_and_f1_intervals(truth, guessed, 2, seed=1, resamples=4000) != again
    with pytest.raises(ArgumentError, match="needs at least two photos; received 1"):
        measures.accuracy_and_f1_intervals([0], [0], 2)
    with pytest.raises(ShapeError, match=r"must both be \(n,\)"):
        measures.accuracy_and_f1_intervals([0, 1], [0], 2)


def test_areas_are_scikit_learns():
    probability, labels = answers(3, 300, 4)
    curves = measures.threshold_curves(probability, labels, "abcd")
    assert [curve.name for curve in curves] == list("abcd")
    for number, curve in enumerate(curves):
        assert curve.roc_area == pytest.approx(roc_auc_score(labels == number, probability[:, number]))
        wanted = average_precision_score(labels == number, probability[:, number])
        assert curve.average_precision == pytest.approx(wanted)
        assert curve.recall.max() == curve.true_positives.max() == 1
    mean = np.mean([curve.roc_area for curve in curves])
    assert mean == pytest.approx(roc_auc_score(labels, probability, multi_class="ovr"))
    two = measures.threshold_curves(
        probability[:, :2] / probability[:, :2].sum(1, keepdims=True), labels % 2, "ab"
    )
    assert [curve.name for curve in two] == ["b"]
    absent = measures.threshold_curves(probability, np.minimum(labels, 2), "abcd")
    assert [curve.name for curve in absent] == ["a", "b", "c"]
    assert set(measures.areas(absent)) == {"a", "b", "c"}


def test_distance_is_that_to_the_nearest():
    rng = np.random.default_rng(0)
    known, new = rng.normal(size=(50, 6)), rng.normal(size=(20, 6))
    by_hand = np.sqrt(((new[:, None] - known[None]) ** 2).sum(-1)).min(1)
    assert measures.FeatureDistance(known)(new) == pytest.approx(by_hand, rel=1e-4)
    assert measures.FeatureDistance(known)(np.full((1, 6), np.inf)).tolist() == [np.inf]
    labels = np.array([0] * 48 + [1, 2])
    some = measures.FeatureDistance.of_some(known, labels, most_bytes=6 * 4 * 10)
    assert some.features.shape == (10, 6)
    for rare in (48, 49):
        assert (some.features == known[rare].astype(np.float32)).all(axis=1).any(), "rare classes are kept"
    with pytest.raises(ShapeError, match="made with 6 features a photo; received 5"):
        some(np.zeros((1, 5)))


@pytest.mark.parametrize(
    ("probability", "labels", "error", "words"),
    [
        ([[0.5, 0.5]], [0, 1], ShapeError, "1 rows need as many labels"),
        ([[0.5, 0.5]], [2], ArgumentError, "labels must be class numbers 0 to 1"),
        ([[0.5, 0.5]], [0.0], ArgumentError, "labels must be class numbers 0 to 1, as integers"),
        ([0.5, 0.5], [0], ShapeError, r"expected probabilities of shape \(n, classes\)"),
        ([[3.0, -2.0]], [0], ArgumentError, "give a softmax's output, not logits"),
        (
            [[float("nan"), 1.0]],
            [0],
            ArgumentError,
            "probabilities must be finite; are the network's weights",
        ),
        (np.zeros((0, 2)), [], ShapeError, "at least one row"),
    ],
)
def test_arrays_that_do_not_belong_together(probability, labels, error, words):
    for measure in (measures.expected_calibration_error, measures.fit_temperature):
        with pytest.raises(error, match=words):
            measure(probability, np.asarray(labels))


def test_no_temperature():
    with pytest.raises(ArgumentError, match="temperature must be above 0"):
        measures.temper([[0.5, 0.5]], 0)
    with pytest.raises(ArgumentError, match="20 photos cannot be parted into 21 folds"):
        measures.cross_fitted(*answers(0, 20, 2), folds=21)
