"""convolens features and probe: what is printed, JSON alone on standard output, and one line for what makes no sense."""

import json

import numpy as np
import pytest

from convolens.features import read_features
from images import folders, truncated_jpeg
from typed import call


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    data = folders(tmp_path_factory.mktemp("features") / "data", {"dark": 6, "light": 6}, size=(10, 10))
    truncated_jpeg(data / "light" / "broken.jpg")
    return data


def test_features_says_what_it_wrote(photos, tmp_path):
    out = tmp_path / "f.safetensors"
    asked = [
        "features",
        "shallow-vgg",
        photos,
        "--size",
        "16",
        "--out",
        out,
        "--layer",
        "dense",
        "--layer",
        "2",
    ]
    status, printed, errors = call(*asked, "--json")
    assert status == 0
    told = json.loads(printed)
    assert told["layers"] == {"dense": [12, 512], "max_pooling2d": [12, 32]}
    assert told["skipped"][0][0].endswith("broken.jpg")
    assert "its weights are random; give --weights" in errors
    assert "broken.jpg" in " ".join(errors.split())
    found = read_features(out)
    assert np.isfinite(found.values["dense"]).all()
    status, _, errors = call(*asked)  # other random weights
    assert status == 2
    assert "holds features of something else: weights." in " ".join(errors.split())


def test_probe_prints_the_scores(photos, tmp_path):
    asked = [
        "probe",
        "shallow-vgg",
        photos,
        "--size",
        "16",
        "--learners",
        "logistic,neighbours",
        "--folds",
        "3",
    ]
    status, printed, _ = call(*asked, "--out", tmp_path / "p", "--json")
    assert status == 0
    told = json.loads(printed)
    assert {row["learner"] for row in told["learners"]} == {"logistic", "neighbours"}
    assert told["accuracy"] > 0.7
    status, printed, _ = call("predict", tmp_path / "p", photos / "dark", "--json")
    assert status == 0
    status, _, errors = call(*asked, "--layer", "dens", "--out", tmp_path / "q")
    assert status == 2
    assert "Did you mean 'dense'?" in errors
    status, _, errors = call("probe", "shallow-vgg", photos, "--folds", "7", "--out", tmp_path / "q")
    assert status == 2
    assert "fewer than the 7 folds; give --folds 6" in errors
    assert not (tmp_path / "q").exists()


def test_the_cache_lists_features(photos, tmp_path):
    call("probe", "shallow-vgg", photos, "--size", "16", "--learners", "logistic", "--folds", "2", "--out", tmp_path / "p")  # fmt: skip
    _, printed, _ = call("cache")
    assert "features of dense" in " ".join(printed.split())
    assert call("cache", "--clear")[0] == 0
    assert "features of" not in call("cache")[1]
