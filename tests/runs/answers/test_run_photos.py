"""Photos that a run has seen are known again when it is scored on them, or another begins with its weights."""

import shutil
from dataclasses import replace

import pytest

from convolens import runs
from convolens.runs.answers.run_photos import photos_of
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from images import folders

QUIET = Screen(quiet=True)


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    place = tmp_path_factory.mktemp("seen")
    data = folders(place / "data", {"a": 20, "b": 20})
    (data / "a" / "broken.png").write_bytes(b"no image")
    return runs.TrainOptions(data, size=8, epochs=1, threads=1, model="shallow-vgg", out=place / "run")


@pytest.fixture(scope="module")
def run(options):
    return runs.train(options, QUIET).folder


def test_scores_on_photos_that_were_seen_are_told(run, options, tmp_path, capsys):
    learnt, judged = (len(side) for side in photos_of(run))
    assert learnt + judged == 40
    elsewhere = shutil.copytree(
        options.data, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("broken.png")
    )
    folders(elsewhere, {"a": 22, "b": 20}, seed=5)  # all anew, under the same names
    shutil.copy(options.data / "a" / "00.png", elsewhere / "a" / "copy.png")
    capsys.readouterr()
    runs.evaluate(run.path, options.data, screen=QUIET)
    told = f"40 of 40 photos are those of {run.path} itself ({learnt} it learnt from, {judged} it was validated on)"
    assert told in capsys.readouterr().out
    runs.evaluate(run.path, elsewhere, screen=QUIET)
    assert "1 of 43 photos are those of" in capsys.readouterr().out
    (elsewhere / "a" / "copy.png").unlink()
    runs.evaluate(run.path, elsewhere, screen=QUIET)
    assert "photos are those of" not in capsys.readouterr().out


def test_a_run_that_begins_with_one_that_learnt_from_its_validation_photos(run, options, tmp_path, capsys):
    again = replace(options, model=None, branch_from=run.path, out=tmp_path / "same")
    runs.train(again, QUIET)
    assert "were learnt from by" not in capsys.readouterr().out, "the same split"
    runs.train(replace(again, validation_split=0.5, out=tmp_path / "other"), QUIET)
    assert f"validation photos were learnt from by {run.path}, with whose weights" in capsys.readouterr().out
    begun = replace(options, weights=str(run.path), validation_split=0.5, out=tmp_path / "weights")
    runs.train(begun, QUIET)
    assert "were learnt from by" in capsys.readouterr().out


def test_photos_that_are_others_now_are_not_guessed(run, options, tmp_path):
    moved = RunFolder(shutil.copytree(run.path, tmp_path / "moved"))
    assert len(photos_of(moved)) == 2
    text = moved.settings.read_text()
    moved.settings.write_text(text.replace('fingerprint = "files:', 'fingerprint = "files:0'))
    assert photos_of(moved) == []
    moved.settings.write_text(text.replace(str(options.data), str(tmp_path / "gone")))
    assert photos_of(moved) == []


def test_a_k_fold_training_has_learnt_from_every_photo(options, tmp_path, capsys):
    found = runs.kfold(replace(options, kfold=2, out=tmp_path / "run"), QUIET)
    runs.evaluate(found.folder.path, options.data, screen=QUIET)
    assert "40 of 40 photos are those of" in (said := capsys.readouterr().out)
    assert "(40 it learnt from)" in said
