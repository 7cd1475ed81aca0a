"""A run folder of a stranger: what its model.json asks for is refused before it costs memory or time."""

import json
import os
import re
import resource
import time
from pathlib import Path

import pytest

from convolens import runs
from convolens.cli import main
from convolens.data import Preprocessing
from convolens.errors import CheckpointError
from convolens.models.files.run_weights import find_run_weights
from convolens.runs.folder import model_file
from images import photo

BYTES = 2**28  # that nobody takes here


def dense(units):
    def change(description):
        description["network"]["config"]["layers"][-2]["config"]["units"] = units

    return change


def called_twice(depth):
    """Networks in networks, each of which calls the one inside it twice."""

    def change(description):
        history = {"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 8, 3], "dtype": "float32"}}

        def call(name, which):
            tensor = {**history, "config": {**history["config"], "keras_history": [name, which, 0]}}
            return {"args": [tensor], "kwargs": {}}

        inner = {"class_name": "ReLU", "config": {"name": "inner"}}
        for _ in range(depth):
            source = {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 8, 8, 3]}}
            layers = [
                {**source, "name": "in", "inbound_nodes": []},
                {**inner, "name": "inner", "inbound_nodes": [call("in", 0), call("inner", 0)]},
            ]
            config = {"name": "inner", "layers": layers, "input_layers": ["in", 0, 0]}
            inner = {"class_name": "Functional", "config": {**config, "output_layers": ["inner", 1, 0]}}
        description["network"] = inner

    return change


def nested(depth):
    def change(description):
        network = description["network"]
        for _ in range(depth):
            network = {"class_name": "Sequential", "config": {"name": "in", "layers": [network]}}
        description["network"] = network

    return change


CHANGES = {
    "units without memory": (dense(10**9), r"best\.safetensors: weights of another architecture"),
    "units with memory": (dense(10**6), r"best\.safetensors: weights of another architecture"),
    "calls": (
        called_twice(40),
        r"model\.json: describes a network of \d+ calls of layers; expected at most 10000",
    ),
    "depth": (nested(300), r"model\.json: incomplete or of another version \(RecursionError"),
    "photos": (
        lambda description: description["preprocessing"].update(size=[10**5, 10**5]),
        r"model\.json: incomplete or of another version .*size 100000 x 100000 is more than",
    ),
    "a layer only": (
        lambda description: description.update(network={"class_name": "ReLU", "config": {"name": "x"}}),
        r"model\.json: describes a ReLU layer, not a model",
    ),
}


@pytest.fixture
def run(small_run, tmp_path):
    """Links to a small run but for its model.json, which is a copy."""
    place = tmp_path / "run"
    place.mkdir()
    (place / "checkpoints").symlink_to(small_run.folder.checkpoints)
    (place / "model.json").write_text(small_run.folder.model.read_text())
    return place


def most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def refused(capsys, run: Path, tmp_path: Path) -> str:
    """Return the line of `convolens predict`, which takes neither time nor memory."""
    photo(0).save(tmp_path / "photo.png")
    began, held = time.perf_counter(), most_memory()
    with pytest.raises(SystemExit) as ended:
        main(["predict", str(run), str(tmp_path / "photo.png")])
    assert most_memory() - held < BYTES
    assert time.perf_counter() - began < 60  # instead of for ever
    line = capsys.readouterr().err
    assert ended.value.code == 2
    assert line.count("\n") == 1
    return line


@pytest.mark.parametrize("kind", CHANGES)
def test_a_description_that_asks_for_too_much(run, kind, capsys, tmp_path):
    change, words = CHANGES[kind]
    description = json.loads((run / "model.json").read_text())
    change(description)
    (run / "model.json").write_text(json.dumps(description))
    line = refused(capsys, run, tmp_path)
    assert re.search(words, line), line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[" * 100_000, "model.json is not JSON"),
        ("", "model.json is not JSON"),
        ("7" * 5000, "model.json is not JSON"),
    ],
    ids=["deep", "empty", "number"],
)
def test_what_is_no_json(run, content, words, capsys, tmp_path):
    (run / "model.json").write_text(content)
    assert words in refused(capsys, run, tmp_path)


def test_a_file_of_gigabytes(run, capsys, tmp_path):
    os.truncate(run / "model.json", 2**32)
    assert "model.json is not of honest size" in refused(capsys, run, tmp_path)


def test_every_reader_of_a_run_is_bounded(run):
    os.truncate(run / "model.json", 2**32)
    folder = runs.RunFolder(run)
    for read in (model_file.load, model_file.network, model_file.class_names, model_file.is_multi_label):
        with pytest.raises(CheckpointError, match=r"model\.json is not of honest size"):
            read(folder)
    with pytest.raises(CheckpointError, match=r"model\.json is not of honest size"):
        find_run_weights(run)


def test_the_cost_of_a_run_takes_no_memory(run):
    description = json.loads((run / "model.json").read_text())
    dense(10**9)(description)
    (run / "model.json").write_text(json.dumps(description))
    assert model_file.network(runs.RunFolder(run)).module.weights[0].device.type == "meta"


def test_other_networks_learn_how_photos_were_resized(run):
    description = json.loads((run / "model.json").read_text())
    description["preprocessing"]["interpolation"] = "hamming"
    (run / "model.json").write_text(json.dumps(description))
    assert find_run_weights(run).preprocessing == Preprocessing((8, 8), interpolation="hamming")
