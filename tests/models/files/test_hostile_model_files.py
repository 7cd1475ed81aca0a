"""Model files that somebody meant ill with: nothing is executed, followed, or believed for its size."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from convolens import layers
from convolens.errors import (
    ArgumentError,
    CheckpointError,
    UnknownNameError,
)
from convolens.models import Model, Sequential, load_model
from models.files import fuzzing


def small(width: int = 3) -> Sequential:
    return Sequential(
        [layers.Input((4, 4, 2)), layers.Conv2D(width, 3, name="first"), layers.Flatten(), layers.Dense(2)]
    )


def written(folder: Path, name: str, whole: bool) -> Path:
    model = small()
    model.compile("adam", "mse", ["accuracy"])
    (model.save if whole else model.save_weights)(folder / name)
    return folder / name


def values(model: Model) -> list[list[float]]:
    return [weights.ravel().tolist() for weights in model.get_weights()]


def repacked(path: Path, **members: bytes | str | None) -> Path:
    """Rewrite a `.keras` file with members changed (`config_json=...`), or left out (None), deflated."""
    changes = {
        "config_json": "config.json",
        "model_weights_h5": "model.weights.h5",
        "metadata_json": "metadata.json",
    }
    with zipfile.ZipFile(path) as archive:
        held: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    held |= {changes.get(key, key): value for key, value in members.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def config_of(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def test_nothing_in_a_description_is_executed(tmp_path: Path) -> None:
    """A Lambda layer holds Python's byte code; Keras itself writes it into the config."""
    theirs = keras.Sequential(
        [keras.Input((2,)), keras.layers.Lambda(lambda x: x + 1, output_shape=(2,)), keras.layers.Dense(1)]
    )
    for ending in (".keras", ".h5"):
        theirs.save(tmp_path / f"m{ending}")
        with pytest.raises(UnknownNameError, match=rf"m\{ending}: .*unknown layer class 'Lambda'"):
            load_model(tmp_path / f"m{ending}")


def changed_layer(config: Any, **changes: Any) -> Any:
    config["config"]["layers"][1]["config"] |= changes
    return config


DESCRIPTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "no class": ("expected class_name and config", lambda c: {"config": c["config"]}),
    "no layers": ("the description of the model is damaged", lambda c: c | {"config": {"name": "x"}}),
    "a list": ("is not the description of a model", lambda c: [c]),
    "a number": ("the description of the model is damaged", lambda c: c | {"config": 3}),
    "a layer alone": (
        "describes a Dense layer, not a model",
        lambda c: {"class_name": "Dense", "config": {"units": 3}},
    ),
    "an argument of no layer": ("kernal=3 is not supported", lambda c: changed_layer(c, kernal=3)),
    "a size that is none": ("filters must be an integer", lambda c: changed_layer(c, filters="many")),
    "a size beyond all": (
        "filters must be an integer of at most",
        lambda c: changed_layer(c, filters=10**15),
    ),
    "calls of nothing": (
        "the inputs of layer 'add' are not in the model",
        lambda c: {
            "class_name": "Functional",
            "config": {
                "layers": [
                    {
                        "class_name": "Add",
                        "name": "add",
                        "config": {"name": "add"},
                        "inbound_nodes": [[["nobody", 0, 0, {}]]],
                    }
                ]
            },
        },
    ),
}


@pytest.mark.parametrize("kind", sorted(DESCRIPTIONS))
def test_descriptions_of_no_model(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    words, change = DESCRIPTIONS[kind]
    repacked(path, config_json=json.dumps(change(config_of(path))))
    with pytest.raises((CheckpointError, ArgumentError), match=words) as error:
        load_model(path)
    assert str(path) in str(error.value)


COMPILED: dict[str, tuple[str, Any]] = {
    "no mapping": ("how the model was compiled is damaged", 3),
    "no such loss": (
        "cannot be compiled as it was: .*Did you mean 'mse'",
        {"optimizer": "sgd", "loss": "msee"},
    ),
    "a function": (
        "cannot be compiled as it was: .*unknown loss 'function'",
        {"loss": {"class_name": "function"}},
    ),
    "odd metrics": ("how the model was compiled is damaged", {"metrics": 5}),
}


@pytest.mark.parametrize("kind", sorted(COMPILED))
def test_compiled_as_nothing_known(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    words, compiled = COMPILED[kind]
    repacked(path, config_json=json.dumps(config_of(path) | {"compile_config": compiled}))
    with pytest.raises((CheckpointError, ArgumentError), match=words) as error:
        load_model(path)
    assert "load_model('m.keras', compile=False) gives the network" in str(error.value)
    assert load_model(path, compile=False).optimizer is None


def test_archives_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    cases: dict[str, dict[str, bytes | str | None]] = {
        r"has no model.weights.h5; it is not a .keras file of Keras 3 with HDF5": {"model_weights_h5": None},
        r"has no config.json": {"config_json": None},
        r"config.json is not JSON": {"config_json": "{"},
        r"config.json is not JSON \(.*recursion": {"config_json": "[" * 100_000},
        r"not a whole HDF5 file": {"model_weights_h5": b"no HDF5"},
        r"config.json is not of honest size": {"config_json": b"\0" * (2**26 + 1)},
        r"model.weights.h5 is not of honest size": {"model_weights_h5": b"\0" * (2**26 + 1)},
    }
    for words, members in cases.items():
        repacked(written(tmp_path, "m.keras", whole=True), **members)
        with pytest.raises(CheckpointError, match=words):
            load_model(path)


def test_only_the_three_members_are_touched(tmp_path: Path) -> None:
    """Members that point elsewhere, or are enormous, are never read, and nothing is unpacked."""
    (tmp_path / "inside").mkdir()
    path = written(tmp_path / "inside", "m.keras", whole=True)
    expected = values(load_model(path))
    repacked(path, **{"../escaped": b"x", "/tmp/escaped-convolens": b"x", "assets/large": b"\0" * 10**8})
    assert values(load_model(path)) == expected
    assert [found.name for found in tmp_path.rglob("*")] == ["inside", "m.keras"]
    assert not Path("/tmp/escaped-convolens").exists()


def test_metadata_is_not_needed(tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    expected = values(load_model(path))
    assert values(load_model(repacked(path, metadata_json=None))) == expected


def test_a_model_class_of_its_own(tmp_path: Path) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    theirs = Own()
    theirs(np.zeros((1, 3), "float32"))
    theirs.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(CheckpointError, match=r"no layer_names|holds .* but no layers"):
        Sequential([layers.Dense(2, input_shape=(3,))]).load_weights(tmp_path / "w.weights.h5")


def rewritten(path: Path, change: Callable[[h5py.File], None]) -> Path:
    with h5py.File(path, "a") as file:
        change(file)
    return path


def replace(file: h5py.File, kernel: Any) -> None:
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = kernel


def external_data(file: h5py.File) -> None:
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (12, 2), "f4", external=[("/etc/hostname", 0, 96)])


def virtual_data(file: h5py.File) -> None:
    del file["layers/dense/vars/0"]
    layout = h5py.VirtualLayout((12, 2), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (12, 2))
    file.create_virtual_dataset("layers/dense/vars/0", layout)


def enormous(file: h5py.File) -> None:
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (2**40, 2**10), "f4", chunks=(2**10, 2**10))


def ring(file: h5py.File) -> None:
    file["layers/sequential/layers"] = file["layers"]


HOSTILE: dict[str, tuple[str, Callable[[h5py.File], None]]] = {
    "external link": (r"is a link \(ExternalLink\)", lambda f: replace(f, h5py.ExternalLink("/etc/hostname", "x"))),
    "soft link": (r"is a link \(SoftLink\)", lambda f: replace(f, h5py.SoftLink("/layers/dense/vars/1"))),
    "linked group": (r"is a link \(SoftLink\)", lambda f: f.__setitem__("layers/x", h5py.SoftLink("/layers/dense"))),
    "external data": ("lies in another file, which is not opened", external_data),
    "virtual data": ("lies in another file, which is not opened", virtual_data),
    "texts": ("layers/dense/vars/0 is not an array of numbers", lambda f: replace(f, np.array([b"a", b"b"]))),
    "a group": ("is not an array of numbers", lambda f: replace(f, f["layers/flatten"])),
    "enormous": ("not of honest size: the file is too small to hold it", enormous),
    "ring": ("is linked twice", ring),
    "a third": (r"holds \['0', '1', 'x'\]; expected \['0', '1', '2'\]", lambda f: f.__setitem__("layers/dense/vars/x", 1)),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_weights(kind: str, tmp_path: Path) -> None:
    words, change = HOSTILE[kind]
    path = rewritten(written(tmp_path, "w.weights.h5", whole=False), change)
    model = small()
    before = values(model)
    with pytest.raises(CheckpointError, match=words):
        model.load_weights(path)
    assert values(model) == before


def doubling(depth: int) -> Any:
    """Return a network that calls the one inside twice, which calls the one inside twice, and so on."""
    inner: Any = {"class_name": "ReLU", "config": {"name": "l0"}}
    for i in range(depth):
        source = {"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [None, 2]}, "name": "i"}
        calls = [[["i", 0, 0, {}]], [[inner["config"]["name"], 0, 0, {}]]]
        layers_ = [
            source | {"inbound_nodes": []},
            inner | {"name": inner["config"]["name"], "inbound_nodes": calls},
        ]
        ends = {"input_layers": ["i", 0, 0], "output_layers": [inner["config"]["name"], 1, 0]}
        inner = {"class_name": "Functional", "config": {"name": f"l{i + 1}", "layers": layers_} | ends}
    return inner


def test_networks_that_double_are_counted_first(tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    repacked(path, config_json=json.dumps(doubling(3)))
    with pytest.raises(CheckpointError, match=r"layers/conv2d .* is not in the model, which has nothing"):
        load_model(path)
    for depth in (40, 200):
        repacked(path, config_json=json.dumps(doubling(depth)))
        with pytest.raises(
            CheckpointError, match=r"m\.keras: describes a network of \d+ calls of layers; expected at"
        ):
            load_model(path)


def test_many_layers(tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    config = config_of(path)
    first, *rest = config["config"]["layers"]
    for count, words in (
        (4000, None),
        (10_001, r"describes a network of 10005 calls of layers; expected at most 10000"),
    ):
        added = [{"class_name": "ReLU", "config": {"name": f"r{i}"}} for i in range(count)]
        repacked(
            path,
            config_json=json.dumps(
                config | {"config": config["config"] | {"layers": [first, *added, *rest]}}
            ),
        )
        if words is None:
            assert len(load_model(path).layers) == count + 3
            continue
        with pytest.raises(CheckpointError, match=words):
            load_model(path)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"filters": 10**9}, r"holds weights of shapes .* expects \[\(3, 3, 2, 1000000000\)"),
        ({"filters": 2**31 - 1, "kernel_size": [2, 2]}, r"expects \[\(2, 2, 2, 2147483647\)"),
        ({"filters": 10**9, "kernel_size": [2**31 - 1, 2**31 - 1], "padding": "same"}, "is damaged"),
    ],
)
def test_a_huge_layer_is_compared_before_it_is_made(
    changes: Any, words: str, ending: str, tmp_path: Path
) -> None:
    path = written(tmp_path, f"m{ending}", whole=True)
    if ending == ".keras":
        repacked(path, config_json=json.dumps(changed_layer(config_of(path), **changes)))
    else:
        with h5py.File(path, "a") as file:
            config = json.loads(file.attrs["model_config"])
            file.attrs["model_config"] = json.dumps(changed_layer(config, **changes))
    assert fuzzing.verdict(tmp_path / f"x{ending}", small(), True, [("huge", path.read_bytes())]) == ""
    with pytest.raises(CheckpointError, match=words):
        load_model(path)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, "9" * 5000, '{"a": 1e999, "class_name"', "\ud800"]
)
def test_texts_that_are_no_description(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    repacked(path, config_json=text.encode(errors="surrogatepass"))
    with pytest.raises(CheckpointError, match=r"config\.json is not JSON"):
        load_model(path)


def test_a_description_of_many_megabytes(tmp_path: Path) -> None:
    for ending in (".keras", ".h5"):
        path = written(tmp_path, f"m{ending}", whole=True)
        text = json.dumps(["x" * 100] * 100_000)
        if ending == ".keras":
            repacked(path, config_json=text)
        else:
            with h5py.File(path, "a") as file:
                file.attrs["model_config"] = text
        with pytest.raises(CheckpointError, match="is not of honest size"):
            load_model(path)


def test_long_names_are_cut_in_errors(tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    config = config_of(path)
    config["config"]["layers"][1]["class_name"] = "Conv" * 10**6
    repacked(path, config_json=json.dumps(config))
    with pytest.raises(UnknownNameError, match=r"unknown layer class 'Conv.* \.\.\. ") as error:
        load_model(path)
    assert len(str(error.value)) < 1000


def test_classes_of_somebodys_own(tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    config = config_of(path)
    config["config"]["layers"][1]["registered_name"] = "theirs>Conv2D"
    repacked(path, config_json=json.dumps(config))
    with pytest.raises(ArgumentError, match=r"Conv2D 'first' is a class of somebody's own \(theirs>Conv2D\)"):
        load_model(path)


def test_a_model_without_a_shape(tmp_path: Path) -> None:
    path = written(tmp_path, "m.keras", whole=True)
    config = config_of(path)
    config["config"] |= {"layers": config["config"]["layers"][1:], "build_input_shape": None}
    repacked(path, config_json=json.dumps(config))
    with pytest.raises(CheckpointError, match="describes a model without an input shape or without layers"):
        load_model(path)
