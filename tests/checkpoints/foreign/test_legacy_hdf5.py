"""Keras' legacy HDF5: long lists, old spellings, and files that say more than they hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
from hypothesis import given, settings

from convolens.checkpoints.foreign import legacy_hdf5
from convolens.errors import CheckpointError, MissingFileError

NAMES = st.lists(st.text("abc_1é", min_size=1, max_size=12), min_size=1, max_size=5, unique=True)
SHAPES = st.lists(st.lists(st.integers(0, 3), max_size=4).map(tuple), max_size=3)


@settings(max_examples=40)
@given(names=NAMES, shapes=SHAPES, whole=st.booleans())
def test_what_is_written_comes_back(
    names: list[str], shapes: list[Any], whole: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("legacy") / "w.h5"
    random = np.random.default_rng(0)
    layers: legacy_hdf5.Weights = [
        (name, [(f"w{i}", random.random(shape).astype("float32")) for i, shape in enumerate(shapes)])
        for name in names
    ]
    config = {"class_name": "Sequential", "config": {"é": [1, None, True]}}
    legacy_hdf5.write(path, layers, config if whole else None, {"loss": "mse"} if whole else None)
    found = legacy_hdf5.read(path)
    assert [name for name, _ in found] == (names if shapes else [])
    for (layer, weights), (_, given_) in zip(found, layers, strict=False):
        assert [name for name, _ in weights] == [f"{layer}/{name}" for name, _ in given_]
        for (_, mine), (_, other) in zip(weights, given_, strict=True):
            np.testing.assert_array_equal(mine, other, strict=True)
    assert legacy_hdf5.read_config(path) == (config if whole else None)
    assert legacy_hdf5.read_config(path, "training_config") == ({"loss": "mse"} if whole else None)


@pytest.mark.parametrize(("count", "length"), [(2, 40_000), (70, 1000), (1500, 50), (5, 20_000)])
def test_lists_longer_than_an_attribute_are_split(count: int, length: int, tmp_path: Path) -> None:
    """HDF5 keeps 64 KB of attributes: Keras and we split the list into layer_names0, layer_names1 ..."""
    names = [f"{i:05d}".ljust(length, "n") for i in range(count)]
    path = tmp_path / "w.h5"
    legacy_hdf5.write(path, [(name, [("w", np.float32([i]))]) for i, name in enumerate(names)])
    with h5py.File(path) as file:
        assert "layer_names" not in file.attrs
        assert "layer_names1" in file.attrs
        theirs = keras.src.legacy.saving.legacy_h5_format.load_attributes_from_hdf5_group(file, "layer_names")
    assert theirs == names
    found = legacy_hdf5.read(path)
    assert [name for name, _ in found] == names
    assert [float(weights[0][1][0]) for _, weights in found] == list(range(count))


def test_lists_that_keras_splits_are_read(tmp_path: Path) -> None:
    names = [f"{i:04d}".ljust(500, "n") for i in range(300)]
    save = keras.src.legacy.saving.legacy_h5_format.save_attributes_to_hdf5_group
    with h5py.File(tmp_path / "w.h5", "w") as file:
        group = file.create_group("dense")
        save(file, "layer_names", [b"dense"])
        save(group, "weight_names", [name.encode() for name in names])
        for i, name in enumerate(names):
            group[name] = np.float32([i])
        assert "weight_names1" in group.attrs
    ((layer, weights),) = legacy_hdf5.read(tmp_path / "w.h5")
    assert layer == "dense"
    assert [name for name, _ in weights] == names
    assert [float(array[0]) for _, array in weights] == list(range(300))


def test_other_types_of_numbers_become_float32(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    for dtype in ("float16", "float64", "int32", "uint8", ">f4"):
        with h5py.File(path, "w") as file:
            file.attrs["layer_names"] = [b"a"]
            file.create_group("a").attrs["weight_names"] = ["w"]  # variable length, as h5py writes str
            file["a/w"] = np.array([1, 2], dtype)
        ((_, ((_, found),)),) = legacy_hdf5.read(path)
        np.testing.assert_array_equal(found, np.float32([1, 2]), strict=True)


def test_compressed_zeros_are_honest(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"a"]
        file.create_group("a").attrs["weight_names"] = [b"w"]
        file["a"].create_dataset("w", data=np.zeros((1000, 1000), "float32"), compression="gzip")
    assert legacy_hdf5.read(tmp_path / "w.h5")[0][1][0][1].shape == (1000, 1000)


def listed(file: h5py.File, **weights: Any) -> None:
    """Put weights under the layer "a" and list them."""
    group = file.require_group("a")
    file.attrs["layer_names"] = [b"a"]
    group.attrs["weight_names"] = [name.encode() for name in weights]
    for name, value in weights.items():
        if value is not None:
            group[name] = value


def enormous(file: h5py.File) -> None:
    listed(file, w=None)
    file["a"].create_dataset("w", (2**20, 2**20), "f4", chunks=(64, 64), compression="gzip")


def many(file: h5py.File) -> None:
    """Let each array be small enough, and their sum not."""
    names = [f"w{i}" for i in range(50)]
    listed(file, **dict.fromkeys(names))
    for name in names:
        file["a"].create_dataset(name, (2**20,), "f4", chunks=(2**10,))


def external(file: h5py.File) -> None:
    listed(file, w=None)
    file["a"].create_dataset("w", (2,), "f4", external=[("/etc/hostname", 0, 8)])


DAMAGED: dict[str, tuple[str, Callable[[h5py.File], None]]] = {
    "nothing": ("no layer_names in this HDF5 file; it is not of Keras' legacy layout", lambda f: None),
    "names are numbers": ("attribute layer_names is no text", lambda f: f.attrs.__setitem__("layer_names", [1, 2])),
    "layer missing": ("layer 'a' is listed and not there", lambda f: f.attrs.__setitem__("layer_names", [b"a"])),
    "weight missing": ("a/w is not an array of numbers", lambda f: listed(f, w=None)),
    "weight is text": ("a/w is not an array of numbers", lambda f: listed(f, w="text")),
    "weight is empty": ("a/w is not an array of numbers", lambda f: listed(f, w=h5py.Empty("f4"))),
    "layer is an array": (
        "layer 'a' is listed and not there",
        lambda f: (f.attrs.__setitem__("layer_names", [b"a"]), f.__setitem__("a", [1.0])),
    ),
    "soft link": (r"w is a link \(SoftLink\)", lambda f: listed(f, w=h5py.SoftLink("/x"))),
    "external link": (r"w is a link \(ExternalLink\)", lambda f: listed(f, w=h5py.ExternalLink("o.h5", "x"))),
    "linked model": (
        r"model_weights is a link \(ExternalLink\)",
        lambda f: f.__setitem__("model_weights", h5py.ExternalLink("o.h5", "x")),
    ),
    "external data": ("a/w lies in another file, which is not opened", external),
    "enormous": (r"a/w of shape \(1048576, 1048576\) is not of honest size", enormous),
    "enormous together": (r"a/w\d+ of shape \(1048576,\) is not of honest size", many),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(DAMAGED))
def test_damaged_and_dishonest_files(kind: str, tmp_path: Path) -> None:
    words, make = DAMAGED[kind]
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        make(file)
    with pytest.raises(CheckpointError, match=words) as error:
        legacy_hdf5.read(path)
    assert str(path) in str(error.value)


def test_configurations_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    with pytest.raises(MissingFileError, match=r"w\.h5: no such weights file"):
        legacy_hdf5.read_config(path)
    for value, words in (("{", "is not JSON"), ("[" * 100_000, "is not JSON"), (3, "is no text")):
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = value
        with pytest.raises(CheckpointError, match=rf"model_config {words}"):
            legacy_hdf5.read_config(path)
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = np.bytes_(json.dumps({"a": 1}))  # Keras 2: bytes
    assert legacy_hdf5.read_config(path) == {"a": 1}
