"""train_again: the head of a run learnt anew from kept features, whatever folders the photos lie in now."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from convolens import runs
from convolens.errors import ArgumentError, MissingFileError
from convolens.features.extraction import photo_features as kept
from convolens.runs.folder import model_file
from convolens.runs.folder.first_answer_file import KeptAnswer
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.whole_runs.train_again import train_again
from images import folders, overlapping

QUIET = Screen(quiet=True)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds `photos`, 90 in three classes, and `run`, trained from scratch."""
    place = tmp_path_factory.mktemp("again")
    data = overlapping(place / "photos", {"circle": 30, "cross": 30, "stripe": 30})
    runs.train(runs.TrainOptions(data=data, size=24, epochs=3, batch_size=16, out=place / "run"), QUIET)
    return place


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos a network had to look at, each time."""
    counts: list[int] = []
    compute = kept._compute

    def count(network, tap, pixels, places, *rest):
        counts.append(len(places))
        return compute(network, tap, pixels, places, *rest)

    monkeypatch.setattr(kept, "_compute", count)
    return counts


def test_a_run_of_any_network_is_learnt_again_and_is_a_run_like_any_other(
    first: Path, tmp_path: Path
) -> None:
    result = train_again(first / "run", tmp_path / "again", QUIET)
    assert result.folder.path == tmp_path / "again"
    answers = read_predictions(result.folder.predictions)
    before = read_predictions(RunFolder(first / "run").predictions)
    assert [one.path for one in answers] == [one.path for one in before]  # the same split
    assert result.outcome.scores.accuracy > 0.6
    said = runs.predict(result.folder.path, [str(answers[0].path)])
    assert set(dict(said[0].answers)) == {"circle", "cross", "stripe"}
    # the layers before the head are those of the run
    one, other = (
        model_file.load(RunFolder(path)).model.module.state_dict()
        for path in (first / "run", result.folder.path)
    )
    shared = [
        name for name in one if name in other and one[name].shape == other[name].shape and "conv" in name
    ]
    assert shared
    for name in shared:
        np.testing.assert_array_equal(one[name].numpy(), other[name].numpy())


def test_a_moved_photo_is_not_looked_at_again(first: Path, tmp_path: Path, looked_at: list[int]) -> None:
    shutil.copytree(first, tmp_path / "all")
    photos, run = tmp_path / "all/photos", tmp_path / "all/run"
    text = (run / "run.toml").read_text().replace(str(first / "photos"), str(photos))
    (run / "run.toml").write_text(text)
    one = train_again(run, tmp_path / "one", QUIET)
    looked_at.clear()
    moved = next(item.path for item in read_predictions(one.folder.predictions) if item.label == "circle")
    moved.rename(photos / "stripe/moved.png")
    again = train_again(run, tmp_path / "two", QUIET)
    assert looked_at == []
    labels = {one.path.name: one.label for one in read_predictions(again.folder.predictions)}
    heads = [KeptAnswer.read(RunFolder(tmp_path / name).first_answer).head[0] for name in ("one", "two")]
    assert not np.allclose(heads[0], heads[1])  # it learnt from the label of now
    assert labels["moved.png"] == "stripe"  # on the side where it was
    # and of what was learnt again it is learnt again, from the same features
    train_again(again.folder.path, tmp_path / "three", QUIET)
    assert looked_at == []


def test_it_goes_on_as_a_training_does(first: Path, tmp_path: Path) -> None:
    again = train_again(first / "run", tmp_path / "again", QUIET)
    weights = again.folder.best.read_bytes()
    resumed = runs.resume(again.folder.path, screen=QUIET)
    assert resumed.outcome.scores.accuracy == pytest.approx(again.outcome.scores.accuracy)
    assert again.folder.best.read_bytes() == weights


def test_what_cannot_be_learnt_again_is_told(first: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such run folder"):
        train_again(tmp_path / "none", tmp_path / "out", QUIET)
    shutil.copytree(first / "run", tmp_path / "run")
    text = (tmp_path / "run/run.toml").read_text().replace(str(first / "photos"), str(tmp_path / "gone"))
    (tmp_path / "run/run.toml").write_text(text)
    with pytest.raises(MissingFileError, match="the photos of the run are no longer there"):
        train_again(tmp_path / "run", tmp_path / "out", QUIET)
    assert not (tmp_path / "out").exists()


def test_a_probe_is_told(first: Path, tmp_path: Path) -> None:
    options = runs.ProbeOptions(
        first / "run", first / "photos", learners=("logistic",), folds=2, out=tmp_path / "probe"
    )
    runs.probe(options, QUIET)
    with pytest.raises(ArgumentError, match="is a probe, whose learner is no head that can be learnt anew"):
        train_again(tmp_path / "probe", tmp_path / "out", QUIET)


def test_of_a_first_answer_it_is_the_same_over_again(tmp_path: Path) -> None:
    data = folders(tmp_path / "photos", {"dark": 8, "bright": 8}, size=(80, 70))
    before = runs.train(runs.TrainOptions(data=data, head_only=True, size=64, out=tmp_path / "run"), QUIET)
    again = train_again(tmp_path / "run", tmp_path / "again", QUIET)
    one, other = (KeptAnswer.read(run.folder.first_answer) for run in (before, again))
    np.testing.assert_array_equal(one.head[0], other.head[0])
    np.testing.assert_array_equal(one.chances, other.chances)
    assert other.measures == pytest.approx(one.measures)
    assert (before.folder.path / "out_of_fold.csv").is_file()
    assert not again.folder.out_of_fold.exists()  # what takes longest is left out
