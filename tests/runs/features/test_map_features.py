"""map: every photo is a point of the picture and of the page, classes that are apart are apart, and odd names do no harm."""

import base64
import csv
import io
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import silhouette_score

from convolens import runs
from convolens.errors import ArgumentError, DataError, UnknownNameError
from convolens.runs.output.screen import Screen
from images import folders, truncated_jpeg

SCRIPT = "<script>alert(1)</script>".replace("/", "∕")  # a class may have any name but one with a slash


def mapped(run, data, out, **options):
    return runs.map_features(runs.MapOptions(str(run), data, out, **options), Screen(quiet=True))


def data_of(page):
    (found,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


@pytest.fixture(scope="module")
def made(small_run, small_data, tmp_path_factory):
    place = tmp_path_factory.mktemp("map")
    shutil.copytree(small_data / "dark", place / "data" / "dark")
    shutil.copytree(small_data / "light", place / "data" / SCRIPT)
    (place / "data" / "dark" / "00.png").rename(place / "data" / "dark" / "<b>&'\".png")
    return place, mapped(small_run.folder.path, place / "data", place / "map")


def test_classes_that_are_apart_are_apart(made):
    """The network tells dark from light: the silhouette of the two classes is 0.5 and more in the plane."""
    place, result = made
    with (place / "map" / "features.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    for method in ("pca", "tsne"):
        points = np.array([[float(row[f"{method}_x"]), float(row[f"{method}_y"])] for row in rows])
        np.testing.assert_allclose(points, result.points[method], rtol=1e-4, atol=1e-4)
        assert silhouette_score(points, [row["label"] for row in rows]) > 0.5
    assert Image.open(place / "map" / "features.png").size[0] > 1000


def test_the_page_holds_every_photo_once_and_needs_nothing_else(made):
    place, result = made
    page = (place / "map" / "features.html").read_text()
    assert "http" not in page
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    data = data_of(page)
    paths = [photo["path"] for photo in data["photos"]]
    assert len(set(paths)) == 60
    assert paths == list(result.features.paths)
    assert re.findall(r'<circle data-i="(\d+)"', page) == [str(i) for i in range(60)]
    for photo in data["photos"]:
        assert page.count(photo["picture"]) == 1
        kind, _, coded = photo["picture"].partition(",")
        image = Image.open(io.BytesIO(base64.b64decode(coded)))
        assert (kind, image.size) == ("data:image/jpeg;base64", (64, 64))
        mean = np.asarray(image.convert("L"))[np.asarray(image.convert("L")) > 16].mean()
        assert (mean > 90) == (data["classes"][photo["class"]] == SCRIPT), "the picture is that of the photo"
    for method, points in data["points"].items():
        placed = np.array(points)
        assert placed.min() == 20
        assert placed.max() == 980
        flipped = result.points[method] * (1, -1)
        for axis in (0, 1):
            assert np.corrcoef(placed[:, axis], flipped[:, axis])[0, 1] > 0.9999


def test_names_are_text(made):
    place, _ = made
    page = (place / "map" / "features.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    data = data_of(page)
    assert SCRIPT in data["classes"]
    assert "dark/<b>&'\".png" in [photo["path"] for photo in data["photos"]]
    assert "<b>" not in page


def test_of_many_photos_some_are_drawn_by_lot(small_run, small_data, tmp_path):
    run = small_run.folder.path
    first = mapped(run, small_data, tmp_path / "a", most=20, methods=("pca",))
    again = mapped(run, small_data, tmp_path / "b", most=20, methods=("pca",))
    other = mapped(run, small_data, tmp_path / "c", most=20, methods=("pca",), seed=1)
    assert first.features.paths == again.features.paths != other.features.paths
    assert (len(first.features), first.photos) == (20, 90)
    page = (tmp_path / "a" / "features.html").read_text()
    assert "20 of 90 photos, drawn by lot" in page
    assert len(data_of(page)["photos"]) == 20


def test_loose_photos_have_no_classes(small_run, tmp_path):
    data = folders(tmp_path / "data", {".": 5})
    truncated_jpeg(data / "cut.jpg")
    result = mapped(small_run.folder.path, data, tmp_path / "map")
    assert len(result.features) == 5
    found = data_of((tmp_path / "map" / "features.html").read_text())
    assert found["classes"] == []
    assert 'type="checkbox"' not in (tmp_path / "map" / "features.html").read_text()


def test_bad_input(small_run, small_data, tmp_path):
    run = small_run.folder.path
    with pytest.raises(UnknownNameError, match=r"map: unknown method 'tse'\. Did you mean 'tsne'"):
        mapped(run, small_data, tmp_path / "m", methods=("tse",))
    with pytest.raises(ArgumentError, match="--method takes each of pca, tsne, umap at most once"):
        mapped(run, small_data, tmp_path / "m", methods=("pca", "pca"))
    with pytest.raises(ArgumentError, match="--most must be an integer of at least 3"):
        mapped(run, small_data, tmp_path / "m", most=2)
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        mapped(run, small_data, small_data / "map")
    with pytest.raises(DataError, match="has 2 readable photos; a map needs at least 3"):
        mapped(run, folders(tmp_path / "two", {"a": 1, "b": 1}), tmp_path / "m")
    assert not (tmp_path / "m").exists()
