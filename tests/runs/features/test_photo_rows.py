"""Photo rows: what goes into a run's classifier, kept by content, and shared by all runs whose layers before the head are the same."""

from pathlib import Path

import numpy as np
import pytest

from convolens import runs
from convolens.data.folders.folder import list_images
from convolens.features import extract
from convolens.features.extraction import photo_features as kept
from convolens.runs.answers.penultimate import penultimate
from convolens.runs.features.photo_rows import as_penultimate, photo_row, photo_rows
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.tasks.probabilities import probabilities
from images import folders, overlapping

QUIET = Screen(quiet=True)


def _collected(trained, paths) -> np.ndarray:
    pixels = np.stack([trained.preprocessing.read(path) for path in paths])
    with penultimate(trained.model) as features:
        probabilities(trained.model, pixels, trained.preprocessing)
    return features.array()


def _check(run: Path, data: Path) -> None:
    trained, images = model_file.load(RunFolder(run)), list_images(data)
    rows = photo_rows(trained, images, QUIET)
    assert rows.images.relative_paths == images.relative_paths
    np.testing.assert_allclose(
        as_penultimate(trained, rows.values), _collected(trained, images.paths), atol=1e-5
    )
    one = photo_row(trained, trained.preprocessing.read(images.paths[3]))
    np.testing.assert_allclose(one[0], rows.values[3], atol=1e-4)


def test_of_a_network_from_scratch_they_are_what_extract_gives(tmp_path: Path) -> None:
    data = overlapping(tmp_path / "photos", {"a": 8, "b": 8})
    runs.train(runs.TrainOptions(data=data, size=16, epochs=1, batch_size=8, out=tmp_path / "run"), QUIET)
    _check(tmp_path / "run", data)
    trained = model_file.load(RunFolder(tmp_path / "run"))
    rows = photo_rows(trained, list_images(data), QUIET)
    found = extract(trained.model, data, preprocessing=trained.preprocessing, cache=False)
    np.testing.assert_allclose(rows.values, found.values, atol=1e-5)


def test_a_photo_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    data = overlapping(tmp_path / "photos", {"a": 8, "b": 8})
    runs.train(runs.TrainOptions(data=data, size=16, epochs=1, batch_size=8, out=tmp_path / "run"), QUIET)
    (data / "a/broken.png").write_text("no picture")
    rows = photo_rows(model_file.load(RunFolder(tmp_path / "run")), list_images(data), QUIET)
    assert len(rows.images) == len(rows.values) == len(rows.contents) == 16


def test_of_a_first_answer_they_are_there_since_its_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folders(tmp_path / "photos", {"dark": 6, "bright": 6}, size=(80, 70))
    runs.train(runs.TrainOptions(data=data, head_only=True, out=tmp_path / "run"), QUIET)
    images = list_images(data)
    with monkeypatch.context() as patched:
        patched.setattr(kept, "_compute", lambda *given: pytest.fail("a photo was looked at again"))
        photo_rows(model_file.load(RunFolder(tmp_path / "run")), images, QUIET)
    _check(tmp_path / "run", data)
