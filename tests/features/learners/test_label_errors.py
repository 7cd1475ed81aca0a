"""Label errors: injected ones are found, by cleanlab and by the paper's rule in its simple form alike."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from convolens.errors import DataError, ShapeError, UnknownNameError
from convolens.features.learners.label_errors import (
    confident_labels,
    find_label_errors,
    mislabelled,
    out_of_fold,
)


def flipped(share, seed=0, most=900):
    """Return digits, their labels with a share of wrong ones, and which are wrong."""
    digits = load_digits()
    x, labels = digits.data[:most].astype(np.float32), digits.target[:most].astype(np.int64)
    rng = np.random.default_rng(seed)
    wrong = rng.choice(most, round(share * most), replace=False)
    labels = labels.copy()
    labels[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return x, labels, wrong, digits.target


@pytest.mark.parametrize("cleanlab", [True, False])
def test_wrong_labels_of_digits_are_found(cleanlab):
    """5 % of 900 labels are changed; the features are raw pixels. Found: 31 of 45, and 4 others are named."""
    x, labels, wrong, truth = flipped(0.05)
    found = find_label_errors(x, labels, folds=3, cleanlab=cleanlab)
    hits = np.isin(found.places, wrong)
    assert hits.mean() >= 0.8
    assert hits.sum() >= 0.6 * len(wrong)
    assert (found.suggested[hits] == truth[found.places[hits]]).mean() >= 0.95
    own = found.probability[np.arange(len(labels)), labels]
    assert (np.diff(own[found.places]) >= 0).all(), "the most suspicious first"
    assert np.allclose(found.probability.sum(1), 1)
    assert ("cleanlab" in found.method) == cleanlab


@given(st.integers(0, 10_000), st.integers(2, 6), st.floats(0.3, 3))
def test_cleanlab_and_the_simple_form_agree(seed, classes, sharpness):
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), rng.integers(0, classes, 80)])
    labels = np.where(rng.random(len(truth)) < 0.2, rng.integers(0, classes, len(truth)), truth)
    labels[:classes] = np.arange(classes)  # each class is there
    scores = rng.normal(0, 1, (len(truth), classes))
    scores[np.arange(len(truth)), truth] += 2
    chances = np.exp(sharpness * scores)
    chances /= chances.sum(1, keepdims=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = mislabelled(chances, labels, cleanlab=True)[0].tolist()
    assert confident_labels(chances, labels).tolist() == theirs


def test_no_cleanlab_is_said(monkeypatch):
    import convolens.features.learners.label_errors as module

    def absent(name):
        raise module.PackageNotFoundError(name)

    chances, labels = np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([0, 1])
    assert mislabelled(chances, labels)[1].startswith("confident learning, cleanlab 2")
    monkeypatch.setattr(module, "version", absent)
    assert mislabelled(chances, labels)[1] == "confident learning in its simple form"


def test_copies_do_not_vouch_for_each_other():
    """Three copies of a wrong label: the nearest photo of each is its copy, which must not be learnt from."""
    x, labels, _, truth = flipped(0.0, most=300)
    copied = np.concatenate([np.arange(300), np.repeat(np.arange(0, 30, 3), 2)])
    labels[:30:3] = (truth[:30:3] + 5) % 10
    groups = copied
    wrong = np.flatnonzero(labels[copied] != truth[copied])
    recall = {}
    for together in (True, False):
        found = find_label_errors(
            x[copied], labels[copied], groups if together else None, folds=3, cleanlab=False
        )
        recall[together] = np.isin(wrong, found.places).mean()
    assert recall[True] >= 0.5
    assert recall[False] <= 0.5 * recall[True], "the copies vouch for each other"
    folds = out_of_fold(x[copied], labels[copied], groups, 3, 0)
    assert np.allclose(folds[:30:3], folds[300::2]), "copies are asked about in the same fold"


def test_a_class_of_one_photo_is_left_out():
    x, labels, _, _ = flipped(0.0, most=100)
    labels[7] = 11
    found = find_label_errors(x, labels, folds=3, cleanlab=False)
    assert found.left_out == (11,)
    assert np.isnan(found.probability[7]).all()
    assert 7 not in found.places
    assert np.isfinite(np.delete(found.probability[:, :10], 7, axis=0)).all()


def test_too_little_to_compare():
    with pytest.raises(DataError, match=r"1 class with at least 2 different photos.*add photos"):
        find_label_errors(np.eye(3), np.array([0, 0, 1]))
    with pytest.raises(ShapeError, match="a row of probabilities a label"):
        confident_labels(np.eye(3), np.array([0]))


def test_ridge_names_wrong_labels_too():
    """Features are pixels of length 1; classes are unequal, and one has a single photo in a group of its own."""
    x, labels, wrong, _ = flipped(0.05)
    found = find_label_errors(x, labels, folds=3, learner="ridge")
    hits = np.isin(found.places, wrong)
    assert hits.mean() >= 0.8
    assert hits.sum() >= 0.6 * len(wrong)
    assert np.allclose(found.probability.sum(1), 1)
    few = np.flatnonzero((labels != 3) | (np.cumsum(labels == 3) <= 2))
    assert find_label_errors(x[few], labels[few], folds=3, learner="ridge").left_out == ()
    with pytest.raises(UnknownNameError, match=r"learner must be one of .* Did you mean 'ridge'"):
        find_label_errors(x, labels, learner="rigde")
