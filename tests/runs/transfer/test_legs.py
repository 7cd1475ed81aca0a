"""The batches of both legs: a function of epoch and number alone, and each photo once a pass."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.layers import Dense, Flatten, Input, UnitNormalization
from convolens.models import Model
from convolens.options.transfer import Transfer
from convolens.runs.training.learnt_network import HEAD, learnt_weights, put_head
from convolens.runs.transfer.evidence import Hurdle
from convolens.runs.transfer.first_answer import ONE_BY_ONE
from convolens.runs.transfer.legs import LegBatches, Legs, joined


def _batches(
    first: int, count: int, size: int, balance: bool = False, shuffle: bool = True
) -> AugmentedBatches:
    """Return batches of photos that are all of one byte, their number."""
    numbers = np.arange(first, first + count, dtype=np.uint8)
    pixels = np.broadcast_to(numbers[:, None, None, None], (count, 2, 2, 1)).copy()
    labels = np.arange(count) % 2
    return AugmentedBatches(
        pixels, labels, size, Augmentation(), 0, rescale=1.0, shuffle=shuffle, balance=balance, classes=2
    )


def _legs(training: int, validation: int, size: int, trial_epochs: int) -> LegBatches:
    trial, other = _batches(0, training, size), _batches(training, validation, size, shuffle=False)
    return LegBatches(trial, joined(trial, other), trial_epochs)


def _numbers(batch: tuple[np.ndarray, np.ndarray]) -> list[int]:
    return [int(value) for value in np.asarray(batch[0])[:, 0, 0, 0]]


SIZES = {
    "training": st.integers(3, 20),
    "validation": st.integers(1, 9),
    "size": st.integers(2, 6),
    "trial_epochs": st.integers(1, 3),
}


@settings(max_examples=30)
@given(**SIZES)
def test_every_photo_comes_once_a_pass(training: int, validation: int, size: int, trial_epochs: int) -> None:
    legs = _legs(training, validation, size, trial_epochs)
    for epoch in range(trial_epochs):
        legs.set_epoch(epoch)
        seen = sorted(number for i in range(len(legs)) for number in _numbers(legs[i]))
        assert seen == list(range(training)), "no photo of the validation comes in the trial"
    seen, passes = [], len(legs.whole)
    for epoch in range(trial_epochs, trial_epochs + 2 * passes):
        legs.set_epoch(epoch)
        seen += [_numbers(legs[i]) for i in range(len(legs))]
    for start in range(0, len(seen) - passes + 1, passes):
        numbers = sorted(number for batch in seen[start : start + passes] for number in batch)
        assert numbers == list(range(training + validation))


@settings(max_examples=30)
@given(places=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=1, max_size=8), **SIZES)
def test_a_batch_depends_on_epoch_and_number_alone(
    places: list[tuple[int, int]], training: int, validation: int, size: int, trial_epochs: int
) -> None:
    used = _legs(training, validation, size, trial_epochs)
    for epoch, number in places:  # in any order, as a training that is gone on with takes them
        number %= len(used)
        fresh = _legs(training, validation, size, trial_epochs)
        for legs in (used, fresh):
            legs.set_epoch(epoch)
        for one, other in zip(used[number], fresh[number], strict=True):
            np.testing.assert_array_equal(one, other)


def test_without_a_second_leg_all_epochs_are_of_the_training_photos() -> None:
    legs = LegBatches(_batches(0, 6, 3), None, 1)
    for epoch in range(3):
        legs.set_epoch(epoch)
        assert sorted(_numbers(legs[0]) + _numbers(legs[1])) == list(range(6))


def test_classes_stay_balanced_in_the_second_leg() -> None:
    trial = _batches(0, 12, 4, balance=True)
    both = joined(trial, _batches(12, 4, 4, shuffle=False))
    assert both.numbers is not None
    assert len(both.pixels) == 16


def test_going_on_within_an_epoch_keeps_what_was_learnt_in_it() -> None:
    """`on_epoch_begin` is what a callback does there by default: the leg would begin again in its middle."""
    inputs = Input((2, 2, 1))
    model = Model(inputs, Dense(2, name=HEAD)(UnitNormalization()(Flatten()(inputs))))
    model.compile("adam", "crossentropy")
    head = (np.ones((4, 2), np.float32), np.zeros(2, np.float32))
    legs = Legs(
        model, learnt_weights(model), (head, None), Transfer(trial_epochs=2), Hurdle("val_loss", False, 1.0, 0.5, 4, ONE_BY_ONE), lambda *_: None
    )  # fmt: skip
    legs.begin()
    legs.on_epoch_begin(0)
    np.testing.assert_array_equal(model.get_layer(HEAD).get_weights()[0], head[0])
    put_head(model, 2 * head[0], head[1])  # as if it had learnt
    legs.on_epoch_resume(0, 1)
    np.testing.assert_array_equal(model.get_layer(HEAD).get_weights()[0], 2 * head[0])


@pytest.mark.parametrize(("whole", "best"), [(3, [2]), (0, [1, 2])])
def test_of_a_trial_that_is_done_again_only_its_end_counts(whole: int, best: list[int]) -> None:
    transfer = Transfer(trial_epochs=2, whole_epochs=whole)
    legs = Legs(
        None, {}, (None, None), transfer, Hurdle("val_loss", False, 1.0, 0.5, 4, ONE_BY_ONE), lambda *_: None
    )  # type: ignore[arg-type]
    measures = {"val_loss": 0.5, "val_accuracy": 1.0}
    assert [epoch for epoch in (1, 2) if legs.may_be_best(epoch, measures)] == best
    assert not legs.may_be_best(2, measures | {"val_accuracy": 0.25})
