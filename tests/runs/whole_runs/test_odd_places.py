"""Places and numbers that make no sense: refused in one line, before anything is read, written or overwritten."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from convolens import runs
from convolens.errors import ArgumentError, CheckpointError, DataError, NonFiniteLossError, WriteError
from convolens.runs.answers.sorting import check_sorting
from convolens.runs.output.places import check_place, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import check_table
from convolens.runs.preflight.measure import check_memory
from convolens.runs.settings.options import resolve
from images import folders, photo


def train(data, out, **options):
    """Train for an epoch without a word."""
    asked = {"size": 8, "epochs": 1, "threads": 1, **options}
    return runs.train(runs.TrainOptions(data, out=out, **asked), Screen(quiet=True))


@pytest.fixture
def data(tmp_path):
    """Two classes."""
    return folders(tmp_path / "data", {"a": 8, "b": 8})


@pytest.mark.parametrize("out", ["", ".", "..", "/", "sub/.."])
def test_a_run_needs_a_name(data, tmp_path, monkeypatch, out):
    (tmp_path / "here" / "sub").mkdir(parents=True)
    (tmp_path / "here" / "file").write_text("x")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(ArgumentError, match="names no new folder; give it a name"):
        train(data, Path(out))
    with pytest.raises(ArgumentError, match="names no new folder; give it a name"):
        runs.demo(Path(out), 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "here"]


def test_an_empty_folder_counts_as_free(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert make_new_folder(".") == Path()


@pytest.mark.parametrize("out", [".", "run", "a/run", "a/../b/deep/er"])
def test_a_run_among_the_photos_would_be_a_class(data, out):
    before = sorted(data.rglob("*"))
    with pytest.raises(ArgumentError, match=r"would lie inside the photos.*--out .*/runs/"):
        train(data, data / out)
    assert sorted(data.rglob("*")) == before


def test_training_where_the_photos_are(data, monkeypatch):
    """`cd photos; convolens train .` would put runs/photos among the classes."""
    monkeypatch.chdir(data)
    with pytest.raises(ArgumentError, match=r"runs/data would lie inside the photos"):
        train(Path(), None)
    shutil.copytree(data, data / "train")
    for name in "ab":
        shutil.rmtree(data / name)
    assert train(Path(), None).folder.path == Path("runs/data"), "beside train it is in nobody's way"


def test_validation_on_the_training_folder_is_refused(data, tmp_path):
    (tmp_path / "link").symlink_to(data)
    for validation in (data, tmp_path / "link"):
        with pytest.raises(DataError, match="is the folder to learn from"):
            train(data, tmp_path / "run", validation=validation)
    assert not (tmp_path / "run").exists()


def test_groups_without_a_split_are_spoken_of(data, tmp_path):
    other = folders(tmp_path / "other", {"a": 3, "b": 3}, seed=9)
    result = train(data, tmp_path / "run", validation=other, group_by="(.)")
    assert "--group-by is not used" in result.folder.settings.read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": 2**32}, r"seed must be below 2\*\*32"),
        ({"size": 13_000}, "size 13000 is more than an image may have"),
    ],
    ids=["seed", "size"],
)
def test_numbers_that_are_too_large(options, words):
    with pytest.raises(ArgumentError, match=words):
        resolve(runs.TrainOptions(Path("data"), **options))


def test_a_network_larger_than_the_machine():
    with pytest.raises(
        ArgumentError, match=r"12000 x 12000 pixels has [0-9,]+ parameters and needs [0-9,]+ GiB"
    ):
        check_memory(resolve(runs.TrainOptions(Path("data"), size=12_000)), 10)
    check_memory(resolve(runs.TrainOptions(Path("data"))), 10)


def test_no_finite_validation_loss_is_no_full_disk(data, tmp_path):
    """The loss of the only step is finite, what it leads to is not."""
    train(data, tmp_path / "first")
    training = 16 - int(json.loads((tmp_path / "first" / "results.json").read_text())["images"])
    with pytest.raises(NonFiniteLossError, match="val_loss was not a finite number after any epoch"):
        train(data, tmp_path / "run", learning_rate=1e30, batch_size=training)


def test_scoring_a_folder_that_holds_only_test(data, tmp_path):
    result = train(data, tmp_path / "run")
    (tmp_path / "set").mkdir()
    shutil.move(data, tmp_path / "set" / "test")
    assert runs.evaluate(result.folder.path, tmp_path / "set").confusion.sum() == 16


@pytest.mark.parametrize("name", ["photo.png", "PHOTO.JPG"])
def test_a_table_never_replaces_a_photo(data, tmp_path, small_run, name):
    """`predict RUN --csv a.jpg b.jpg`: the name of the table was forgotten."""
    photo(1).save(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(ArgumentError, match="is the name of an image"):
        check_table(tmp_path / name)
    with pytest.raises(ArgumentError, match="is the name of an image"):
        runs.evaluate(small_run.folder.path, data, csv=tmp_path / name)
    assert (tmp_path / name).read_bytes() == before


def test_places_are_checked_before_the_work(tmp_path):
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "no" / "a.csv", tmp_path / "file" / "a.csv"):
        with pytest.raises(WriteError, match="cannot write"):
            check_place(place)
    for place in (tmp_path / "file", tmp_path / "file" / "sorted"):
        with pytest.raises(WriteError, match="cannot write"):
            check_sorting(place, 0.5)
    check_sorting(tmp_path / "new", 0.5)
    check_sorting(tmp_path, 0.5)
    check_place(tmp_path / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_sorting_where_a_class_is_a_file(small_run, small_data, tmp_path):
    for name in small_run.outcome.scores.classes:
        (tmp_path / name.name).write_text("precious")
    with pytest.raises(WriteError, match="cannot write"):
        runs.sort_into(runs.predict(small_run.folder.path, [small_data]), tmp_path)
    assert {path.read_text() for path in tmp_path.iterdir() if path.name != "undo.csv"} == {"precious"}
    assert runs.undo(tmp_path / "undo.csv") == (0, [])


def test_undo_leaves_what_was_changed_and_kept_its_size(small_run, small_data, tmp_path):
    done = runs.sort_into(runs.predict(small_run.folder.path, [small_data]), tmp_path / "sorted")
    changed = done.created[0]
    turned = bytes(reversed(changed.read_bytes()))
    changed.write_bytes(turned)
    assert runs.undo(done.undo_list) == (len(done.created) - 1, [changed])
    assert changed.read_bytes() == turned


@pytest.mark.parametrize(
    "damage",
    [
        {"size": [0, 8]},
        {"size": [8]},
        {"size": [8.5, 8]},
        {"size": [10**30, 8]},
        {"size": [9, 8]},
        {"color_mode": "grayscale"},
        {"color_mode": "rgbb"},
        {"interpolation": 3},
        {"rescale": float("nan")},
        {"rescale": float("inf")},
        {"rescale": "much"},
    ],
    ids=repr,
)
def test_damaged_preprocessing(small_run, tmp_path, damage):
    run = shutil.copytree(small_run.folder.path, tmp_path / "run")
    description = json.loads((run / "model.json").read_text())
    description["preprocessing"] |= damage
    (run / "model.json").write_text(json.dumps(description))
    with pytest.raises(CheckpointError, match=r"model\.json: (incomplete|photos become)") as raised:
        runs.load(runs.RunFolder.open(run))
    assert "\n" not in str(raised.value)


def test_augment_shortens_long_names(tmp_path):
    name = "long" * 60 + ".png"
    photo(1).save(tmp_path / name)
    folder = runs.augment(runs.AugmentOptions(tmp_path / name, tmp_path / "out", count=2), Screen(quiet=True))
    assert np.all([path.stat().st_size > 0 for path in folder.iterdir()])
    assert len(list(folder.iterdir())) == 3
