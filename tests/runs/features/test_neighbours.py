"""neighbours: the nearest by the network's features, the photo itself left out."""

import csv
import shutil

import numpy as np
import pytest
from PIL import Image

from convolens import runs
from convolens.errors import ArgumentError, MissingFileError, UnknownNameError
from convolens.features import extract
from convolens.runs.output.screen import Screen


def found(run, image, data, **options):
    return runs.neighbours(runs.NeighbourOptions(str(run), image, data, **options), Screen(quiet=True))


def test_they_are_the_nearest_by_the_features(small_run, small_data, tmp_path):
    photo = small_data / "light" / "03.png"
    shutil.copytree(small_data, tmp_path / "data")
    shutil.copy(photo, tmp_path / "data" / "dark" / "copy.png")
    data, run = tmp_path / "data", small_run.folder.path
    rows = found(
        run, data / "light" / "03.png", data, count=20, out=tmp_path / "s.png", csv=tmp_path / "n.csv"
    )
    assert rows[0].path == str(data / "dark" / "copy.png"), "a copy is a neighbour, the photo itself is none"
    assert (rows[0].label, round(rows[0].distance, 6)) == ("dark", 0)
    trained = runs.load(small_run.folder)
    features = extract(trained.model, data, preprocessing=trained.preprocessing)
    assert features.from_cache, "computed once"
    places = {path: i for i, path in enumerate(features.paths)}
    x = features.values / np.linalg.norm(features.values, axis=1, keepdims=True)
    distances = 1 - x @ x[places["light/03.png"]]
    expected = np.sort(np.delete(distances, places["light/03.png"]))[:20]
    np.testing.assert_allclose([row.distance for row in rows], expected, atol=1e-5)
    assert sum(row.label == "light" for row in rows) >= 18
    with (tmp_path / "n.csv").open(newline="") as file:
        assert [row["path"] for row in csv.DictReader(file)] == [row.path for row in rows]
    assert Image.open(tmp_path / "s.png").width > 5 * 128


def test_loose_photos_and_other_layers(small_run, small_data):
    rows = found(
        small_run.folder.path, small_data / "dark" / "00.png", small_data / "light", count=40, layer="0", pool="max",
        metric="euclidean",
    )  # fmt: skip
    assert len(rows) == 30, "all there are"
    assert {row.label for row in rows} == {None}
    assert [row.distance for row in rows] == sorted(row.distance for row in rows)


def test_bad_input(small_run, small_data, tmp_path):
    run, photo = small_run.folder.path, small_data / "dark" / "00.png"
    with pytest.raises(MissingFileError, match="no such image file"):
        found(run, small_data / "none.png", small_data)
    with pytest.raises(ArgumentError, match="--count must be an integer of at least 1"):
        found(run, photo, small_data, count=0)
    with pytest.raises(UnknownNameError, match=r"--metric must be one of .* Did you mean 'cosine'"):
        found(run, photo, small_data, metric="cosin")
    with pytest.raises(UnknownNameError, match="--pool must be one of"):
        found(run, photo, small_data, pool="none")
    with pytest.raises(ArgumentError, match=r"give a file name that ends in \.png"):
        found(run, photo, small_data, out=tmp_path / "sheet.jpg")
    before = photo.read_bytes()
    with pytest.raises(ArgumentError, match="is there already; name another file"):
        found(run, photo, small_data, out=photo)
    assert photo.read_bytes() == before
