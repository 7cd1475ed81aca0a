"""Runs that begin with a first answer: what lies in their folder, and everything that is done with a run afterwards."""

import csv
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens import runs
from convolens.checkpoints import tensors
from convolens.errors import ArgumentError
from convolens.runs.folder.first_answer_file import KeptAnswer
from learnt_photos import learnt_photos, piece
from learnt_runs import digest, folder_rows, quiet, recorded, train


def test_a_first_answer_that_stays(answered: runs.TrainResult) -> None:
    folder, outcome = answered.folder, answered.outcome
    assert outcome is not None
    assert (outcome.best_epoch, outcome.epochs) == (0, 0)
    for path in (
        folder.best,
        folder.model,
        folder.first_answer,
        folder.out_of_fold,
        folder.results,
        folder.report,
    ):
        assert path.is_file(), path
    [row] = folder_rows(folder.history)
    assert row["epoch"] == "0"
    assert float(row["val_accuracy"]) == outcome.scores.accuracy
    assert json.loads(folder.results.read_text())["best_epoch"] == 0
    rows = folder_rows(folder.out_of_fold)
    assert len(rows) == 20
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    assert {Path(row["path"]).parent.name for row in rows} == {"flower", "temple"}
    kept = KeptAnswer.read(folder.first_answer)
    assert kept is not None
    assert kept.trial is kept.whole is None
    weights = tensors.read(folder.best)
    np.testing.assert_array_equal(weights["classifier.bias"].numpy(), kept.head[1])
    described = folder.model.read_text()
    assert "UnitNormalization" in described
    assert "classifier" in described
    settings = tomllib.loads(folder.settings.read_text())["settings"]
    assert settings["epochs"] == 0
    assert settings["transfer"]["reason"].startswith("left out one by one, ")


def test_a_trial_that_helped_is_followed_by_all_photos(learnt: runs.TrainResult) -> None:
    folder, outcome = learnt.folder, learnt.outcome
    assert outcome is not None
    rows = folder_rows(folder.history)
    assert [row["stage"] for row in rows] == ["0", "1", "1", "2", "2"]
    assert [bool(row["val_loss"]) for row in rows] == [True] * 3 + [False] * 2
    assert float(rows[2]["val_loss"]) < float(rows[0]["val_loss"])
    assert outcome.best_epoch == outcome.epochs == 4
    # it is judged by what the trial ended with: the last epochs learn from the photos that would judge them
    assert outcome.best == pytest.approx(float(rows[2]["val_loss"]), rel=1e-4)
    assert outcome.scores.loss == pytest.approx(float(rows[2]["val_loss"]), rel=1e-2)
    assert digest(folder.best) == digest(folder.last)
    assert folder.held_out.is_file()
    assert "epoch" in folder.report.read_text().casefold()


def test_a_trial_that_is_worse_leaves_the_first_answer_to_the_bit(
    kept: runs.TrainResult, hard_data: Path, tmp_path: Path
) -> None:
    folder, outcome = kept.folder, kept.outcome
    assert outcome is not None
    assert (outcome.best_epoch, outcome.epochs) == (0, 1)
    alone = train(hard_data, tmp_path / "alone", head_only=True)
    assert alone.outcome is not None
    assert digest(folder.best) == digest(alone.folder.best)
    assert folder.model.read_bytes() == alone.folder.model.read_bytes()
    assert outcome.scores.accuracy == alone.outcome.scores.accuracy
    assert outcome.scores.loss == pytest.approx(alone.outcome.scores.loss)
    assert [row["stage"] for row in folder_rows(folder.history)] == ["0", "1"]
    assert tomllib.loads(alone.folder.settings.read_text())["settings"]["transfer"]["reason"] == "--head-only"


@pytest.mark.parametrize("name", ["answered", "learnt", "kept"])
def test_a_finished_run_goes_on_to_the_same(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    result = request.getfixturevalue(name)
    copy = shutil.copytree(result.folder.path, tmp_path / "run")
    again = runs.resume(copy, screen=quiet())
    assert again.outcome is not None
    assert again.outcome.best_epoch == result.outcome.best_epoch
    for file in ("best", "model", "history", "predictions", "first_answer"):
        assert digest(getattr(again.folder, file)) == digest(getattr(result.folder, file)), file
    with pytest.raises(
        ArgumentError, match=r"by a plan that ends with its last epoch; train anew .*--epochs 9"
    ):
        runs.resume(copy, runs.ResumeOptions(epochs=9), quiet())


def test_train_resume_finds_it_whatever_was_planned(
    learnt: runs.TrainResult, hard_data: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(learnt.folder.path, tmp_path / "run")
    options: dict[str, Any] = {"learning_rate": 2e-4, "augment": False, "resume": True}
    assert train(hard_data, copy, epochs=2, **options).folder.path == copy
    assert train(hard_data, copy, **options).folder.path == copy  # as it was planned
    other = train(hard_data, copy, epochs=1, **options)  # other epochs are another run
    assert other.folder.path == tmp_path / "run-2"


@pytest.mark.parametrize("name", ["answered", "learnt"])
def test_everything_that_takes_a_run_takes_these(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    result = request.getfixturevalue(name)
    run = Path(shutil.copytree(result.folder.path, tmp_path / "run"))
    data = Path(tomllib.loads(result.folder.settings.read_text())["data"]["path"])
    photos = sorted(data.rglob("*.png"))[:2]
    answers = runs.predict(run, photos, screen=quiet())
    assert len(answers) == 2
    found = runs.evaluate(run, data, screen=quiet())
    assert found.confusion.sum() >= 20
    runs.explain(
        runs.ExplainOptions(
            run, [str(photos[0])], methods=("grad-cam",), feature_maps=False, out=tmp_path / "explained"
        ),
        quiet(),
    )
    assert len(runs.neighbours(runs.NeighbourOptions(run, photos[0], data, count=3), quiet())) == 3


def test_what_the_folds_said_is_what_kfold_says(easy_data: Path, tmp_path: Path) -> None:
    """A group (of two photos with one last digit) is answered by what did not learn from any of it, in both."""
    options = {"group_by": r"([0-9])\.png", "size": 64, "threads": 1}
    alone = train(easy_data, tmp_path / "alone", head_only=True, **options)
    folds = runs.kfold(runs.TrainOptions(easy_data, out=tmp_path / "folds", kfold=5, **options), quiet())
    said, told = (
        {Path(row["path"]).relative_to(easy_data): row for row in folder_rows(path)}
        for path in (alone.folder.out_of_fold, folds.folder.predictions)
    )
    assert said.keys() == told.keys()
    assert {name: row["predicted"] for name, row in said.items()} == {
        name: row["predicted"] for name, row in told.items()
    }
    for name, row in said.items():
        assert float(row["confidence"]) == pytest.approx(float(told[name]["confidence"]), abs=1e-3)
    settings = tomllib.loads(alone.folder.settings.read_text())
    assert json.loads(alone.folder.results.read_text())["first_answer"]["how"] == "left out in 5 folds"
    assert settings["settings"]["group_by"] == options["group_by"]


def test_validation_photos_of_a_folder_are_never_learnt_from(tmp_path: Path) -> None:
    data = learnt_photos(tmp_path / "data", 6, 6)
    one, other = learnt_photos(tmp_path / "one", 3, 3, seed=5), tmp_path / "other"
    for name, swapped in (("flower", "temple"), ("temple", "flower")):  # the same photos, labels exchanged
        shutil.copytree(one / name, other / swapped)
    results = [train(data, tmp_path / f"run-{i}", validation=path) for i, path in enumerate((one, other))]
    assert digest(results[0].folder.best) == digest(results[1].folder.best)
    assert not results[0].folder.held_out.exists()
    scores = [result.outcome.scores.accuracy for result in results if result.outcome is not None]
    assert scores[0] + scores[1] == pytest.approx(1)


def test_few_against_many_and_grey_among_colour(tmp_path: Path) -> None:
    data = learnt_photos(tmp_path / "data", 30, 3)
    for path in sorted((data / "flower").iterdir())[::2]:
        piece("flower", int(path.stem)).convert("L").save(path)
    result = train(data, tmp_path / "run", epochs=1)
    settings = tomllib.loads(result.folder.settings.read_text())["settings"]
    assert settings["balance"] is True
    kept = KeptAnswer.read(result.folder.first_answer)
    assert kept is not None
    # of 33 photos answered by the head of all others, colour, grey and rare ones, few are wrong
    assert kept.told is not None
    assert kept.told["wrong"] <= 5


def test_several_labels(tmp_path: Path) -> None:
    photos, rows = tmp_path / "photos", ["path,labels"]
    photos.mkdir()
    for i in range(24):
        labels = [name for name, there in (("flower", i % 2), ("temple", i % 3 == 0)) if there]
        image = piece("temple" if i % 3 == 0 else "flower", i)
        image.save(photos / f"{i:02d}.png")
        rows.append(f"{i:02d}.png,{';'.join(labels)}")
    table = tmp_path / "labels.csv"
    table.write_text("\n".join(rows) + "\n")
    result = train(photos, tmp_path / "run", labels=table, head_only=True)
    assert result.outcome is not None
    assert result.outcome.best_epoch == 0
    assert result.outcome.first_answer is not None
    assert result.outcome.first_answer["cross_validated"]["folds"] > 1
    out_of_fold = list(csv.DictReader(result.folder.out_of_fold.open()))
    assert {row["labels"] for row in out_of_fold} == {"", "flower", "temple", "flower;temple"}
    assert len(out_of_fold) == 24
    assert "thresholds" in result.folder.model.read_text()
    assert len(list(csv.DictReader(result.folder.history.open()))) == 1


@pytest.mark.parametrize("epochs", [None, 1])
def test_folds_are_first_answers_or_train_on(hard_data: Path, tmp_path: Path, epochs: int | None) -> None:
    options = runs.TrainOptions(
        data=hard_data, out=tmp_path / "run", size=64, threads=1, kfold=2, epochs=epochs, learning_rate=1e-4
    )
    result = runs.kfold(options, quiet())
    assert result.outcome is not None
    assert result.outcome.found.confusion.sum() == 24
    assert {fold.epochs for fold in result.outcome.folds} == {epochs or 0}
    assert len(runs.predict(result.folder.path, sorted(hard_data.rglob("*.png"))[:2], screen=quiet())) == 2


def test_a_new_run_begins_with_such_weights(answered: runs.TrainResult, tmp_path: Path) -> None:
    data = learnt_photos(tmp_path / "data", 6, 6, seed=3)
    out: list[str] = []
    for i, options in enumerate(
        ({"branch_from": answered.folder.path}, {"weights": str(answered.folder.path)})
    ):
        screen, text = recorded()
        asked = runs.TrainOptions(
            data=data, out=tmp_path / f"run-{i}", size=64, threads=1, epochs=1, batch_size=4, **options
        )
        result = runs.train(asked, screen)
        assert result.outcome is not None
        assert result.outcome.best_epoch == 1
        out.append(text())
    assert all("reads features of length 1, which are none here" in text for text in out)
    assert all("begins fresh" in text for text in out)
