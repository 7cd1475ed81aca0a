"""`.weights.h5` and `.keras`: Keras opens ours, we open Keras', and the outputs are the same."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
from hypothesis import given, settings

import convolens
from convolens.models import Model, Sequential, load_model

Build = Callable[[Any], Any]


def chain(library: Any) -> Any:
    L = library.layers
    return library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Rescaling(1 / 255),
            L.Conv2D(4, 3, activation="relu"),
            L.BatchNormalization(),
            L.Conv2D(5, 3, use_bias=False, name="second"),
            L.BatchNormalization(scale=False),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax"),
        ]
    )


def branching(library: Any) -> Any:
    L = library.layers
    inputs = library.Input(shape=(8, 8, 3))
    a = L.Conv2D(4, 3, padding="same", name="left")(inputs)
    b = L.BatchNormalization(name="norm")(L.Conv2D(4, 1, name="right")(inputs))
    x = L.Concatenate()([a, L.Add()([a, b])])
    x = L.GlobalAveragePooling2D()(x)
    return library.Model(inputs, L.Dense(3, activation="softmax", name="head")(x))


def nested(library: Any) -> Any:
    """Two networks inside, one of which holds the other, and a chain around them."""
    L = library.layers
    inputs = library.Input((8, 8, 3))
    inner = library.Sequential([library.Input((8, 8, 3)), L.Conv2D(3, 1), L.BatchNormalization()])
    block = library.Model(inputs, L.Add()([inner(inputs), L.Conv2D(3, 1)(inputs)]))
    return library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Conv2D(3, 1),
            block,
            library.Sequential([library.Input((8, 8, 3)), L.Conv2D(2, 3), L.Flatten()]),
            L.Dense(4),
            L.Dense(3, activation="softmax"),
        ]
    )


def shared(library: Any) -> Any:
    """One network and one layer, both called twice."""
    L = library.layers
    conv = L.Conv2D(3, 1)
    base = library.Sequential([library.Input((8, 8, 3)), L.Conv2D(3, 1), L.BatchNormalization()])
    inputs = library.Input((8, 8, 3))
    x = L.Add()([base(inputs), conv(base(conv(inputs)))])
    return library.Model(inputs, L.Dense(3, activation="sigmoid")(L.GlobalAveragePooling2D()(x)))


def shared_inside(library: Any) -> Any:
    """One layer in the network and in a network inside: Keras cannot load its own whole model of this."""
    L = library.layers
    conv = L.Conv2D(3, 1)
    base = library.Sequential([library.Input((8, 8, 3)), conv, L.BatchNormalization()])
    inputs = library.Input((8, 8, 3))
    x = L.Add()([base(inputs), base(conv(inputs))])
    return library.Model(inputs, L.Dense(3, activation="sigmoid")(L.GlobalAveragePooling2D()(x)))


BUILDS = [chain, branching, nested, shared]


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).random((5, 8, 8, 3)).astype("float32")


def scrambled(model: Any) -> Any:
    random = np.random.default_rng(1)
    model.set_weights([random.uniform(0.1, 1, w.shape).astype("float32") for w in model.get_weights()])
    return model


def same(a: Any, b: Any, x: np.ndarray) -> None:
    np.testing.assert_allclose(a.predict(x, verbose=0), b.predict(x, verbose=0), atol=1e-5)


@pytest.mark.parametrize("build", [*BUILDS, shared_inside])
def test_weights_travel_both_ways(build: Build, tmp_path: Path, x: np.ndarray) -> None:
    ours, theirs = scrambled(build(convolens)), build(keras)
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    same(theirs, ours, x)
    theirs = scrambled(build(keras))
    theirs.set_weights([w * 0.5 for w in theirs.get_weights()])
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    same(ours, theirs, x)


@pytest.mark.parametrize("build", BUILDS)
def test_files_hold_the_groups_that_keras_writes(build: Build, tmp_path: Path) -> None:
    def contents(path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        with h5py.File(path) as file:
            file.visititems(lambda name, item: found.update({name: getattr(item, "shape", None)}))
        return found

    build(convolens).save_weights(tmp_path / "ours.weights.h5")
    build(keras).save_weights(tmp_path / "theirs.weights.h5")
    assert contents(tmp_path / "ours.weights.h5") == contents(tmp_path / "theirs.weights.h5")


@pytest.mark.parametrize("build", BUILDS)
def test_whole_models_travel_both_ways(build: Build, tmp_path: Path, x: np.ndarray) -> None:
    ours = scrambled(build(convolens))
    ours.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    same(theirs, ours, x)
    theirs.save(tmp_path / "theirs.keras")
    back = load_model(tmp_path / "theirs.keras")
    same(back, ours, x)
    assert type(back) is type(ours)
    assert back.name == ours.name
    assert [layer.name for layer in back.layers] == [layer.name for layer in ours.layers]
    same(load_model(tmp_path / "ours.keras"), ours, x)
    fresh = build(convolens)
    fresh.load_weights(tmp_path / "theirs.keras")  # only the weights of a whole model
    same(fresh, ours, x)


def test_a_layer_shared_with_a_network_inside(tmp_path: Path, x: np.ndarray) -> None:
    ours = scrambled(shared_inside(convolens))
    ours.save(tmp_path / "m.keras")
    same(load_model(tmp_path / "m.keras"), ours, x)
    same(keras.models.load_model(tmp_path / "m.keras"), ours, x)


LAYERS: dict[str, Callable[[Any], Any]] = {
    "conv": lambda L: L.Conv2D(2, 1),
    "biasless": lambda L: L.Conv2D(2, 3, padding="same", use_bias=False),
    "norm": lambda L: L.BatchNormalization(),
    "plain norm": lambda L: L.BatchNormalization(center=False, scale=False),
    "dense": lambda L: L.Dense(2),
    "relu": lambda L: L.ReLU(),
    "dropout": lambda L: L.Dropout(0.2),
    "pool": lambda L: L.AveragePooling2D(2, strides=1, padding="same"),
}
PLANS = st.recursive(
    st.sampled_from(sorted(LAYERS)), lambda inside: st.lists(inside, min_size=1, max_size=4), max_leaves=8
)


def planned(library: Any, plan: Any) -> Any:
    """Build what a plan says: a name is a layer, a list a network inside."""

    def make(part: Any) -> Any:
        return LAYERS[part](library.layers) if isinstance(part, str) else network(part)

    def network(parts: Any) -> Any:
        return library.Sequential([library.Input((4, 4, 2)), *(make(part) for part in parts)])

    return network([plan] if isinstance(plan, str) else plan)


@settings(max_examples=25)
@given(plan=PLANS)
def test_any_chain_of_networks_travels(plan: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("weights")
    ours, theirs = scrambled(planned(convolens, plan)), planned(keras, plan)
    ours.save_weights(folder / "w.weights.h5")
    theirs.load_weights(folder / "w.weights.h5")
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    theirs.save_weights(folder / "v.weights.h5")
    fresh = planned(convolens, plan)
    fresh.load_weights(folder / "v.weights.h5")
    for mine, other in zip(ours.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_the_archive_is_stored_and_says_who_wrote_it(tmp_path: Path) -> None:
    chain(convolens).save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        assert json.loads(archive.read("metadata.json"))["writer"] == "convolens"
        assert archive.testzip() is None


def test_groups_as_keras_2_13_named_them(tmp_path: Path, x: np.ndarray) -> None:
    ours = scrambled(nested(convolens))
    ours.save_weights(tmp_path / "new.weights.h5")
    with h5py.File(tmp_path / "new.weights.h5") as new, h5py.File(tmp_path / "old.weights.h5", "w") as old:

        def copy(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                old[name.replace("layers", "_layer_checkpoint_dependencies")] = item[()]

        new.visititems(copy)
    fresh = nested(convolens)
    fresh.load_weights(tmp_path / "old.weights.h5")
    same(fresh, ours, x)
    theirs = nested(keras)
    theirs.load_weights(tmp_path / "old.weights.h5")  # Keras knows them too, so the imitation is a good one
    same(theirs, ours, x)


def test_the_layout_is_known_by_content_not_by_name(tmp_path: Path, x: np.ndarray) -> None:
    """tf.keras 2 wrote the legacy layout into files called .weights.h5; and files are renamed."""
    ours = scrambled(branching(convolens))
    ours.save_weights(tmp_path / "legacy.h5")
    ours.save_weights(tmp_path / "archive.weights.h5")
    (tmp_path / "legacy.h5").rename(tmp_path / "renamed.weights.h5")
    (tmp_path / "archive.weights.h5").rename(tmp_path / "renamed.hdf5")
    for name in ("renamed.weights.h5", "renamed.hdf5"):
        fresh = branching(convolens)
        fresh.load_weights(tmp_path / name)
        same(fresh, ours, x)


def test_an_unbuilt_sequential_of_keras(tmp_path: Path) -> None:
    theirs = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])
    theirs.build((None, 3, 3, 1))
    theirs.save(tmp_path / "m.keras")
    ours = load_model(tmp_path / "m.keras")
    assert isinstance(ours, Sequential)
    assert ours.input_shape == (None, 3, 3, 1)


def test_several_inputs_and_outputs(tmp_path: Path) -> None:
    def build(library: Any) -> Any:
        a, b = library.Input((3,)), library.Input((3,))
        both = library.layers.Add()([library.layers.Dense(2)(a), library.layers.Dense(2)(b)])
        return library.Model([a, b], [both, library.layers.Dense(1)(both)])

    ours = scrambled(build(convolens))
    ours.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    theirs.save(tmp_path / "theirs.keras")
    back = load_model(tmp_path / "theirs.keras")
    assert isinstance(back, Model)
    random = np.random.default_rng(2)
    given = [random.random((4, 3)).astype("float32") for _ in range(2)]
    expected = ours.predict(given, verbose=0)
    for other in (theirs, back):
        for mine, found in zip(expected, other.predict(given, verbose=0), strict=True):
            np.testing.assert_allclose(found, mine, atol=1e-5)
