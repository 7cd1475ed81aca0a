"""convolens check, neighbours and map: JSON alone on standard output, and what is said of it."""

import json
import shutil

import pytest

from images import folders, truncated_jpeg
from typed import call


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    data = folders(tmp_path_factory.mktemp("looking") / "data", {"dark": 6, "light": 6}, size=(10, 10))
    truncated_jpeg(data / "light" / "broken.jpg")
    shutil.copy(data / "dark" / "00.png", data / "light" / "same.png")
    return data


def test_check(photos, tmp_path):
    status, out, _ = call("check", photos)
    said = " ".join(out.split())
    assert status == 0, "findings are no failure"
    assert "Broken files: 1" in said
    assert "Duplicates whose labels differ: 1" in said
    assert "13 photos: 1 broken, 1 pair of duplicates, 1 with labels that differ, 0 leaks" in said
    assert "--model RUN|MODEL finds photos that are probably mislabelled, too" in said
    asked = [
        "check",
        photos,
        "--model",
        "shallow-vgg",
        "--size",
        "16",
        "--folds",
        "3",
        "--out",
        tmp_path / "c",
    ]
    status, out, err = call(*asked, "--json")
    told = json.loads(out)
    assert (status, told["photos"], told["out"]) == (0, 13, str(tmp_path / "c"))
    assert {row["path"] for row in told["label_errors"]} <= {f"{c}/{n:02d}.png" for c in ("dark", "light") for n in range(6)} | {"light/same.png"}  # fmt: skip
    assert "its weights are random" in err
    status, out, _ = call("check", photos, "-q", "--out", tmp_path / "c")
    assert f"Tables and contact sheets: {tmp_path / 'c-2'}" in out, "nothing is written over"


def test_neighbours_and_map(photos, tmp_path):
    network = ["shallow-vgg", "--size", "16"]
    status, out, _ = call("neighbours", *network, photos / "dark" / "00.png", photos, "--count", 3, "--json")
    assert status == 0
    assert json.loads(out)[0]["path"] == str(photos / "light" / "same.png")
    status, out, err = call("map", *network, photos, "--method", "pca", "--out", tmp_path / "m", "--json")
    assert status == 0
    assert json.loads(out) == {
        "out": str(tmp_path / "m"), "layer": "dense", "methods": ["pca"], "drawn": 13, "photos": 14,
    }  # fmt: skip
    assert "broken.jpg" in " ".join(err.split())
