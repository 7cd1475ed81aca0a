"""A training begun in Keras goes on here, and the reverse, as if it had not moved."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

import convolens
from convolens.errors import CheckpointError
from convolens.models import load_model

# Rates that move the weights visibly in a few steps; large ones magnify the rounding of the two libraries.
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"learning_rate": 0.05}),
    "momentum": ("SGD", {"learning_rate": 0.02, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.002}),
    "rmsprop with all": ("RMSprop", {"learning_rate": 0.002, "momentum": 0.5, "centered": True}),
    "adam": ("Adam", {"learning_rate": 0.002}),
    "amsgrad": ("Adam", {"learning_rate": 0.002, "amsgrad": True}),
    "adamw": ("AdamW", {"learning_rate": 0.002, "weight_decay": 0.01}),
    "adadelta": ("Adadelta", {"learning_rate": 0.5}),
    "adagrad": ("Adagrad", {"learning_rate": 0.005}),
    "adamax": ("Adamax", {"learning_rate": 0.002}),
    "nadam": ("Nadam", {"learning_rate": 0.002}),
    "lamb": ("Lamb", {"learning_rate": 0.002}),
}


def network(library: Any) -> Any:
    """Return a network whose kernels lie otherwise here, with a network inside and moving averages.

    No bias before a normalisation: its gradient is rounding alone, which Adam makes as large as any other.
    """
    L = library.layers
    inputs = library.Input((8, 8, 3))
    block = library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Conv2D(4, 3, use_bias=False),
            L.BatchNormalization(),
            L.Activation("relu"),
        ]
    )
    x = L.DepthwiseConv2D(3, depth_multiplier=2, padding="same")(block(inputs))
    x = L.Flatten()(L.SeparableConv2D(3, 3)(x))
    return library.Model(inputs, L.Dense(3, activation="softmax")(x))


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.random((16, 8, 8, 3)).astype("float32"), random.integers(0, 3, 16)


def trained(library: Any, kind: str, data: tuple[np.ndarray, np.ndarray], steps: int = 3) -> Any:
    name, arguments = OPTIMIZERS[kind]
    model = network(library)
    random = np.random.default_rng(1)
    model.set_weights([w + random.uniform(0, 0.05, w.shape).astype("float32") for w in model.get_weights()])
    model.compile(getattr(library.optimizers, name)(**arguments), "sparse_categorical_crossentropy")
    train(model, data, steps)
    return model


def train(model: Any, data: tuple[np.ndarray, np.ndarray], steps: int = 1) -> None:
    for _ in range(steps):
        model.fit(*data, batch_size=16, epochs=1, shuffle=False, verbose=0)


def same(a: Any, b: Any) -> None:
    for mine, other in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_training_of_keras_goes_on_here(kind: str, tmp_path: Path, data: Any) -> None:
    theirs = trained(keras, kind, data)
    for ending in (".keras", ".h5"):
        theirs.save(tmp_path / f"m{ending}")
    train(theirs, data)
    for ending in (".keras", ".h5"):
        ours = load_model(tmp_path / f"m{ending}")
        assert ours.optimizer.iterations == 3
        assert np.float32(ours.optimizer.learning_rate) == np.float32(OPTIMIZERS[kind][1]["learning_rate"])
        train(ours, data)
        same(ours, theirs)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_training_of_ours_goes_on_in_keras(kind: str, tmp_path: Path, data: Any) -> None:
    ours = trained(convolens, kind, data)
    ours.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    assert int(theirs.optimizer.iterations) == 3
    back = load_model(tmp_path / "m.keras")
    for model in (ours, theirs, back):
        train(model, data)
    same(theirs, ours)
    same(back, ours)


def test_the_test_sees_a_fresh_state(tmp_path: Path, data: Any) -> None:
    """Without the state a step differs: what the tests above compare is not the rounding."""
    for kind in ("momentum", "rmsprop", "adam"):
        ours = trained(convolens, kind, data)
        ours.save(tmp_path / "m.keras")
        fresh = load_model(tmp_path / "m.keras")
        name, arguments = OPTIMIZERS[kind]
        fresh.compile(getattr(convolens.optimizers, name)(**arguments), "sparse_categorical_crossentropy")
        train(ours, data)
        train(fresh, data)
        with pytest.raises(AssertionError):
            same(fresh, ours)


def test_frozen_layers_and_schedules(tmp_path: Path, data: Any) -> None:
    schedule = {"initial_learning_rate": 0.01, "decay_steps": 2, "decay_rate": 0.5}
    theirs = network(keras)
    theirs.layers[1].trainable = False
    rate = keras.optimizers.schedules.ExponentialDecay(**schedule)
    theirs.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    train(theirs, data, 3)
    theirs.save(tmp_path / "m.keras")
    ours = load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(ours.optimizer.learning_rate, 0.01 * 0.5**1.5)
    ours.save(tmp_path / "ours.keras")
    again = keras.models.load_model(tmp_path / "ours.keras")
    for model in (theirs, ours, again):
        train(model, data)
    same(ours, theirs)
    same(again, theirs)


def test_a_rate_that_a_callback_changed(tmp_path: Path, data: Any) -> None:
    theirs = trained(keras, "sgd", data)
    theirs.optimizer.learning_rate = 0.0078125
    theirs.save(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras").optimizer.learning_rate == 0.0078125


def test_a_state_of_another_optimizer_is_said(tmp_path: Path, data: Any) -> None:
    """Keras 2 kept other variables: the model opens, and begins its training anew."""
    theirs = trained(keras, "adam", data)
    theirs.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        group = file["optimizer_weights"]
        group.attrs["weight_names"] = list(group.attrs["weight_names"])[:-1]
    with pytest.warns(
        UserWarning, match="state in it is not of Keras 3's Adam, and left out: training goes on"
    ):
        ours = load_model(tmp_path / "m.h5")
    assert ours.optimizer.iterations == 0
    same(ours, theirs)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, -1, "step is -1.0"),
        (0, 2.5, "step is 2.5"),
        (1, np.nan, "learning rate is nan"),
        (1, -1, "rate is -1.0"),
    ],
)
def test_numbers_that_are_none(place: int, value: float, words: str, tmp_path: Path, data: Any) -> None:
    trained(keras, "adam", data).save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        group = file["optimizer_weights"]
        name = group.attrs["weight_names"][place]
        del group[name]
        group[name] = value
    with pytest.raises(
        CheckpointError, match=rf"m\.h5: the optimizer's {words}|m\.h5: the optimizer's learning {words}"
    ):
        load_model(tmp_path / "m.h5")
    same(load_model(tmp_path / "m.h5", compile=False), load_model(tmp_path / "m.h5", compile=False))


def test_a_model_that_was_not_trained_has_no_state(tmp_path: Path) -> None:
    for library in (convolens, keras):
        model = network(library)
        model.compile("adam", "sparse_categorical_crossentropy")
        model.save(tmp_path / "m.keras")
        assert load_model(tmp_path / "m.keras").optimizer.iterations == 0
    ours = trained(convolens, "adam", (np.zeros((2, 8, 8, 3), "float32"), np.zeros(2)), 1)
    ours.layers[1].trainable = False  # frozen since: Keras would look for fewer variables
    ours.save(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras").optimizer.iterations == 0
