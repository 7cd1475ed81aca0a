"""The order in which photos are labelled best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens.errors import ArgumentError, ShapeError
from convolens.studio.labelling.usefulness import entropy, margin, order


def test_doubt_alone_sorts_by_entropy() -> None:
    chances = np.array([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3]])
    places, _ = order(entropy(chances), np.zeros((3, 2)), np.zeros((1, 2)), novelty=0)
    assert places.tolist() == [1, 2, 0]


def test_novelty_alone_is_the_greedy_k_center() -> None:
    rng = np.random.default_rng(0)
    features, labelled = rng.normal(size=(40, 3)), rng.normal(size=(7, 3))
    places, new = order(np.zeros(40), features, labelled, novelty=1)
    known = labelled
    first = None
    for place in places.tolist():
        distance = np.linalg.norm(features[:, None] - known[None], axis=2).min(1)
        first = first or distance.max()
        assert distance[place] == pytest.approx(distance.max(), abs=1e-5)
        assert new[place] == pytest.approx(distance[place] / first, abs=1e-5)
        known = np.concatenate([known, features[place : place + 1]])


def test_copies_of_one_odd_photo_do_not_come_in_a_row() -> None:
    odd = np.full((20, 2), 9.0) + np.arange(20)[:, None] / 1000
    others = np.array([[0.0, 5.0], [5.0, 0.0], [3.0, 3.0]])
    places, _ = order(np.full(23, 0.5), np.concatenate([odd, others]), np.zeros((2, 2)))
    assert len({place for place in places[:4].tolist() if place < 20}) == 1


def test_the_most_are_picked_and_the_rest_follow() -> None:
    rng = np.random.default_rng(1)
    uncertainty = rng.random(50)
    places, _ = order(uncertainty, np.zeros((50, 4)), np.zeros((0, 4)), most=5)
    assert sorted(places.tolist()) == list(range(50))
    assert places.tolist() == np.argsort(-uncertainty, kind="stable").tolist()


@given(st.integers(0, 30), st.integers(0, 5), st.floats(0, 1), st.integers(0, 9))
def test_every_photo_comes_once(count: int, known: int, novelty: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 3)) * 10.0 ** rng.integers(-3, 6)
    places, new = order(rng.random(count), features, rng.normal(size=(known, 3)), novelty, most=7)
    assert sorted(places.tolist()) == list(range(count))
    assert ((new >= 0) & (new <= 1 + 1e-6)).all()


def test_features_that_are_no_numbers_are_as_new_as_can_be() -> None:
    features = np.array([[1.0, 1.0], [np.inf, 0.0], [2.0, 2.0]])
    assert order(np.zeros(3), features, np.zeros((1, 2)))[0][0] == 1


def test_entropy_and_margin() -> None:
    assert entropy(np.full((1, 4), 0.25)).tolist() == [1.0]
    assert entropy(np.array([[0.5, 0.5, 1.0]]), several=True).round(6).tolist() == [0.666667]
    assert margin(np.array([[0.5]])).tolist() == [0.0]
    with pytest.raises(ArgumentError, match="novelty"):
        order(np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), novelty=2)
    with pytest.raises(ShapeError, match="do not fit"):
        order(np.zeros(2), np.zeros((1, 1)), np.zeros((1, 1)))
