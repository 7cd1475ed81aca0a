"""Balance: class weights as scikit-learn's, and orders in which every class comes equally often."""

from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from sklearn.utils.class_weight import compute_class_weight

import convolens
from convolens import layers
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.augmentation.draw.balance import (
    balanced_order,
    balanced_weights,
    class_numbers,
    labels_of,
    times_before,
)
from convolens.errors import ArgumentError
from convolens.preprocessing.image import ImageDataGenerator
from images import folders

LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=60)


@given(LABELS)
def test_weights_are_scikit_learns(labels: list[int]) -> None:
    classes = np.unique(labels)
    expected = compute_class_weight("balanced", classes=classes, y=np.array(labels))
    weights = balanced_weights("fit", labels)
    assert list(weights) == classes.tolist()
    np.testing.assert_allclose(list(weights.values()), expected, rtol=1e-12)
    shares = {number: weights[number] * labels.count(number) for number in weights}
    np.testing.assert_allclose(list(shares.values()), len(labels) / len(classes), rtol=1e-12)


@given(LABELS)
def test_every_form_of_labels_means_the_same(labels: list[int]) -> None:
    array = np.array(labels)
    for form in (array, array.astype(np.float32), array[:, None], np.eye(6)[array], np.eye(6, dtype=bool)[array],
                 torch.tensor(labels), array.astype(np.uint8)):  # fmt: skip
        assert class_numbers("fit", form).tolist() == labels
        assert class_numbers("fit", form).dtype == np.int64


@given(labels=LABELS, seed=st.integers(-(2**70), 2**70), epochs=st.integers(1, 12))
def test_the_balanced_order_keeps_its_guarantees(labels: list[int], seed: int, epochs: int) -> None:
    y = np.array(labels)
    n, classes, sizes = len(y), np.unique(y), np.unique(y, return_counts=True)[1]
    k = len(classes)
    orders = [balanced_order(y, seed, epoch) for epoch in range(epochs)]
    total = np.zeros(n, int)
    for epoch, order in enumerate(orders):
        assert order.shape == (n,)
        assert order.dtype == np.int64
        now = np.bincount(order, minlength=n)
        total += now
        for counts in (now, total):
            by_class = np.array([counts[y == number].sum() for number in classes])
            assert np.ptp(by_class) <= 1
            for number in classes:
                assert np.ptp(counts[y == number]) <= 1
        if (epoch + 1) % k == 0:
            assert np.ptp([total[y == number].sum() for number in classes]) == 0
        for number, size in zip(classes, sizes, strict=True):
            if size <= n // k:
                assert now[y == number].min() >= 1
            if size > n / k:
                assert now[y == number].max() <= 1
            if epoch + 1 >= -(-size // (n // k)):
                assert total[y == number].min() >= 1
        assert now[y == classes[sizes.argmin()]].min() >= 1  # every sample of the rarest class
    for epoch in reversed(range(epochs)):  # a pure function: no epoch depends on others
        np.testing.assert_array_equal(balanced_order(y.tolist(), seed, epoch), orders[epoch])
    np.testing.assert_array_equal(balanced_order(np.eye(6)[y], seed, 0), orders[0])


def test_orders_differ_and_are_mixed() -> None:
    y = np.repeat([0, 1, 2], [70, 20, 10])
    orders = {tuple(balanced_order(y, seed, epoch)) for seed in range(10) for epoch in range(10)}
    assert len(orders) == 100
    first_half = np.mean([(y[list(order[:50])] == 2).mean() for order in orders])
    assert abs(first_half - 1 / 3) < 0.03  # the rare class does not stand at one end


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (None, "needs one label a sample, as class numbers or one-hot rows; there are none"),
        (["cat", "dog"], "these are something else. Give a dict"),
        ([[0, 1], [1]], "these are something else"),
        ([], "these are something else"),
        ([[1, 1], [0, 1]], "not one-hot: several labels a sample, or soft"),
        ([[0.3, 0.7], [1, 0]], "not one-hot"),
        ([0.5, 1.0], "float64 of shape .2,. with fractions"),
        (np.zeros((2, 3, 3)), r"received float64 of shape \(2, 3, 3\)"),
    ],
    ids=lambda value: str(value)[:12].replace("\n", " "),
)
def test_labels_that_name_no_class(labels: Any, words: str) -> None:
    for act in (
        lambda: class_numbers("fit", labels),
        lambda: balanced_weights("fit", labels),
    ):
        with pytest.raises(ArgumentError, match=f"^fit: .*{words}"):
            act()
    with pytest.raises(ArgumentError, match=r"^balanced_order: "):
        balanced_order(labels, 1, 0)


def model(outputs: int = 3, loss: str = "sparse_categorical_crossentropy") -> Any:
    convolens.utils.set_random_seed(3)
    made = convolens.Sequential([convolens.Input((4,)), layers.Dense(outputs, activation="softmax")])
    made.compile("sgd", loss)
    return made


X = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
Y = np.random.default_rng(1).choice(3, 40, p=[0.7, 0.2, 0.1])


def same(one: Any, other: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("validation_split", [0.0, 0.25])
def test_fit_balances_arrays(one_hot: bool, validation_split: float) -> None:
    y, loss = (
        (np.eye(3)[Y], "categorical_crossentropy") if one_hot else (Y, "sparse_categorical_crossentropy")
    )
    kept = Y[:30] if validation_split else Y
    weights = compute_class_weight("balanced", classes=np.arange(3), y=kept)
    balanced, weighed, plain = model(loss=loss), model(loss=loss), model(loss=loss)
    options = {"epochs": 2, "verbose": 0, "seed": 2, "validation_split": validation_split}
    balanced.fit(X, y, class_weight="balanced", **options)
    weighed.fit(X, y, class_weight=dict(enumerate(weights)), **options)
    plain.fit(X, y, **options)
    assert same(balanced, weighed)
    assert not same(balanced, plain)


def image_model() -> Any:
    convolens.utils.set_random_seed(3)
    made = convolens.Sequential(
        [convolens.Input((8, 8, 3)), layers.Flatten(), layers.Dense(2, activation="softmax")]
    )
    made.compile("sgd", "sparse_categorical_crossentropy")
    return made


def test_fit_balances_iterators(tmp_path: Any) -> None:
    data = folders(tmp_path, {"a": 6, "b": 2})
    table = pd.DataFrame({"filename": [f"a/0{i}.png" for i in range(6)] + ["b/00.png", "b/01.png"]})
    table["class"] = table["filename"].str[0]
    made = ImageDataGenerator(rescale=1 / 255)
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 3), dtype=np.uint8)
    options = {"target_size": (8, 8), "class_mode": "sparse", "batch_size": 3, "seed": 1}
    for make in (
        lambda: made.flow_from_directory(data, **options),
        lambda: made.flow_from_dataframe(table, data, **options),
        lambda: made.flow(pixels, np.repeat([0, 1], [6, 2]), batch_size=3, seed=1),
    ):
        balanced, weighed, plain = image_model(), image_model(), image_model()
        balanced.fit(make(), verbose=0, class_weight="balanced")
        weighed.fit(make(), verbose=0, class_weight={0: 8 / 12, 1: 8 / 4})
        plain.fit(make(), verbose=0)
        assert same(balanced, weighed)
        assert not same(balanced, plain)
    for unknown in (
        made.flow_from_directory(data, (8, 8), class_mode="input"),
        made.flow_from_directory(data, (8, 8), class_mode=None),
        made.flow(pixels),
        (item for item in [(pixels, np.zeros(8))]),
    ):
        with pytest.raises(
            ArgumentError, match=r"^fit: class_weight='balanced': .*there are none. Give a dict of class"
        ):
            image_model().fit(unknown, verbose=0, class_weight="balanced")


def test_where_labels_are_looked_for() -> None:
    numbers = np.array([0, 1, 1])
    for known in ({"classes": numbers}, {"labels": numbers}, {"y": numbers}, {"classes": ["cat", "dog"], "y": numbers},
                  {"labels": lambda: numbers, "y": numbers}, {"classes": [[0], [1, 2]], "y": numbers}):  # fmt: skip
        assert labels_of(SimpleNamespace(**known)) is numbers
    assert labels_of(SimpleNamespace(classes=["cat", "dog"])) is None
    assert labels_of(X) is None


def test_other_words_for_class_weight_are_refused() -> None:
    for wrong in ("balance", 3, [1.0, 2.0]):
        with pytest.raises(
            ArgumentError, match="must be a dict of class number to weight, or 'balanced'; received"
        ):
            model().fit(X, Y, class_weight=wrong, verbose=0)
        with pytest.raises(ArgumentError, match=r"^train_on_batch: class_weight must be a dict"):
            model().train_on_batch(X, Y, class_weight=wrong)
    balanced, weighed = model(), model()
    balanced.train_on_batch(X, Y, class_weight="balanced")
    weighed.train_on_batch(X, Y, class_weight=balanced_weights("", Y))
    assert same(balanced, weighed)


@given(st.lists(st.integers(0, 9), max_size=40))
def test_times_before(order: list[int]) -> None:
    expected = [order[:place].count(entry) for place, entry in enumerate(order)]
    assert times_before(np.array(order, np.int64)).tolist() == expected


def test_balanced_batches_take_each_class_equally_often_and_vary_repeats_anew() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (22, 8, 8, 3), dtype=np.uint8)
    labels = np.array([0] * 20 + [1] * 2)
    augmentation = Augmentation(rotation_range=90, zoom_range=0.3)
    batches = AugmentedBatches(pixels, labels, 4, augmentation, seed=3, balance=True)
    x, y = (np.concatenate(parts) for parts in zip(*(batches[i] for i in range(len(batches))), strict=True))
    assert np.bincount(y).tolist() == [11, 11]
    rare = x[y == 1]
    assert len({image.tobytes() for image in rare}) == 11, "eleven variations of two photos"
    again = AugmentedBatches(pixels, labels, 4, augmentation, seed=3, balance=True)
    np.testing.assert_array_equal(again[2][0], batches[2][0])
