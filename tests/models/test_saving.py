"""Weights and models on disk: Keras opens ours, we open Keras'."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import safetensors.numpy

import convolens
from convolens import layers
from convolens.errors import ArgumentError, CheckpointError, MissingFileError, NotBuiltError, WriteError
from convolens.models import Sequential, load_model


def branching(library: Any) -> Any:
    L = library.layers
    inputs = library.Input(shape=(8, 8, 3))
    a = L.Conv2D(4, 3, padding="same", name="left")(inputs)
    b = L.BatchNormalization(name="norm")(L.Conv2D(4, 1, name="right")(inputs))
    x = L.Concatenate()([a, L.Add()([a, b])])
    x = L.GlobalAveragePooling2D()(x)
    return library.Model(inputs, L.Dense(3, activation="softmax", name="head")(x))


def chain(library: Any) -> Any:
    L = library.layers
    return library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Conv2D(4, 3, activation="relu"),
            L.MaxPooling2D(),
            L.BatchNormalization(),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax"),
        ]
    )


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).random((5, 8, 8, 3)).astype("float32")


def scrambled(model: Any) -> Any:
    random = np.random.default_rng(1)
    model.set_weights([random.uniform(0.1, 1, w.shape).astype("float32") for w in model.get_weights()])
    return model


@pytest.mark.parametrize("build", [chain, branching])
@pytest.mark.parametrize("ending", [".h5", ".hdf5"])
def test_keras_loads_our_weights(build: Any, ending: str, tmp_path: Path, x: np.ndarray) -> None:
    ours, theirs = scrambled(build(convolens)), build(keras)
    ours.save_weights(tmp_path / f"w{ending}")
    theirs.load_weights(str(tmp_path / f"w{ending}"))
    np.testing.assert_allclose(theirs.predict(x, verbose=0), ours.predict(x, verbose=0), atol=1e-5)


@pytest.mark.parametrize("build", [chain, branching])
def test_whole_models_travel_both_ways(build: Any, tmp_path: Path, x: np.ndarray) -> None:
    ours = scrambled(build(convolens))
    ours.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    ours.save(tmp_path / "ours.h5")
    theirs = keras.models.load_model(tmp_path / "ours.h5")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), ours.predict(x, verbose=0), atol=1e-5)
    theirs.save(tmp_path / "theirs.h5")
    back = load_model(tmp_path / "theirs.h5")
    np.testing.assert_allclose(back.predict(x, verbose=0), ours.predict(x, verbose=0), atol=1e-5)
    again = load_model(tmp_path / "ours.h5")
    assert type(again.optimizer).__name__ == "Adam"
    assert again.metrics_names == ["loss", "accuracy"]
    fresh = build(convolens)
    fresh.load_weights(tmp_path / "theirs.h5")  # weights out of a whole model
    np.testing.assert_array_equal(fresh.get_weights()[0], ours.get_weights()[0])


def test_keras_2_names(tmp_path: Path, x: np.ndarray) -> None:
    """A file laid out as Keras 2 did: `conv2d/kernel:0`, layers without weights listed too."""
    ours = scrambled(chain(convolens))
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in ours.layers]
        for layer in ours.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{entry.name}:0" for entry in layer.weight_entries()]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, entry in zip(names, layer.weight_entries(), strict=True):
                group[name] = entry.value()
    fresh = chain(convolens)
    fresh.load_weights(tmp_path / "old.h5")
    np.testing.assert_array_equal(fresh.predict(x, verbose=0), ours.predict(x, verbose=0))


def test_safetensors_hold_the_state_dict(tmp_path: Path, x: np.ndarray) -> None:
    ours = scrambled(chain(convolens))
    ours.save_weights(tmp_path / "w.safetensors")
    held = safetensors.numpy.load_file(tmp_path / "w.safetensors")
    assert held.keys() == ours.module.state_dict().keys()
    fresh = chain(convolens)
    fresh.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(fresh.predict(x, verbose=0), ours.predict(x, verbose=0))


def test_refusals(tmp_path: Path) -> None:
    model = chain(convolens)
    other = Sequential([layers.Dense(2, input_shape=(3,))])
    model.save_weights(tmp_path / "w.h5")
    model.save_weights(tmp_path / "w.safetensors")
    cases: list[tuple[type[Exception], str, Any]] = [
        (ArgumentError, "must end in", lambda: model.save_weights(tmp_path / "w.pth")),
        (
            MissingFileError,
            "Weights there: w.h5, w.safetensors",
            lambda: model.load_weights(tmp_path / "v.h5"),
        ),
        (CheckpointError, "holds 3 layers with weights", lambda: other.load_weights(tmp_path / "w.h5")),
        (CheckpointError, "another architecture", lambda: other.load_weights(tmp_path / "w.safetensors")),
        (CheckpointError, "holds weights only", lambda: load_model(tmp_path / "w.h5")),
        (WriteError, "exists already", lambda: model.save_weights(tmp_path / "w.h5", overwrite=False)),
        (WriteError, "cannot make folder", lambda: model.save_weights(tmp_path / "w.h5" / "under.h5")),
        (
            NotBuiltError,
            "not built yet",
            lambda: Sequential([layers.Dense(2)]).save_weights(tmp_path / "u.h5"),
        ),
    ]
    for kind, words, act in cases:
        with pytest.raises(kind, match=words):
            act()
    for name in ("w.h5", "w.safetensors"):
        data = (tmp_path / name).read_bytes()
        (tmp_path / f"cut-{name}").write_bytes(data[: len(data) // 2])
        before = model.get_weights()
        with pytest.raises(CheckpointError, match=r"not a whole|damaged"):
            model.load_weights(tmp_path / f"cut-{name}")
        assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    wider = Sequential([layers.Dense(2, input_shape=(4,))])
    other.save_weights(tmp_path / "narrow.h5")
    with pytest.raises(CheckpointError, match=r"shapes \[\(3, 2\), \(2,\)\]"):
        wider.load_weights(tmp_path / "narrow.h5")


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_loss_that_is_one_of_keras_functions_is_kept(ending: str, tmp_path: Path) -> None:
    model = Sequential([layers.Dense(2, activation="softmax", input_shape=(3,))])
    model.compile("adam", convolens.losses.sparse_categorical_crossentropy)
    model.save(tmp_path / f"model.{ending}")
    loaded = load_model(tmp_path / f"model.{ending}")
    assert loaded.loss == "sparse_categorical_crossentropy"
    assert keras.models.load_model(tmp_path / f"model.{ending}").loss is not None
