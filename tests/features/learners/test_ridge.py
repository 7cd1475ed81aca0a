"""The head in closed form: against scikit-learn's ridge, and its left-out answers against really leaving each photo out."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens.errors import DataError
from convolens.features.learners import ridge as ridges
from convolens.features.learners.ridge import STRENGTHS, USUAL_STRENGTH, Ridge, fit_ridge, unit_length

# photos and numbers of a photo, fewer and more than each other; photos of each class
SIZES = {
    "n": st.lists(st.integers(1, 9), min_size=2, max_size=4),
    "d": st.sampled_from([2, 5, 40]),
    "seed": st.integers(0, 99),
}


def _features(counts: list[int], d: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features that tell something of the classes, and class numbers, shuffled."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    return rng.normal(size=(len(counts), d))[labels] + rng.normal(size=(len(labels), d)), labels


def _balanced(labels: np.ndarray) -> np.ndarray:
    counts = np.bincount(labels)
    return len(labels) / (np.count_nonzero(counts) * counts[labels])


def _reference(
    x: np.ndarray, targets: np.ndarray, strength: float, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return kernel and bias of scikit-learn's ridge on features of length 1."""
    from sklearn.linear_model import Ridge as Reference

    found = Reference(alpha=strength, solver="svd").fit(unit_length(x), targets, sample_weight=weights)
    return np.atleast_2d(found.coef_).T, np.atleast_1d(found.intercept_)


@settings(max_examples=40)
@given(**SIZES)
def test_the_head_is_scikit_learns_ridge_with_classes_weighed(n: list[int], d: int, seed: int) -> None:
    x, labels = _features(n, d, seed)
    found = fit_ridge(x, labels, len(n))
    kernel, bias = _reference(x, np.eye(len(n))[labels], found.strength, _balanced(labels))
    np.testing.assert_allclose(found.kernel, found.scale * kernel, atol=1e-6)
    np.testing.assert_allclose(found.bias, found.scale * bias, atol=1e-6)


@settings(max_examples=40)
@given(**SIZES)
def test_left_out_answers_are_those_of_really_leaving_out(n: list[int], d: int, seed: int) -> None:
    x, labels = _features(n, d, seed)
    found = fit_ridge(x, labels, len(n))
    targets, weights = np.eye(len(n))[labels], _balanced(labels)
    for i in range(len(x)):
        others = np.arange(len(x)) != i
        kernel, bias = _reference(x[others], targets[others], found.strength, weights[others])
        expected = found.scale * (unit_length(x[i : i + 1]) @ kernel + bias)
        np.testing.assert_allclose(found.left_out[i], expected[0], atol=1e-5)


@settings(max_examples=20)
@given(n=st.integers(4, 30), d=st.sampled_from([2, 40]), seed=st.integers(0, 99))
def test_of_several_labels_each_has_its_own_ridge(n: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(n, d)), rng.integers(0, 2, (n, 3))
    found = fit_ridge(x, labels, 3)
    kernels = found.kernel / found.scale
    for label in range(3):  # the strength that was chosen for it is one of the known ones
        fits = [
            np.abs(_reference(x, labels[:, label], strength, np.ones(n))[0][:, 0] - kernels[:, label]).max()
            for strength in STRENGTHS
        ]
        assert min(fits) < 1e-6
        strength = STRENGTHS[int(np.argmin(fits))]
        others = np.arange(n) != 0
        kernel, bias = _reference(x[others], labels[others, label], strength, np.ones(n - 1))
        expected = found.scale * ((unit_length(x[:1]) @ kernel)[0, 0] + bias[0] - 0.5)
        np.testing.assert_allclose(found.left_out[0, label], expected, atol=1e-5)
    np.testing.assert_allclose(found.logits(x), unit_length(x) @ found.kernel + found.bias)


@settings(max_examples=20)
@given(**SIZES)
def test_the_strength_has_the_smallest_left_out_error(n: list[int], d: int, seed: int) -> None:
    x, labels = _features(n, d, seed)
    found = fit_ridge(x, labels, len(n))
    if max(n) < 2:
        assert found.strength == USUAL_STRENGTH
        return
    targets, weights, errors = np.eye(len(n))[labels], _balanced(labels), []
    for strength in STRENGTHS:
        error = 0.0
        for i in range(len(x)):
            others = np.arange(len(x)) != i
            kernel, bias = _reference(x[others], targets[others], strength, weights[others])
            error += weights[i] * ((unit_length(x[i : i + 1]) @ kernel + bias - targets[i]) ** 2).sum()
        errors.append(error)
    assert errors[STRENGTHS.index(found.strength)] <= min(errors) * (1 + 1e-6)


def test_length_and_order_of_features_change_nothing() -> None:
    x, labels = _features([6, 4], 12, 0)
    found = fit_ridge(x, labels, 2)
    other = fit_ridge(x[::-1] * np.linspace(0.1, 50, len(x))[:, None], labels[::-1], 2)
    np.testing.assert_allclose(other.kernel, found.kernel, atol=1e-9)
    np.testing.assert_allclose(other.left_out[::-1], found.left_out, atol=1e-9)
    np.testing.assert_allclose(found.logits(7 * x), found.logits(x))


def test_perfect_answers_do_not_make_it_certain() -> None:
    """Of few photos, all right, the likelihood alone would ask for the largest scale there is."""
    centres = np.eye(2, 20)
    for count in (2, 5, 50):
        rng = np.random.default_rng(count)
        labels = np.repeat([0, 1], count)
        found = fit_ridge(centres[labels] + 0.01 * rng.normal(size=(2 * count, 20)), labels, 2)
        assert (found.left_out.argmax(axis=1) == labels).all()
        assert 8 <= found.scale <= 40, count


def test_labels_that_mean_nothing_get_a_small_scale() -> None:
    rng = np.random.default_rng(0)
    found = fit_ridge(rng.normal(size=(200, 30)), rng.integers(0, 2, 200), 2)
    assert found.scale < ridges.USUAL_SCALE


def test_features_of_zeros_are_answered_by_the_classes_alone() -> None:
    found = fit_ridge(np.zeros((5, 3)), np.array([0, 0, 0, 1, 1]), 2)
    assert np.isfinite(found.kernel).all()
    assert np.isfinite(found.left_out).all()
    assert not found.kernel.any()
    np.testing.assert_allclose(found.bias, found.bias[::-1])  # balanced: neither is likelier


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_one_photo_of_each_class_is_the_nearest_one(classes: int) -> None:
    x = np.random.default_rng(0).normal(size=(classes, 24))
    found = fit_ridge(x, np.arange(classes), classes)
    assert found.strength == USUAL_STRENGTH
    assert np.isfinite(found.scale)
    assert np.isfinite(found.left_out).all()
    assert found.logits(x).argmax(axis=1).tolist() == list(range(classes))


def test_a_class_without_photos_is_never_the_answer() -> None:
    x, labels = _features([5, 5], 8, 1)
    found = fit_ridge(x, 2 * labels, 3)  # class 1 has none
    assert 1 not in found.logits(x).argmax(axis=1)
    np.testing.assert_allclose(found.logits(x)[:, 1], 0, atol=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_that_are_no_numbers_are_refused(bad: float) -> None:
    x, labels = _features([3, 3], 4, 0)
    x[2, 1] = bad
    with pytest.raises(DataError, match=r"features of 1 of 6 photos are not finite numbers"):
        fit_ridge(x, labels, 2)


def test_one_photo_is_too_few() -> None:
    with pytest.raises(DataError, match="at least two photos to be fitted to; received 1"):
        fit_ridge(np.ones((1, 3)), np.array([0]), 2)


def test_logits_are_layers() -> None:
    """`UnitNormalization` and a dense layer with these weights give the same, in float32."""
    import torch

    from convolens.layers import Dense, UnitNormalization

    x, labels = _features([6, 4], 12, 0)
    found: Ridge = fit_ridge(x, labels, 2)
    dense = Dense(2)
    dense.build_once((None, 12))
    dense.set_weights([found.kernel.astype("float32"), found.bias.astype("float32")])
    given_ = dense(UnitNormalization()(torch.from_numpy(x.astype("float32")))).detach().numpy()
    np.testing.assert_allclose(given_, found.logits(x), atol=1e-4)
