"""The same training once a fold: the figures, the answers for every photo, the ensemble, and going on after kills."""

import csv
import json
import os
import re
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from convolens import runs
from convolens.data import folds_by_content, list_images
from convolens.errors import ArgumentError, CheckpointError, DataError, TerminatedError
from convolens.files.atomic import digest_of
from convolens.runs.folder.record import read_record
from convolens.runs.output.screen import Screen
from convolens.runs.several.kfold import fold_run
from convolens.runs.tasks.probabilities import probabilities
from convolens.training.step import Step
from images import folders, overlapping
from typed import call

QUIET = Screen(quiet=True)


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    place = tmp_path_factory.mktemp("kfold")
    data = overlapping(place / "data", {"dark": 20, "light": 22, "middling": 16})
    (data / "dark" / "broken.png").write_bytes(b"no image")
    return data


@pytest.fixture(scope="module")
def options(data):
    """Three folds of 8 x 8 pixels, two epochs, a state every other step."""
    return runs.TrainOptions(
        data=data, size=8, epochs=2, batch_size=8, kfold=3, checkpoint_steps=2, out=data.parent / "run",
        command="convolens train x",
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(options):
    return runs.kfold(options, QUIET)


def test_every_photo_is_answered_once_by_a_network_that_did_not_learn_from_it(whole, data):
    rows = rows_of(whole.folder.predictions)
    images = list_images(data)
    readable = [path for path in images.paths if path.name != "broken.png"]
    assert [row["path"] for row in rows] == [str(path) for path in readable]
    assert len(rows) == 58
    images = images.subset([place for place, path in enumerate(images.paths) if path in readable])
    expected = dict(zip(images.paths, folds_by_content(images, 3) + 1, strict=True))
    assert [int(row["fold"]) for row in rows] == [expected[path] for path in readable]
    seen = []
    for fold in (1, 2, 3):
        run = fold_run(whole.folder, fold)
        mine = [row for row in rows if row["fold"] == str(fold)]
        theirs = rows_of(run.predictions)  # the validation photos of that run
        assert [(row["path"], row["predicted"]) for row in mine] == [
            (row["path"], row["predicted"]) for row in theirs
        ]
        seen += [row["path"] for row in theirs]
        counts = read_record(run).tables["data"]
        assert counts["training_images"] + counts["validation_images"] == 58
    assert len(set(seen)) == len(seen) == 58
    assert "broken.png" in whole.folder.skipped.read_text()


def test_the_figures(whole):
    results = json.loads(whole.folder.results.read_text())
    each = [json.loads(fold_run(whole.folder, fold).results.read_text()) for fold in (1, 2, 3)]
    assert [fold["accuracy"] for fold in results["folds"]] == [fold["accuracy"] for fold in each]
    assert [fold["photos"] for fold in results["folds"]] == [fold["images"] for fold in each]
    for measure in ("accuracy", "loss"):
        values = [fold[measure] for fold in each]
        assert results[f"fold_{measure}"] == pytest.approx(sum(values) / 3)
        squares = sum((value - sum(values) / 3) ** 2 for value in values)
        name = "fold_spread" if measure == "accuracy" else "fold_loss_spread"
        assert results[name] == pytest.approx((squares / 2) ** 0.5)
        weighed = sum(fold[measure] * fold["images"] for fold in each) / 58
        assert results[measure] == pytest.approx(weighed, abs=1e-6)
    rows = rows_of(whole.folder.predictions)
    assert [row["sha256"] for row in rows] == [digest_of(Path(row["path"])) for row in rows]
    assert results["accuracy"] == pytest.approx(np.mean([row["label"] == row["predicted"] for row in rows]))
    low, high = results["accuracy_interval"]
    assert low <= results["accuracy"] <= high
    assert high - low > 0.05
    assert whole.outcome.mean("accuracy") == results["fold_accuracy"]
    confusion = np.sum([fold["confusion_matrix"] for fold in each], axis=0)
    assert results["confusion_matrix"] == confusion.tolist()


def test_the_ensemble_is_an_ordinary_run(whole, data, tmp_path):
    photos = overlapping(tmp_path / "photos", {"dark": 6, "light": 6, "middling": 6}, seed=5)
    loaded = runs.load(whole.folder)
    pixels = np.random.default_rng(0).integers(0, 256, (9, 8, 8, 3), np.uint8)
    each = []
    for fold in (1, 2, 3):
        one = runs.load(fold_run(whole.folder, fold))
        each.append(probabilities(one.model, pixels, one.preprocessing))
    together = probabilities(loaded.model, pixels, loaded.preprocessing)
    np.testing.assert_allclose(together, np.mean(each, axis=0), rtol=1e-5)
    scored = runs.evaluate(whole.folder.path, photos, screen=QUIET, tta=1, out=tmp_path / "scored")
    assert scored.confusion.sum() == 18
    photo = photos / "light" / "5-000.png"
    answer = runs.predict(whole.folder.path, [photo])[0]
    assert answer.error is None
    assert answer.label in ("dark", "light", "middling")
    assert call("cost", whole.folder.path)[0] == 0
    status, out, _ = call("features", whole.folder.path, photos, "--layer", "mean", "--out", tmp_path / "f.npz")  # fmt: skip
    assert (status, "18 photos, 3 numbers each" in out) == (0, True)
    assert whole.folder.last.read_bytes() == whole.folder.best.read_bytes()
    # it has no photos of its own to be calibrated on, and no training to go on with
    for command, words in (("calibrate", "none is left to calibrate on"), ("resume", "and --resume")):
        status, _, err = call(command, whole.folder.path)
        assert (status, len(err.splitlines())) == (2, 1)
        assert words in err
        assert "folds/fold-1`" in err
    status, _, err = call("train", data, "--branch-from", whole.folder.path)
    assert (status, "branch from one of its folds" in err) == (2, True)


def test_the_page(whole):
    page = whole.folder.report.read_text()
    assert (
        f"{100 * whole.outcome.mean('accuracy'):.2f} % ± {100 * whole.outcome.spread('accuracy'):.2f}" in page
    )
    assert "of single networks" in page
    assert page.count("data:image/png;base64,") == 2
    assert not re.search(r'(?:src|href)="(?!data:)', page), "nothing from elsewhere"
    assert "&#39;" not in page.replace("&#39;dark&#39;", ""), "no Python in it"


def test_a_fold_is_an_ordinary_run_that_keeps_its_split(whole, tmp_path):
    copy = shutil.copytree(fold_run(whole.folder, 2).path, tmp_path / "fold")
    before = rows_of(copy / "predictions.csv")
    longer = runs.resume(copy, runs.ResumeOptions(epochs=3), QUIET)
    assert longer.outcome.epochs == 3
    assert [row["path"] for row in rows_of(copy / "predictions.csv")] == [row["path"] for row in before]
    settings = read_record(runs.RunFolder(copy)).tables["settings"]
    assert (settings["kfold"], settings["fold"], "validation_split" in settings) == (3, 2, False)


def test_a_finished_one_is_not_trained_again(whole, options, capsys):
    weights = whole.folder.best.read_bytes()
    states = {path: path.stat().st_mtime_ns for path in whole.folder.folds.rglob("best.safetensors")}
    again = runs.kfold(replace(options, resume=True))
    assert capsys.readouterr().out.count("Was trained before.") == 3
    assert again.folder == whole.folder
    assert again.outcome.as_dict() == whole.outcome.as_dict()
    assert whole.folder.best.read_bytes() == weights
    assert states == {path: path.stat().st_mtime_ns for path in whole.folder.folds.rglob("best.safetensors")}


def ending_in_fold_2(monkeypatch, out, end):
    """Let the training end before the first step behind a state of the second fold."""
    train, ended = Step.train, []

    def step(self, batch):
        if not ended and list((out / "folds" / "fold-2" / "checkpoints").glob("state-*")):
            ended.append(True)
            end()
        train(self, batch)

    monkeypatch.setattr(Step, "train", step)


def pressed():
    raise KeyboardInterrupt


def terminated():
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("end", [pressed, terminated])
def test_ended_in_the_second_fold_it_goes_on_to_the_same_bytes(whole, options, tmp_path, monkeypatch, end):
    out = tmp_path / "run"
    mine = replace(options, out=out)
    with monkeypatch.context() as patched:
        ending_in_fold_2(patched, out, end)
        if end is pressed:
            result = runs.kfold(mine, QUIET)
            assert (result.interrupted, result.outcome) == (True, None)
        else:
            words = r"ended by SIGTERM in fold 2; all is saved, the same command with --resume goes on\."
            with pytest.raises(TerminatedError, match=words):
                runs.kfold(mine, QUIET)
    first, second, third = (fold_run(runs.RunFolder(out), fold) for fold in (1, 2, 3))
    assert first.report.is_file()
    assert list(second.checkpoints.glob("state-*"))
    assert not third.path.exists()
    assert not (out / "model.json").exists()
    again = runs.kfold(replace(mine, resume=True), QUIET)
    assert again.folder.path == out
    assert again.folder.best.read_bytes() == whole.folder.best.read_bytes()
    assert again.folder.predictions.read_bytes() == whole.folder.predictions.read_bytes()
    assert again.outcome.as_dict() == whole.outcome.as_dict()


def test_the_command_and_diff(data, options, whole, tmp_path):
    other = tmp_path / "other"
    status, printed, err = call(
        "train", data, "--kfold", "3", "--size", "8", "--epochs", "1", "--batch-size", "8", "--seed", "4", "--out", other, "--json",
    )  # fmt: skip
    assert status == 0
    found = json.loads(printed)
    assert (found["run"], found["interrupted"]) == (str(other), False)
    assert found["result"] == json.loads((other / "results.json").read_text())
    mean, spread = found["result"]["fold_accuracy"], found["result"]["fold_spread"]
    assert f"Accuracy {mean:.4f} ± {spread:.4f}, loss " in err
    assert re.search(r"^ +3 +\d+ +0\.\d{4} ", err, re.MULTILINE), "the table of folds"
    assert "It has learnt from every photo, so none of them can score it" in err
    assert [row["fold"] for row in rows_of(other / "predictions.csv")] == [
        row["fold"] for row in rows_of(whole.folder.predictions)
    ], "another seed, the same folds"
    difference = runs.diff(whole.folder.path, other, screen=QUIET)
    assert len(difference.pairs) == 58
    assert difference.accuracy("first") == whole.outcome.found.accuracy
    assert difference.accuracy("second") == found["result"]["accuracy"]


def test_a_name_that_is_taken_and_other_settings(options, whole, capsys):
    """--resume passes over what has other settings, and begins beside it."""
    with pytest.raises(DataError, match="fewer than the 30 folds"):
        runs.kfold(replace(options, kfold=30, resume=True))
    names = {path.name for path in whole.folder.path.parent.iterdir()}
    more = runs.kfold(replace(options, kfold=2, epochs=1, resume=True))
    assert "is not gone on with, for epochs, kfold differ." in capsys.readouterr().out
    assert more.folder.path.name == "run-2"
    assert {path.name for path in whole.folder.path.parent.iterdir()} == names | {"run-2"}
    assert [fold.photos for fold in more.outcome.folds] == [29, 29], "the broken one is in no fold"


def test_groups_stay_together(data, tmp_path):
    made = runs.kfold(
        runs.TrainOptions(
            data, size=8, epochs=1, batch_size=8, kfold=2, group_by=r"-(\d\d)\d\.png", out=tmp_path / "run"
        ),
        QUIET,
    )
    folds = {}
    for row in rows_of(made.folder.predictions):
        folds.setdefault(row["path"].rsplit("-", 1)[1][:2], set()).add(row["fold"])
    assert {group: len(found) for group, found in folds.items()} == {"00": 1, "01": 1, "02": 1}


def test_a_fold_that_was_trained_longer(whole, options, tmp_path):
    copy = shutil.copytree(whole.folder.path, tmp_path / "run")
    runs.resume(fold_run(runs.RunFolder(copy), 3).path, runs.ResumeOptions(epochs=3), QUIET)
    with pytest.raises(ArgumentError, match=r"fold-3: was trained for 3 epochs by itself.* together for 2"):
        runs.kfold(replace(options, out=copy, resume=True), QUIET)
    rows = copy / "folds" / "folds.json"
    rows.write_text("[]")
    with pytest.raises(CheckpointError, match=r"folds\.json: not the results of several trainings"):
        runs.kfold(replace(options, out=copy, resume=True), QUIET)


def bad(data, place):
    yield ["--kfold", "1"], "train: kfold must be an integer of at least 2; received 1."
    yield ["--kfold", "17"], "class 'middling' has 16 photos, fewer than the 17 folds"
    yield ["--kfold", "3", "--val-split", "0.2"], "leave --val-split out, or --kfold."
    yield ["--kfold", "3", "--val", data], "would not be used; leave one of the two out"
    yield ["--kfold", "3", "--branch-from", place / "run"], "so that no fold would be new to it"
    yield ["--kfold", "3", "--batch-size", "400"], "batch_size 400 is larger than the 38 training photos"
    yield ["--kfold", "3", "--out", data / "run"], "would lie inside the photos"


def test_bad_input_is_one_line_and_nothing_is_written(data, tmp_path):
    for flags, words in bad(data, tmp_path):
        out = [] if "--out" in flags else ["--out", tmp_path / "run"]
        status, _, err = call("train", data, "--size", "8", *out, *flags)
        assert (status, len(err.splitlines())) == (2, 1), (flags, err)
        assert words in err, (flags, err)
    parts = tmp_path / "parts"
    for name in ("train", "valid"):
        folders(parts / name, {"a": 4, "b": 4})
    status, _, err = call("train", parts, "--kfold", "2", "--out", tmp_path / "run")
    assert (status, len(err.splitlines())) == (2, 1)
    assert f"holds valid for validation, whose photos --kfold would not use; give the folder to learn from alone, {parts / 'train'} say" in err  # fmt: skip
    folders(tmp_path / "one", {"a": 9})
    assert "only one class, 'a'" in call("train", tmp_path / "one", "--kfold", "2")[2]
    assert not (tmp_path / "run").exists()
    with pytest.raises(ArgumentError, match=r"kfold 3 and no fold; `runs\.kfold` trains all of them"):
        runs.train(runs.TrainOptions(data, size=8, kfold=3, out=tmp_path / "run"), QUIET)
    with pytest.raises(ArgumentError, match="there is no fold 4 of 3"):
        runs.train(runs.TrainOptions(data, size=8, kfold=3, fold=4, out=tmp_path / "run"), QUIET)
    with pytest.raises(ArgumentError, match="fold 4 of how many"):
        runs.train(runs.TrainOptions(data, size=8, fold=4, out=tmp_path / "run"), QUIET)
    assert not (tmp_path / "run").exists()
