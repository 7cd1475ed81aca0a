"""The photos of a run are told only where they are the same still."""

import shutil

from convolens.runs.answers.run_photos import photos_of
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen

QUIET = Screen(quiet=True)


def test_photos_that_are_others_now_are_not_guessed(run, options, tmp_path):
    moved = RunFolder(shutil.copytree(run.path, tmp_path / "moved"))
    assert len(photos_of(moved)) == 2
    text = moved.settings.read_text()
    moved.settings.write_text(text.replace('fingerprint = "files:', 'fingerprint = "files:0'))
    assert photos_of(moved) == []
    moved.settings.write_text(text.replace(str(options.data), str(tmp_path / "gone")))
    assert photos_of(moved) == []
