"""Runs that an earlier version made and left in the middle: they answer as they did, and go on as they would have."""

import csv
import json
import zipfile
from pathlib import Path

import pytest

from convolens import runs
from convolens.cli import main
from convolens.runs.output.screen import Screen

QUIET = Screen(quiet=True)
PHOTOS = {"one-label": "classes", "labels": "labelled"}
SAME = 1e-4  # another processor may round otherwise


@pytest.fixture
def earlier(tmp_path):
    """What `data/make_earlier_runs.py` packed; and what that version said."""
    with zipfile.ZipFile(Path(__file__).with_name("data") / "earlier_runs.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path, json.loads((tmp_path / "said.json").read_text())


def answers(run, photos):
    return {
        found.path.name: {"label": found.label, "probabilities": dict(found.answers)}
        # that version calibrated no several labels
        for found in runs.predict(run, [photos], weights="last", calibrated=run.name != "labels")
    }


def assert_same(given, expected):
    assert given.keys() == expected.keys()
    for name, answer in expected.items():
        assert given[name]["label"] == answer["label"]
        assert given[name]["probabilities"] == pytest.approx(answer["probabilities"], abs=SAME)


def moved(place, run):
    """Return where the photos of a run are now, which were in another place when it began."""
    labels = place / "labels.csv" if run == "labels" else None
    return {"data": place / PHOTOS[run], "labels": labels}


@pytest.mark.parametrize("run", PHOTOS)
def test_answers_as_it_did(earlier, run):
    place, said = earlier
    assert_same(answers(place / run, place / PHOTOS[run]), said[run]["interrupted"])


@pytest.mark.parametrize("run", PHOTOS)
def test_goes_on_as_it_would_have(earlier, run):
    place, said = earlier
    result = runs.resume(place / run, runs.ResumeOptions(anyway=True, **moved(place, run)), QUIET)
    assert not result.interrupted
    with result.folder.history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row, expected in zip(rows, said[run]["history"], strict=True):
        numbers = {name: float(value) for name, value in expected.items()}
        assert {name: float(value) for name, value in row.items()} == pytest.approx(numbers, abs=SAME)
    assert_same(answers(place / run, place / PHOTOS[run]), said[run]["resumed"])


@pytest.mark.parametrize("run", PHOTOS)
def test_is_explained(earlier, run):
    place, _ = earlier
    photo = next((place / PHOTOS[run]).rglob("00.png"))
    done = runs.explain(runs.ExplainOptions(place / run, [photo], methods=("grad-cam",)), QUIET)
    assert len(done.photos) == 1
    assert all((done.folder / file).is_file() for file in done.files)


@pytest.mark.parametrize("run", PHOTOS)
def test_is_calibrated(earlier, run):
    place, _ = earlier
    found = runs.calibrate(place / run, runs.CalibrateOptions(error_rate=None, **moved(place, run)), QUIET)
    assert found.photos > 0
    assert found.several == (run == "labels")


def test_photos_that_are_elsewhere_are_asked_for(earlier, capsys):
    place, _ = earlier
    with pytest.raises(SystemExit) as ended:
        main(["resume", str(place / "one-label")])
    assert ended.value.code == 2
    assert "--data" in capsys.readouterr().err
