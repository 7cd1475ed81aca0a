"""convolens cost: the numbers of the lecture from the command line, and one line for what makes no sense."""

import csv
import json
import re
import shlex

import pytest

from convolens.applications import build
from convolens.runs import Preprocessing, RunFolder, TrainedModel
from convolens.runs.folder import model_file
from typed import call


def test_the_lectures_reduction():
    status, out, _ = call("cost", "conv 192 3x3", "--input", "28x28x256")
    assert status == 0
    assert "Multiply-accumulates: 346,816,512 (" in out
    status, out, _ = call("cost", "conv 128 1x1, conv 192 3x3", "--input", "28x28x256")
    assert status == 0
    assert "25,690,112 + 173,408,256 = 199,098,368 (" in out
    assert "1 MAC = 2 FLOPs: 398,196,736 FLOPs" in out


def test_a_named_architecture():
    status, out, _ = call("cost", "shallow-vgg")
    assert status == 0
    assert "Parameters: 2,168,362 (" in out
    assert " = 26,579,968 (" in out
    row = next(line for line in out.splitlines() if "conv2d_3" in line)
    assert row.split() == ["conv2d_3", "16x16x64", "36,928", "9,437,184", "64.0", "KiB", "14x14/2"]
    assert next(line for line in out.splitlines() if "dense_1" in line).endswith("whole ")
    assert call("cost", "shallow-vgg", "--size", "64", "--classes", "3", "--json")[0] == 0


def test_training_and_folding():
    status, out, _ = call("cost", "shallow-vgg", "--training", "--batch", "16", "--depth", "0")
    assert status == 0
    assert "all (9 layers)" in " ".join(out.split())
    assert "1,261,682,688 multiply-accumulates, forward and backward (2.97 times)" in out
    assert (
        "Training memory: 41.6 MiB = weights 8.3 MiB + gradients 8.3 MiB + Adam's state 16.5 MiB + kept"
        in out
    )


def test_json_and_csv(tmp_path):
    table = tmp_path / "layers.csv"
    status, out, err = call("cost", "conv-model", "--json", "--csv", table, "--depth", "0")
    assert status == 0
    found = json.loads(out)
    assert found["parameters"] == 1_212_513
    assert "1,212,513" in err
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found["layers"]) == 10
    assert sum(int(row["multiply_accumulates"]) for row in rows) == found["multiply_accumulates"]
    assert rows[0]["output_shape"] == "1x148x148x32"
    assert (rows[1]["field_rows"], rows[1]["jump_columns"], rows[-1]["jump_rows"]) == ("4", "2", "")


def test_a_run(tmp_path):
    run = RunFolder.create(tmp_path / "run")
    names = ("a", "b", "c")
    trained = TrainedModel(build("shallow-vgg", (8, 8, 3), 3), "shallow-vgg", names, Preprocessing((8, 8)))
    model_file.write(run.model, trained)
    status, out, _ = call("cost", run.path, "--quiet")
    assert status == 0
    assert f"Parameters: {trained.model.count_params():,} (" in out
    run.model.write_text('{"format": 1, "network": {}}')
    status, _, err = call("cost", run.path)
    assert status == 2
    assert "model.json: incomplete or of another version" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shalow-vgg"], "cost: 'shalow-vgg' is no architecture, no run folder and no layers in words. Did you mean "
         "'shallow-vgg'?"),
        (["runs/none"], "runs/none: no such run folder"),
        (["conv 192 3x3"], "cost: layers in words need the shape that they are given; add --input 28x28x256, say."),
        (["conv 192 3y3", "--input", "8x8x3"], "received '3y3'"),
        (["conv 192 3", "--input", "8x8"], "cost: --input must be ROWSxCOLUMNSxCHANNELS such as 224x224x3"),
        (["conv 192 3", "--input", "8x8x-3"], "received '8x8x-3'"),
        (["conv 192 3", "--input", "8x8x3", "--size", "8"], "cost: give --input or --size, not both."),
        (["conv 192 3", "--input", "8x8x3", "--classes", "8"], "--classes is for a named architecture"),
        (["shallow-vgg", "--size", "3"], "an input of 3 x 3 pixels is too small; the smallest is 4 x 4."),
        (["shallow-vgg", "--size", "0"], "cost: --size must be an integer of at least 1; received 0."),
        (["shallow-vgg", "--batch", "0"], "cost: --batch must be an integer of at least 1; received 0."),
        (["shallow-vgg", "--depth", "-1"], "cost: --depth must be an integer of at least 0; received -1."),
        (["shallow-vgg", "--csv", "x.png"], "is the name of an image"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(arguments, message):
    status, out, err = call("cost", *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err


def test_a_run_on_images_of_another_size(tmp_path):
    run = RunFolder.create(tmp_path / "run")
    trained = TrainedModel(
        build("shallow-vgg", (8, 8, 3), 2), "shallow-vgg", ("a", "b"), Preprocessing((8, 8))
    )
    model_file.write(run.model, trained)
    status, _, err = call("cost", run.path, "--size", "16")
    assert status == 2
    assert "layer 'dense' (Dense) says" in err


def test_what_the_page_says_is_typed(capsys, tmp_path, monkeypatch, request):
    page = (request.config.rootpath / "docs" / "costs.md").read_text()
    monkeypatch.chdir(tmp_path)
    run = RunFolder.create(tmp_path / "runs" / "photos")
    trained = TrainedModel(
        build("shallow-vgg", (8, 8, 3), 2), "shallow-vgg", ("a", "b"), Preprocessing((8, 8))
    )
    model_file.write(run.model, trained)
    typed = re.findall(r"^    convolens (.+)$", page, re.MULTILINE)
    assert len(typed) == 6
    for command in typed:
        status, out, err = call(*shlex.split(command))
        assert (status, err if "--json" not in command else "") == (0, "")
        assert out
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1)
    exec(compile(program, "costs.md", "exec"), {})
    assert capsys.readouterr().out.startswith("2168362 425279488 ")
