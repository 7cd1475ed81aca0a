"""What can be done with a run: evaluate, predict, sort, and take the sorting back; and augment."""

import csv
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from convolens import runs
from convolens.errors import (
    ArgumentError,
    CheckpointError,
    DataError,
    ImageError,
    MissingFileError,
    UnknownNameError,
)
from convolens.runs.output.screen import Screen
from convolens.runs.report.prediction import write_answers
from images import folders, photo, truncated_jpeg

QUIET = Screen(quiet=True)


def test_evaluate_gives_the_scores_of_the_training(small_run, small_data, tmp_path):
    validation = tmp_path / "validation"
    with small_run.folder.predictions.open() as file:
        for row in csv.DictReader(file):
            (validation / row["label"]).mkdir(parents=True, exist_ok=True)
            shutil.copy(row["path"], validation / row["label"])
    scores = runs.evaluate(small_run.folder.path, validation, csv=tmp_path / "p.csv", screen=QUIET)
    assert scores.accuracy == small_run.outcome.scores.accuracy
    assert scores.loss == pytest.approx(small_run.outcome.scores.loss, rel=1e-6)
    assert len((tmp_path / "p.csv").read_text().splitlines()) == scores.confusion.sum() + 1
    whole = tmp_path / "whole"
    shutil.copytree(validation, whole / "test")
    folders(whole / "train", {"dark": 1})
    assert runs.evaluate(small_run.folder.path, whole, screen=QUIET).accuracy == scores.accuracy
    shutil.rmtree(whole / "test")
    with pytest.raises(DataError, match="holds train only"):
        runs.evaluate(small_run.folder.path, whole, screen=QUIET)
    folders(validation, {"cat": 1})
    with pytest.raises(DataError, match="folder 'cat' is not one of the classes"):
        runs.evaluate(small_run.folder.path, validation, screen=QUIET)


def test_predict_answers_each_file_once_in_name_order(small_run, small_data, tmp_path):
    broken = truncated_jpeg(tmp_path / "zz.jpg")
    sources = [
        broken,
        small_data / "light",
        str(small_data / "dark" / "0?.png"),
        small_data / "dark" / "00.png",
    ]
    answers = runs.predict(small_run.folder.path, sources, top=2)
    paths = [answer.path for answer in answers]
    assert paths == sorted(set(paths))
    assert len(paths) == 1 + 30 + 10
    for answer in answers:
        if answer.path == broken:
            assert (answer.label, answer.confidence) == (None, None)
            assert "truncated" in answer.error
        else:
            assert answer.label in ("dark", "light", "middling")
            assert len(answer.answers) == 2
            assert 1 >= answer.confidence >= answer.answers[1][1] >= 0
    write_answers(tmp_path / "a.csv", answers)
    with (tmp_path / "a.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [row["path"] for row in table] == [str(path) for path in paths]
    assert [bool(row["error"]) for row in table] == [path == broken for path in paths]
    json.dumps([answer.as_dict() for answer in answers])


def test_predict_gives_what_the_training_wrote(small_run):
    with small_run.folder.predictions.open() as file:
        table = {row["path"]: row for row in csv.DictReader(file)}
    for answer in runs.predict(small_run.folder.path, list(table)):
        row = table[str(answer.path)]
        assert answer.label == row["predicted"]
        assert answer.confidence == pytest.approx(float(row["confidence"]), abs=1e-5)


def test_last_weights_can_be_asked_for(small_run, small_data):
    runs.predict(small_run.folder.path, [small_data / "dark" / "00.png"], weights="last")
    with pytest.raises(UnknownNameError, match="which must be one of 'best', 'last'"):
        runs.predict(small_run.folder.path, [small_data / "dark" / "00.png"], weights="newest")


@pytest.mark.parametrize("link", [False, True], ids=["copies", "links"])
def test_sorting_and_taking_it_back(small_run, small_data, tmp_path, link):
    answers = runs.predict(small_run.folder.path, [small_data, truncated_jpeg(tmp_path / "x.jpg")])
    before = {path: path.read_bytes() for path in small_data.rglob("*.png")}
    out = tmp_path / "sorted"
    threshold = float(np.median([a.confidence for a in answers if a.confidence is not None]))
    done = runs.sort_into(answers, out, threshold, link)
    assert {path: path.read_bytes() for path in small_data.rglob("*.png")} == before
    assert len(done.created) + len(done.unsure) + len(done.unreadable) == len(answers)
    assert len(done.created) >= 45
    assert len({path.resolve() for path in done.created}) == len(done.created), "same names do not collide"
    assert all(path.is_symlink() == link for path in done.created)
    kept = done.created[0]
    if not link:
        kept.write_bytes(b"changed by the user")
    again = runs.sort_into(answers, out, threshold, link)
    assert not set(again.created) & set(done.created)
    assert again.undo_list.name == "undo-2.csv"
    runs.undo(again.undo_list)
    removed, left = runs.undo(done.undo_list)
    assert left == ([] if link else [kept])
    assert removed == len(done.created) - len(left)
    if not link:
        assert kept.read_bytes() == b"changed by the user"


def test_undo_removes_only_what_it_made(tmp_path):
    (tmp_path / "keep.txt").write_text("x")
    bad = tmp_path / "undo.csv"
    for text in (
        "created,from,bytes\n../keep.txt,x,1\n",
        "created,from,bytes\n/etc/x,x,1\n",
        "a,b\n1,2\n",
        "",
    ):
        bad.write_text(text)
        with pytest.raises(DataError, match="not an undo list"):
            runs.undo(bad)
    with pytest.raises(MissingFileError, match="no such undo list"):
        runs.undo(tmp_path / "no.csv")
    assert (tmp_path / "keep.txt").exists()


def test_bad_input(small_run, small_data, tmp_path):
    run = small_run.folder.path
    with pytest.raises(MissingFileError, match="no such run folder"):
        runs.predict(tmp_path / "no", [small_data])
    with pytest.raises(MissingFileError, match=r"holds no model\.json"):
        runs.predict(small_data, [small_data])
    with pytest.raises(MissingFileError, match="no such photo or folder, and no pattern"):
        runs.predict(run, [tmp_path / "no.jpg"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no image in this folder"):
        runs.predict(run, [tmp_path / "empty"])
    with pytest.raises(ArgumentError, match="top must be an integer"):
        runs.predict(run, [small_data], top=0)
    with pytest.raises(ArgumentError, match="min_confidence must be a number in"):
        runs.sort_into([], tmp_path / "s", 1.5)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda d: {**d, "format": 99}, "not a model.json of format 1"),
        (lambda d: {**d, "class_names": ["../up", "b", "c"]}, "cannot be a class name"),
        (lambda d: {**d, "class_names": ["a", "b"]}, "2 class names do not fit"),
        (lambda d: {k: v for k, v in d.items() if k != "preprocessing"}, "incomplete"),
        (lambda d: [], "not a model.json"),
    ],
    ids=["version", "path", "count", "missing", "list"],
)
def test_damaged_descriptions(small_run, tmp_path, damage, words):
    run = tmp_path / "run"
    shutil.copytree(small_run.folder.path, run)
    (run / "model.json").write_text(json.dumps(damage(json.loads((run / "model.json").read_text()))))
    with pytest.raises(CheckpointError, match=words):
        runs.load(runs.RunFolder.open(run))


@pytest.mark.parametrize("argument", ["dilation_rate", "kernel_size", "strides"])
def test_senseless_sizes_in_a_description(small_run, tmp_path, argument):
    run = tmp_path / "run"
    shutil.copytree(small_run.folder.path, run)
    description = json.loads((run / "model.json").read_text())
    convolution = next(
        layer for layer in description["network"]["config"]["layers"] if layer["class_name"] == "Conv2D"
    )
    convolution["config"][argument] = [10**30, 10**30]
    (run / "model.json").write_text(json.dumps(description))
    with pytest.raises(CheckpointError) as raised:
        runs.load(runs.RunFolder.open(run))
    assert "\n" not in str(raised.value)


def test_damaged_weights(small_run, small_data, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(small_run.folder.path, run)
    best = run / "checkpoints" / "best.safetensors"
    best.write_bytes(best.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="not a whole safetensors file"):
        runs.predict(run, [small_data])
    best.unlink()
    with pytest.raises(MissingFileError, match="no such weights file"):
        runs.predict(run, [small_data])


def test_augment(tmp_path):
    photo(4, (60, 40)).save(tmp_path / "panda.jpg")
    options = runs.AugmentOptions(tmp_path / "panda.jpg", tmp_path / "out", count=4, seed=3)
    folder = runs.augment(options, QUIET)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["contact_sheet.png", "panda_00.png", "panda_01.png", "panda_02.png", "panda_03.png"]
    images = [np.asarray(Image.open(folder / name)) for name in names[1:]]
    assert {image.shape for image in images} == {(40, 60, 3)}
    assert len({image.tobytes() for image in images}) == 4
    again = runs.augment(options, QUIET)
    assert again.name == "out-2"
    assert (again / "panda_02.png").read_bytes() == (folder / "panda_02.png").read_bytes()
    with pytest.raises(MissingFileError, match="no such image file"):
        runs.augment(runs.AugmentOptions(tmp_path / "no.jpg", tmp_path / "x"), QUIET)
    (tmp_path / "text.jpg").write_text("x")
    with pytest.raises(ImageError, match="not an image"):
        runs.augment(runs.AugmentOptions(tmp_path / "text.jpg", tmp_path / "x"), QUIET)
    with pytest.raises(ArgumentError, match="count must be an integer"):
        runs.augment(runs.AugmentOptions(tmp_path / "panda.jpg", tmp_path / "x", count=0), QUIET)
    assert not (tmp_path / "x").exists()
