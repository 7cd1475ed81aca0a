"""Embedding looks up, learns and travels in files as Keras' does."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens import layers
from convolens.errors import ArgumentError
from convolens.models import load_model

NUMBERS = np.random.default_rng(0).integers(0, 5, (8, 3)).astype("float32")


def model_of(library: Any, **options: Any) -> Any:
    parts = [
        library.layers.Input((3,)),
        library.layers.Embedding(5, 4, **options),
        library.layers.Flatten(),
        library.layers.Dense(1),
    ]
    model = library.Sequential(parts)
    model.compile(library.optimizers.SGD(0.1, momentum=0.9), "mse")
    return model


@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 4), (2, 3, 4, 3), (2, 1, 3, 4, 2)])
def test_looks_up_at_every_rank(shape: tuple[int, ...]) -> None:
    theirs, ours = keras.layers.Embedding(6, 5), layers.Embedding(6, 5)
    numbers = np.random.default_rng(1).integers(0, 6, shape)
    expected = theirs(numbers).detach().numpy()
    ours(numbers)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_array_equal(ours(numbers), expected)
    assert ours.compute_output_shape((None, *shape[1:])) == (None, *expected.shape[1:])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"embeddings_regularizer": "l2"},
        {"embeddings_constraint": "non_neg"},
        {"activity_regularizer": "l1"},
    ],
    ids=str,
)
def test_learns_what_keras_learns(options: dict[str, Any]) -> None:
    theirs, ours = model_of(keras, **options), model_of(convolens, **options)
    ours.set_weights(theirs.get_weights())
    y = NUMBERS.sum(axis=1, keepdims=True)
    losses = [
        model.fit(NUMBERS, y, epochs=3, shuffle=False, verbose=0).history["loss"] for model in (theirs, ours)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    for a, b in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_files_travel_both_ways(ending: str, tmp_path: Path) -> None:
    theirs, ours = model_of(keras), model_of(convolens)
    theirs.save(tmp_path / f"theirs.{ending}")
    ours.save(tmp_path / f"ours.{ending}")
    for a, b in (
        (theirs, load_model(tmp_path / f"theirs.{ending}")),
        (ours, keras.models.load_model(tmp_path / f"ours.{ending}", compile=False)),
    ):
        np.testing.assert_allclose(a.predict(NUMBERS, verbose=0), b.predict(NUMBERS, verbose=0), atol=1e-6)


def test_spellings_of_keras_2() -> None:
    table = np.arange(12, dtype="float32").reshape(6, 2)
    model = convolens.Sequential([layers.Embedding(6, 2, input_length=4, weights=[table], trainable=False)])
    assert model.output_shape == (None, 4, 2)
    np.testing.assert_array_equal(model.predict(np.array([[5, 0, 1, 5]]), verbose=0)[0], table[[5, 0, 1, 5]])
    assert model.trainable_weights == []
    np.testing.assert_array_equal(model.layers[0].embeddings.numpy(), table)


@pytest.mark.parametrize("number", [-1, 5])
def test_a_number_without_a_vector_is_refused(number: int) -> None:
    with pytest.raises(ArgumentError, match=f"from 0 to 4; received {number}"):
        layers.Embedding(5, 2)(np.array([[2, number]]))


def test_masks_are_refused() -> None:
    with pytest.raises(ArgumentError, match="mask_zero=True"):
        layers.Embedding(5, 2, mask_zero=True)
