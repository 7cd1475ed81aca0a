"""The first answer on numbers: scored on what it did not learn from, whichever way."""

import numpy as np
import pytest

from convolens.features.learners.ridge import fit_ridge
from convolens.runs.tasks.multi_label import MultiLabel
from convolens.runs.tasks.single_label import SingleLabel
from convolens.runs.transfer.first_answer import cross_validate_heads, first_answer

SINGLE = SingleLabel()


def _photos(count: int, seed: int = 0, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return np.eye(2, 30)[labels] * 3 + spread * rng.normal(size=(count, 30)), labels


def _names(count: int) -> list[str]:
    return [f"{i:064x}" for i in range(count)]


def test_labels_that_mean_nothing_score_about_chance() -> None:
    """300 numbers of 60 photos fit any labels; an answer that saw its photo would be right each time."""
    rng = np.random.default_rng(0)
    x, means = rng.normal(size=(60, 300)), []
    for seed in range(10):
        labels = np.random.default_rng(seed).permutation(np.arange(60) % 2)
        assert (fit_ridge(x, labels, 2).logits(x).argmax(axis=1) == labels).mean() > 0.95
        found = cross_validate_heads(SINGLE, x, labels, 2, _names(60))
        assert found is not None
        means.append(found.mean)
    assert 0.35 < np.mean(means) < 0.6


def test_each_photo_is_answered_by_the_head_of_the_other_folds() -> None:
    x, labels = _photos(20)
    found = cross_validate_heads(SINGLE, x, labels, 2, _names(20))
    assert found is not None
    assert len(found.accuracies) == 5
    moved = x.copy()
    moved[3] *= 5  # its length is nothing
    again = cross_validate_heads(SINGLE, moved, labels, 2, _names(20))
    assert again is not None
    np.testing.assert_allclose(again.logits, found.logits)
    assert found.mean == pytest.approx(np.mean(found.accuracies))
    assert found.spread == pytest.approx(np.std(found.accuracies, ddof=1))


def test_identical_photos_stay_in_one_fold() -> None:
    """Copies with labels that mean nothing would be answered by their copies, always right."""
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(20, 400)), np.arange(20) % 2
    twice, contents = np.concatenate([x, x]), _names(20) * 2
    found = cross_validate_heads(SINGLE, twice, np.tile(labels, 2), 2, contents)
    assert found is not None
    assert found.mean < 0.8
    np.testing.assert_allclose(found.logits[:20], found.logits[20:], atol=1e-9)


def test_what_copies_give_away_does_not_count_as_right() -> None:
    """Left out alone, each of two copies is answered by the other."""
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(20, 400)), np.arange(20) % 2
    twice, both = np.concatenate([x, x]), np.tile(labels, 2)
    found = first_answer(SINGLE, twice[:30], twice[30:], both[:30], both[30:], 2, _names(20) * 2, True)
    apart = first_answer(SINGLE, twice[:30], twice[30:], both[:30], both[30:], 2, _names(40), True)
    assert (found.how, apart.how) == ("left out in 5 folds", "left out one by one")
    assert apart.wrong == 0
    assert found.wrong > 10


@pytest.mark.parametrize(("counts", "folds"), [((1, 9), None), ((2, 9), 2), ((4, 4), 4), ((9, 9), 5)])
def test_fewer_folds_where_a_class_has_fewer_photos(counts: tuple[int, int], folds: int | None) -> None:
    labels = np.repeat([0, 1], counts)
    x = np.random.default_rng(0).normal(size=(len(labels), 8))
    found = cross_validate_heads(SINGLE, x, labels, 2, _names(len(labels)))
    assert (None if found is None else len(found.accuracies)) == folds


@pytest.mark.parametrize("learn_all", [True, False])
def test_wrong_are_those_of_really_leaving_each_out(learn_all: bool) -> None:
    x, labels = _photos(24, spread=1.2)
    found = first_answer(SINGLE, x[:18], x[18:], labels[:18], labels[18:], 2, _names(24), learn_all)
    judged = 24 if learn_all else 18
    wrong = 0
    for i in range(judged):
        others = np.arange(judged) != i
        head = fit_ridge(x[:judged][others], labels[:judged][others], 2)  # strength and weights chosen anew
        wrong += int(head.logits(x[i : i + 1]).argmax() != labels[i])
    assert found.photos == judged
    assert found.photos_in_all == 24
    assert abs(found.wrong - wrong) <= 1
    assert (found.whole is None) != learn_all
    scored = fit_ridge(x[:18], labels[:18], 2)
    np.testing.assert_allclose(found.chances, SINGLE.of_logits(scored.logits(x[18:])), atol=1e-6)


def test_validation_labels_do_not_reach_what_is_scored() -> None:
    x, labels = _photos(24)
    one = first_answer(SINGLE, x[:18], x[18:], labels[:18], labels[18:], 2, _names(24), True)
    other = first_answer(SINGLE, x[:18], x[18:], labels[:18], 1 - labels[18:], 2, _names(24), True)
    assert (one.chances == other.chances).all()
    assert (one.kept.kernel != other.kept.kernel).any()


def test_of_several_labels() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (30, 3))
    x = np.concatenate([labels * 3.0, rng.normal(size=(30, 10))], axis=1)
    found = first_answer(MultiLabel(), x[:24], x[24:], labels[:24], labels[24:], 3, _names(30), False)
    crossed = found.cross_validation
    assert crossed is not None
    right = (crossed.logits > 0) == labels
    assert crossed.mean == pytest.approx(right.mean(), abs=0.02)  # folds of nearly one size
    assert 0.8 < crossed.mean <= 1
    assert found.chances.shape == (6, 3)
    left_out = found.scored.left_out > 0
    assert found.wrong == (left_out != labels[:24]).any(axis=1).sum()
