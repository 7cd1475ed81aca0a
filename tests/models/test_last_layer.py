"""A loss that the last layer does not fit is warned of, and followed advice is not; what is always 0 there is so in Keras."""

import warnings
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens import layers, losses
from convolens.models import Model, Sequential

X = np.random.default_rng(0).random((12, 4), dtype=np.float32)


def network(units: int, activation: Any = None, library: Any = convolens) -> Any:
    return library.Sequential([library.Input((4,)), library.layers.Dense(units, activation=activation)])


def said(model: Any, loss: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile("sgd", loss)
    assert all(warning.filename == __file__ for warning in caught)
    return [str(warning.message) for warning in caught]


UNFIT: list[tuple[int, str | None, Any, str]] = [
    (1, "softmax", "binary_crossentropy", "softmax over one unit, which is always 1: nothing is learnt"),
    (1, "softmax", "mse", "softmax over one unit, which is always 1"),
    (1, "softmax", "categorical_crossentropy", "softmax over one unit, which is always 1"),
    (1, "sigmoid", "categorical_crossentropy", "of one unit is always 0: nothing is learnt"),
    (1, "sigmoid", "sparse_categorical_crossentropy", "of one unit is always 0: nothing is learnt"),
    (
        3,
        "softmax",
        losses.SparseCategoricalCrossentropy(from_logits=True),
        "takes the numbers before softmax",
    ),
    (3, "softmax", losses.CategoricalCrossentropy(from_logits=True), "takes the numbers before softmax"),
    (1, "sigmoid", losses.BinaryCrossentropy(from_logits=True), "takes the numbers before sigmoid"),
    (3, None, "sparse_categorical_crossentropy", "gives any number: use activation='softmax'"),
    (3, None, "crossentropy", "gives any number: use activation='softmax'"),
    (1, None, "binary_crossentropy", "gives any number: use activation='sigmoid'"),
    (3, "sigmoid", "sparse_categorical_crossentropy", "share one whole, .* has sigmoid"),
    (3, "softmax", "binary_crossentropy", "asks of each class alone, .* has softmax"),
]


@pytest.mark.parametrize(("units", "activation", "loss", "words"), UNFIT)
def test_what_does_not_fit(units: int, activation: str | None, loss: Any, words: str) -> None:
    inner = network(units, activation)
    split = Sequential([layers.Dense(units, input_shape=(4,)), layers.Activation(activation or "linear")])
    nested = Sequential([convolens.Input((4,)), inner])
    source = convolens.Input((4,))
    functional = Model(source, layers.Dense(units, activation=activation)(source))
    public = activation and getattr(convolens.activations, activation)
    by_function, set_later = network(units, public), network(units)
    set_later.layers[-1].activation = public
    for model in (inner, split, nested, functional, by_function, set_later):
        found = said(model, loss)
        assert len(found) == 1
        with pytest.warns(UserWarning, match=rf"^compile: .*the last layer, \w+ '\w+',.*{words}|{words}"):
            model.compile("sgd", loss)


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (1, "sigmoid", "binary_crossentropy"),
        (5, "sigmoid", "binary_crossentropy"),
        (3, "softmax", "categorical_crossentropy"),
        (3, "softmax", "sparse_categorical_crossentropy"),
        (3, "softmax", "crossentropy"),
        (1, "sigmoid", "crossentropy"),
        (3, None, losses.SparseCategoricalCrossentropy(from_logits=True)),
        (1, None, losses.BinaryCrossentropy(from_logits=True)),
        (1, None, "mse"),
        (1, "sigmoid", "mse"),
        (3, "softmax", "mse"),
        (3, "tanh", "hinge"),
        (3, "relu", "mae"),
        (3, "softmax", lambda y_true, y_pred: y_pred.mean()),
    ],
)
def test_what_fits_is_not_warned_of(units: int, activation: str | None, loss: Any) -> None:
    assert said(network(units, activation), loss) == []


def test_a_model_that_is_built_by_its_data_is_warned_of_when_it_is_trained() -> None:
    for train in ("fit", "train_on_batch"):
        model = Sequential([layers.Dense(1, activation="softmax")])
        assert said(model, "binary_crossentropy") == []
        with pytest.warns(UserWarning, match="softmax over one unit") as caught:
            getattr(model, train)(X, np.zeros((12, 1)))
        assert caught[0].filename == __file__
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # once is enough
            getattr(model, train)(X, np.zeros((12, 1)))


@pytest.mark.parametrize(
    ("activation", "loss"), [("softmax", "binary_crossentropy"), ("sigmoid", "categorical_crossentropy")]
)
def test_nothing_is_learnt_there_in_keras_either(activation: str, loss: str) -> None:
    y = (X[:, :1] > 0.5).astype(np.float32)
    for library in (convolens, keras):
        model = network(1, activation, library)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.compile("sgd", loss)
            before = [weight.copy() for weight in model.get_weights()]
            model.fit(X, y, epochs=3, verbose=0)
        for a, b in zip(model.get_weights(), before, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)
