"""Measures of classes are scikit-learn's, whichever classes are missing among labels or answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from convolens.analysis.measures.class_scores import score


@given(st.integers(2, 6), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_scores_are_scikit_learns(classes: int, photos: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    probability = draw.dirichlet(np.ones(classes), photos)
    labels = draw.integers(0, draw.integers(1, classes + 1), photos)
    found = score(probability, labels, tuple("abcdef"[:classes]))
    guessed, numbers = probability.argmax(axis=1), np.arange(classes)
    np.testing.assert_array_equal(found.confusion, confusion_matrix(labels, guessed, labels=numbers))
    expected = precision_recall_fscore_support(labels, guessed, labels=numbers, zero_division=0)
    for number, one in enumerate(found.classes):
        assert (one.precision, one.recall, one.f1, one.count) == pytest.approx(
            [part[number] for part in expected]
        )
