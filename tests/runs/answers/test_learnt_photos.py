"""Photos that the weights of a run have learnt from are known again when it is scored on them, or another begins with these weights."""

import json
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
def learnt(run):
    """How many of the 40 photos the run learnt from."""
    return len(photos_of(run)[0])


@pytest.fixture(scope="module")
def others(options):
    """Photos that are none of the run's."""
    return folders(options.data.parent / "others", {"a": 12, "b": 12}, seed=7)


@pytest.fixture(scope="module")
def child(run, others, options):
    asked = replace(options, data=others, model=None, branch_from=run.path, out=run.path.parent / "child")
    return runs.train(asked, QUIET).folder


def test_scores_on_photos_that_were_seen_are_told(run, options, learnt, tmp_path, capsys):
    elsewhere = shutil.copytree(
        options.data, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("broken.png")
    )
    folders(elsewhere, {"a": 22, "b": 20}, seed=5)  # all anew, under the same names
    shutil.copy(options.data / "a" / "00.png", elsewhere / "a" / "copy.png")
    capsys.readouterr()
    runs.evaluate(run.path, options.data, screen=QUIET)
    told = f"40 of 40 photos are those of {run.path} itself ({learnt} it learnt from, {40 - learnt} it was validated on)"
    assert told in capsys.readouterr().out
    runs.evaluate(run.path, elsewhere, screen=QUIET)
    assert "1 of 43 photos are those of" in capsys.readouterr().out
    (elsewhere / "a" / "copy.png").unlink()
    runs.evaluate(run.path, elsewhere, screen=QUIET)
    assert "photos are those of" not in capsys.readouterr().out


def test_they_are_known_wherever_they_lie(run, options, tmp_path, capsys):
    moved = shutil.copytree(run.path, tmp_path / "run")
    text = (moved / "run.toml").read_text()
    (moved / "run.toml").write_text(text.replace(str(options.data), str(tmp_path / "gone")))
    runs.evaluate(moved, options.data, screen=QUIET)
    assert f"40 of 40 photos are those of {moved} itself" in capsys.readouterr().out


def test_an_earlier_version_did_not_note_them(run, options, learnt, tmp_path, capsys):
    old = shutil.copytree(run.path, tmp_path / "run")
    (old / "seen_photos.csv").unlink()
    runs.evaluate(old, options.data, screen=QUIET)
    assert f"({learnt} it learnt from, {40 - learnt} it was validated on)" in capsys.readouterr().out


def test_a_run_that_begins_with_one_that_learnt_from_its_validation_photos(run, options, tmp_path, capsys):
    again = replace(options, model=None, branch_from=run.path, out=tmp_path / "same")
    runs.train(again, QUIET)
    assert "were learnt from by" not in capsys.readouterr().out, "the same split"
    runs.train(replace(again, validation_split=0.5, out=tmp_path / "other"), QUIET)
    assert f"validation photos were learnt from by {run.path}, with whose weights" in capsys.readouterr().out
    for name, weights in (("folder", run.path), ("file", run.best)):
        begun = replace(options, weights=str(weights), validation_split=0.5, out=tmp_path / name)
        runs.train(begun, QUIET)
        assert f"were learnt from by {run.path}," in capsys.readouterr().out, name


def test_what_the_run_before_learnt_from_is_known_of_its_children(
    run, child, options, learnt, tmp_path, capsys
):
    told = f"are those of {{}} itself or of what it began with ({learnt} {run.path} learnt from)"
    runs.evaluate(child.path, options.data, screen=QUIET)
    assert f"{learnt} of 40 photos {told.format(child.path)}" in capsys.readouterr().out
    tuned = runs.finetune(
        run.path, options.data.parent / "others", out=tmp_path / "tuned", epochs=2, threads=1, screen=QUIET
    )
    runs.evaluate(tuned.folder.path, options.data, screen=QUIET)
    assert told.format(tmp_path / "tuned") in capsys.readouterr().out
    grandchild = replace(
        options, model=None, branch_from=child.path, validation_split=0.5, out=tmp_path / "grand"
    )
    runs.train(grandchild, QUIET)
    assert f"were learnt from by {run.path}, with whose weights" in capsys.readouterr().out
    runs.diff(child.path, tmp_path / "grand", options.data, screen=QUIET)
    said = capsys.readouterr().out
    assert told.format(child.path) in said
    assert f"are those of {tmp_path / 'grand'} itself or of what it began with" in said


def test_one_that_learnt_from_its_validation_photos_in_the_end(run, options, tmp_path, capsys):
    whole = shutil.copytree(run.path, tmp_path / "whole")
    results = json.loads((whole / "results.json").read_text()) | {"first_answer": {"best_learnt_all": True}}
    (whole / "results.json").write_text(json.dumps(results))
    runs.evaluate(whole, options.data, screen=QUIET)
    assert "(40 it learnt from)" in capsys.readouterr().out
    made = runs.train(replace(options, model=None, branch_from=whole, out=tmp_path / "same"), QUIET)
    judged = len(photos_of(made.folder)[1])
    assert f"{judged} of {judged} validation photos were learnt from by {whole}" in capsys.readouterr().out


def test_a_first_answer_whose_layers_learnt_nothing(tmp_path, capsys):
    data = folders(tmp_path / "photos", {"dark": 8, "bright": 8}, size=(80, 70))
    asked = runs.TrainOptions(data, head_only=True, size=64, threads=1, out=tmp_path / "run")
    run = runs.train(asked, QUIET).folder
    runs.evaluate(run.path, data, screen=QUIET)
    assert "(16 it learnt from)" in capsys.readouterr().out, "its head learnt from all"
    asked = runs.ProbeOptions(run.path, data, learners=("neighbours",), folds=2, out=tmp_path / "probe")
    runs.probe(asked, QUIET)
    assert "were learnt from by" not in capsys.readouterr().out


def test_a_probe_of_features_that_were_learnt_from_its_photos(run, others, options, learnt, tmp_path, capsys):
    asked = runs.ProbeOptions(run.path, options.data, learners=("logistic",), folds=2, out=tmp_path / "probe")
    runs.probe(asked, QUIET)
    assert (
        f"{learnt} of 40 photos were learnt from by {run.path}, with whose weights" in capsys.readouterr().out
    )
    runs.evaluate(tmp_path / "probe", options.data, screen=QUIET)
    assert "(40 it learnt from)" in capsys.readouterr().out
    runs.probe(replace(asked, data=others, out=tmp_path / "other"), QUIET)
    assert "were learnt from by" not in capsys.readouterr().out
    runs.evaluate(tmp_path / "other", options.data, screen=QUIET)
    assert f"({learnt} {run.path} learnt from)" in capsys.readouterr().out


def test_a_k_fold_training_has_learnt_from_every_photo(run, others, tmp_path, capsys):
    asked = runs.TrainOptions(
        others, weights=str(run.path), kfold=2, epochs=1, size=8, threads=1, out=tmp_path / "run"
    )
    found = runs.kfold(asked, QUIET)
    runs.evaluate(found.folder.path, others, screen=QUIET)
    assert "(24 it learnt from)" in capsys.readouterr().out
    runs.evaluate(found.folder.path, run.path.parent / "data", screen=QUIET)
    assert f"{run.path} learnt from)" in capsys.readouterr().out


def test_a_record_that_cannot_be_read_is_none(run, options, learnt, tmp_path, capsys):
    damaged = RunFolder(shutil.copytree(run.path, tmp_path / "run"))
    damaged.seen_photos.write_text("sha256,seen\n0,what\n")
    runs.evaluate(damaged.path, options.data, screen=QUIET)
    assert f"({learnt} it learnt from, {40 - learnt} it was validated on)" in capsys.readouterr().out
