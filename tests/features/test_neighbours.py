"""Neighbours: exact, by both distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens.errors import ArgumentError, ShapeError, UnknownNameError
from convolens.features.neighbours import nearest


@given(st.integers(0, 999), st.integers(1, 40), st.integers(1, 12), st.sampled_from(["cosine", "euclidean"]))
def test_every_sample_is_looked_at(seed, n, count, metric):
    rng = np.random.default_rng(seed)
    x, queries = rng.normal(size=(n, 5)), rng.normal(size=(2, 5))
    found = nearest(x, queries, count, metric)
    if metric == "cosine":
        lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(x, axis=1)
        distances = 1 - queries @ x.T / lengths
    else:
        distances = np.linalg.norm(queries[:, None] - x, axis=2)
    assert found.places.shape == (2, min(n, count))
    np.testing.assert_allclose(found.distances, np.sort(distances, 1)[:, :count], atol=1e-9)
    np.testing.assert_allclose(np.take_along_axis(distances, found.places, 1), found.distances, atol=1e-9)


def test_what_makes_no_sense():
    with pytest.raises(ArgumentError, match="count must be an integer of at least 1"):
        nearest(np.eye(2), np.eye(2), 0)
    with pytest.raises(UnknownNameError, match="Did you mean 'cosine'"):
        nearest(np.eye(2), np.eye(2), metric="cosinus")
    with pytest.raises(ShapeError, match=r"received \(2, 2\) and \(3, 3\)"):
        nearest(np.eye(2), np.eye(3))
