"""Photos on two sides: what a split promises holds for those that can be read, and the sides are compared."""

import hashlib
import shutil

import numpy as np
import pytest

from convolens import runs
from convolens.data import list_images
from convolens.runs.output.screen import Screen
from convolens.runs.preflight.plan import show_data
from convolens.runs.preparation.prepare import prepare
from convolens.runs.settings.options import resolve
from images import folders

QUIET = Screen(quiet=True)


def prepared(data, **options):
    settings = resolve(runs.TrainOptions(data=data, size=8, **options))
    return settings, prepare(settings, QUIET)


def place(content):
    """Return where a photo stands in [0, 1): below the share it is for validation."""
    return int(hashlib.sha256(content).hexdigest()[:13], 16) / 16**13


def broken(side):
    """Return a file that no one can read, and that falls on a side."""
    return next(bad for i in range(1000) if (place(bad := b"broken %d" % i) < 0.2) == (side == "validation"))


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 20, "b": 20})


@pytest.mark.parametrize("side", ["training", "validation"])
@pytest.mark.parametrize("labels", [False, True])
def test_a_broken_photo_takes_no_side(data, tmp_path, side, labels):
    """The whole photos are parted as if the broken ones were not there, whichever side these fall on."""
    for path in list_images(data).paths:  # of class b every readable photo is on the other side
        if path.parent.name == "b" and (place(path.read_bytes()) < 0.2) == (side == "validation"):
            path.unlink()
    options = {}
    if labels:
        names = sorted(path.relative_to(data).as_posix() for path in list_images(data).paths)
        rows = [f"{name},{name[0]}" for name in [*names, "b/broken.png"]]
        options["labels"] = tmp_path / "labels.csv"
    (data / "b" / "broken.png").write_bytes(broken(side))
    if labels:
        options["labels"].write_text("\n".join(["path,labels", *rows]))
    _, found = prepared(data, **options)
    assert [path.name for path, _ in found.skipped] == ["broken.png"]
    (data / "b" / "broken.png").unlink()
    if labels:
        options["labels"].write_text("\n".join(["path,labels", *rows[:-1]]))
    _, expected = prepared(data, **options)
    assert found.fingerprint == expected.fingerprint
    assert found.validation.folder.counts().min() >= 1
    assert found.training.folder.counts().min() >= 1


def test_a_side_of_broken_photos_only(tmp_path):
    data = folders(tmp_path / "data", {"a": 20, "b": 20})
    for path in list_images(data).paths:
        if place(path.read_bytes()) < 0.2:
            path.write_bytes(broken("validation"))
    _, found = prepared(data)
    assert found.validation.folder.counts().tolist() == [1, 1]
    assert found.not_validated() == []


def test_folds_are_even_in_photos_that_can_be_read(data):
    for i in range(7):
        (data / "a" / f"broken-{i}.png").write_bytes(b"broken %d" % i)
    counts = [
        prepared(data, kfold=4, fold=fold)[1].validation.folder.counts().tolist() for fold in (1, 2, 3, 4)
    ]
    assert counts == [[5, 5]] * 4


def test_photos_of_both_sides_are_counted_and_told(data, tmp_path, capsys):
    other = folders(tmp_path / "other", {"a": 3, "b": 2}, seed=9)
    assert prepared(data, validation=other)[1].on_both_sides == 0
    for i in range(4):
        shutil.copy(data / "a" / f"{i:02d}.png", other / "a" / f"again-{i}.png")
    settings, found = prepared(data, validation=other)
    assert found.on_both_sides == 4
    show_data(settings, found, QUIET)
    assert "4 of 9 validation photos are training photos too" in capsys.readouterr().out
    again, split = prepared(data)
    assert split.on_both_sides == 0
    assert np.array_equal(
        prepared(data, validation=data.parent / "other")[1].validation.labels, found.validation.labels
    )
    show_data(again, split, QUIET)
    assert "training photos too" not in capsys.readouterr().out


def test_a_class_without_a_validation_photo_is_told(tmp_path, capsys):
    data = folders(tmp_path / "data", {"a": 20, "b": 1})
    settings, found = prepared(data)
    assert found.not_validated() == ["b"]
    show_data(settings, found, QUIET)
    assert "validation: no photo of b" in capsys.readouterr().out
