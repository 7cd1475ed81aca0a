"""Where a run's photos are: also of a run that was typed from another folder, with photos that moved since."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from convolens import runs
from convolens.errors import DataError, MissingFileError
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.studio.records.run_photos import RunPhotos, photo_id
from convolens.studio.workspace.identity import identity
from images import overlapping


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunPhotos:
    """A run of `convolens train photos --out run`, typed where the photos lie; looked at from elsewhere."""
    overlapping(tmp_path / "photos", {"a": 12, "b": 12})
    monkeypatch.chdir(tmp_path)
    options = runs.TrainOptions(data=Path("photos"), size=16, epochs=1, batch_size=8, out=Path("run"))
    runs.train(options, Screen(quiet=True))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return RunPhotos.of(RunFolder(tmp_path / "run"))


def test_relative_names_are_found_from_anywhere(typed: RunPhotos, tmp_path: Path) -> None:
    answers = typed.answers()
    assert answers
    assert all(one.path.is_file() for one in answers)
    assert typed.data == tmp_path / "photos"
    one = answers[0].path
    assert photo_id(one, tmp_path / "photos") == identity(one.relative_to(tmp_path / "photos"))
    assert photo_id(one, tmp_path / "run") is None


def test_photos_that_moved_or_lie_loose_do_not_lead_the_others_astray(typed: RunPhotos) -> None:
    before = [one.path for one in typed.answers()]
    for one in before:  # other photos of the same names, without a class
        shutil.copy(one, typed.data / one.name)
    for one in before[:-1]:
        one.unlink()
        assert [one.path for one in typed.answers()] == before


def test_scored_photos_of_a_folder_of_their_own_are_found(typed: RunPhotos, tmp_path: Path) -> None:
    (tmp_path / "photos").rename(tmp_path / "for-validation")
    tables = dict(typed.record.tables)
    tables["settings"] = {**tables["settings"], "validation": str(tmp_path / "for-validation")}
    table = typed.run.predictions
    table.write_text(table.read_text().replace("photos/", "for-validation/"))
    assert all(
        one.path.is_file() for one in RunPhotos(typed.run, replace(typed.record, tables=tables)).answers()
    )


def test_scored_photos_are_not_learnt_from_and_moved_ones_have_their_class_of_now(typed: RunPhotos) -> None:
    scored = {one.path for one in typed.answers()}
    learnt = typed.learnt_from()
    assert scored.isdisjoint(learnt.paths)
    assert len(scored) + len(learnt) == len(typed.all_photos()) == 24
    path = learnt.paths[0]
    path.rename(typed.data / "b/moved.png")
    after = typed.learnt_from()
    labels = dict(zip(after.paths, after.labels.tolist(), strict=True))
    assert labels[typed.data / "b/moved.png"] == 1


def test_a_link_to_the_open_folder_is_the_open_folder(typed: RunPhotos, tmp_path: Path) -> None:
    os.symlink(tmp_path / "photos", tmp_path / "link")
    one = typed.answers()[0].path
    assert photo_id(one, tmp_path / "link") == photo_id(one, tmp_path / "photos")


def test_photos_that_are_gone_are_told(typed: RunPhotos, tmp_path: Path) -> None:
    (tmp_path / "photos").rename(tmp_path / "away")
    with pytest.raises((MissingFileError, DataError), match="photos: no such folder"):
        typed.learnt_from()
