"""Nested cross-validation scores what was not learnt from."""

import numpy as np
import pytest

from convolens.errors import DataError, UnknownNameError
from convolens.features.learners import classical, cross_validation
from convolens.features.learners.cross_validation import (
    check_counts,
    cross_validate,
    inner_folds,
    split,
)


def test_labels_without_meaning_are_guessed_no_better_than_by_chance():
    """Nearest neighbours knows every training photo; were one scored, it would be right."""
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(200, 20)), np.arange(200) % 2
    (result,) = cross_validate(["neighbours"], x, labels, ["a", "b"])
    assert abs(result.mean - 0.5) < 0.1
    assert len(result.accuracies) == 5
    assert result.spread > 0


def test_what_can_be_learnt_is():
    random = np.random.default_rng(0)
    labels = np.arange(60) % 3
    x = random.normal(size=(60, 4)) + 4 * np.eye(3, 4)[labels]
    results = cross_validate(["svm", "logistic", "neighbours"], x, labels, ["a", "b", "c"], folds=3)
    assert all(result.mean > 0.9 for result in results)
    assert [r.mean for r in results] == sorted((r.mean for r in results), reverse=True)
    for result in results:
        np.testing.assert_allclose(result.probability.sum(1), 1, atol=1e-9)
        assert len(result.chosen) == 3


def test_it_is_scikit_learns_nested_cross_validation():
    """The accuracies are those of cross_val_score over a GridSearchCV."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(3)
    labels = np.arange(80) % 2
    x = random.normal(size=(80, 6)) + 0.7 * labels[:, None]
    (result,) = cross_validate(["logistic"], x, labels, ["a", "b"], folds=4, seed=5)
    pipeline = Pipeline([("scale", StandardScaler()), ("learn", LogisticRegression(max_iter=2000))])
    search = GridSearchCV(
        pipeline, {"learn__C": classical.GRIDS["logistic"]["C"]},
        cv=StratifiedKFold(cross_validation.INNER, shuffle=True, random_state=5),
    )  # fmt: skip
    expected = cross_val_score(search, x, labels, cv=StratifiedKFold(4, shuffle=True, random_state=5))
    np.testing.assert_allclose(result.accuracies, expected)


def test_groups_are_never_on_both_sides():
    random = np.random.default_rng(0)
    groups = random.integers(0, 12, 90)
    labels = np.arange(90) % 2
    folds = list(split(labels, groups, 3, 0))
    assert len(folds) == 3
    for training, test in folds:
        assert not set(groups[training]) & set(groups[test])
        for inner_training, inner_test in inner_folds(labels[training], groups[training], 0):
            assert not set(groups[training][inner_training]) & set(groups[training][inner_test])


def test_with_two_of_a_class_nothing_is_tuned_and_all_is_fitted():
    x, labels = np.arange(8, dtype=float)[:, None], np.array([0, 0, 0, 0, 0, 0, 1, 1])
    assert inner_folds(np.array([0, 0, 1]), None, 0) == []
    results = cross_validate(list(classical.LEARNERS), x, labels, ["a", "b"], folds=2)
    assert len(results) == 5
    assert all(np.isfinite(result.probability).all() for result in results)


def test_bad_input():
    with pytest.raises(DataError, match=r"class 'b' has 3 photos, fewer than the 5 folds; give --folds 3"):
        check_counts(np.array([0] * 9 + [1] * 3), ["a", "b"], 5)
    with pytest.raises(DataError, match="class 'b' has 1 readable photo; cross-validation needs at least 2"):
        check_counts(np.array([0] * 9 + [1]), ["a", "b"], 2)
    with pytest.raises(DataError, match="one class only"):
        check_counts(np.zeros(9, int), ["a"], 2)
    labels = np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(DataError, match="a class is missing on one side"):
        cross_validate(["logistic"], np.zeros((6, 1)), labels, ["a", "b"], groups=labels, folds=2)
    with pytest.raises(UnknownNameError, match=r"unknown learner 'forrest'. Did you mean 'forest'\?"):
        classical.choose_learners(["forrest"])
