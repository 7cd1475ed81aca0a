"""A run folder holds all that DESIGN promises, and bad input loses nothing."""

import csv
import functools
import importlib
import json
import re
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch
from PIL import Image
from rich.console import Console

from convolens import runs
from convolens.callbacks import Callback
from convolens.checkpoints import state
from convolens.errors import (
    ArgumentError,
    DataError,
    MissingFileError,
    NonFiniteLossError,
    UnknownNameError,
    WriteError,
)
from convolens.files.atomic import digest_of
from convolens.models import Model
from convolens.models.placing import batches_for
from convolens.runs.output.screen import Screen
from convolens.runs.training.checkpointing import RunCheckpoint
from images import bomb_png, folders, photo, truncated_jpeg

FILES = {
    "run.toml", "history.csv", "model.json", "checkpoints", "curves.png", "confusion_matrix.png", "report.html",
    "first_batch.png", "kept_photos", "mistakes.png", "predictions.csv", "results.json", "seen_photos.csv",
}  # fmt: skip


def train(data, tmp_path, **options):
    """Train quickly and return the result with what was printed."""
    screen = Screen(console=Console(record=True, width=200, force_terminal=False))
    options = {"size": 8, "epochs": 1, "batch_size": 16, "out": tmp_path / "run"} | options
    result = runs.train(runs.TrainOptions(data=data, **options), screen)
    return result, screen.console.export_text()


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_is_complete(small_run):
    folder = small_run.folder
    assert {path.name for path in folder.path.iterdir()} == FILES
    assert {path.name for path in folder.checkpoints.iterdir()} == {
        "best.safetensors", "last.safetensors", "state-0002-000010", "state-0003-000015",
    }  # fmt: skip
    for picture in (folder.curves, folder.confusion_matrix, folder.first_batch, folder.mistakes):
        with Image.open(picture) as image:
            image.load()
            assert image.format == "PNG"
            assert min(image.size) > 50


def test_where_photos_are_varied_is_said_and_changes_nothing(small_data, tmp_path, monkeypatch):
    """The device's way on the CPU device: another machine's decision, the same run."""
    options = {
        "recipe": "lecture", "epochs": 2, "balance": True, "augmentation": {"pad_and_crop": 1, "mixup": 0.2},
    }  # fmt: skip
    here, said = train(small_data, tmp_path, out=tmp_path / "here", **options)
    assert "  augmentation: on the CPU, as the network\n" in said
    gpu = {"can_augment": lambda device: True, "free_bytes": lambda device: 10**9}
    module = importlib.import_module("convolens.runs.whole_runs.train")  # the function has its name
    monkeypatch.setattr(module, "batches_for", functools.partial(batches_for, **gpu))
    there, said = train(small_data, tmp_path, out=tmp_path / "there", **options)
    assert re.search(r"^  augmentation: on the GPU, where [\d,]+ bytes of pixels lie$", said, re.MULTILINE)
    for one, other in zip(rows(here.folder.history), rows(there.folder.history), strict=True):
        assert float(one["loss"]) == pytest.approx(float(other["loss"]), rel=1e-3)
        assert float(one["val_loss"]) == pytest.approx(float(other["val_loss"]), rel=1e-3)


def test_the_record_is_enough_to_run_again(small_run, small_data, tmp_path):
    record = tomllib.loads(small_run.folder.settings.read_text())
    assert record["command"] == "convolens train x"
    assert record["settings"]["model"] == "shallow-vgg"
    assert record["settings"]["size"] == [8, 8]
    assert record["settings"]["seed"] == 0
    assert record["data"]["classes"] == ["dark", "light", "middling"]
    assert record["environment"]["torch"] == torch.__version__
    again, _ = train(small_data, tmp_path, epochs=3)
    assert (
        tomllib.loads(again.folder.settings.read_text())["data"]["fingerprint"]
        == record["data"]["fingerprint"]
    )
    assert again.folder.best.read_bytes() == small_run.folder.best.read_bytes()
    assert [r["val_loss"] for r in rows(again.folder.history)] == [
        r["val_loss"] for r in rows(small_run.folder.history)
    ]


def test_history_best_and_results_agree(small_run):
    history = rows(small_run.folder.history)
    assert [row["epoch"] for row in history] == ["1", "2", "3"]
    assert set(history[0]) == {
        "epoch",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "learning_rate",
    }
    best = min(history, key=lambda row: float(row["val_loss"]))
    results = json.loads(small_run.folder.results.read_text())
    assert results["best_epoch"] == int(best["epoch"]) == small_run.outcome.best_epoch
    assert results["accuracy"] == pytest.approx(float(best["val_accuracy"]), abs=1e-5)
    assert results["loss"] == pytest.approx(float(best["val_loss"]), rel=1e-3)
    assert np.sum(results["confusion_matrix"]) == results["images"] == len(rows(small_run.folder.predictions))


def test_predictions_table(small_run):
    table = rows(small_run.folder.predictions)
    assert set(table[0]) == {"path", "label", "predicted", "confidence", "sha256"}
    assert all(row["sha256"] == digest_of(Path(row["path"])) for row in table)
    right = np.mean([row["label"] == row["predicted"] for row in table])
    assert right == pytest.approx(small_run.outcome.scores.accuracy)
    assert all(row["label"] == row["path"].split("/")[-2] for row in table)
    assert all(1 / 3 - 1e-6 <= float(row["confidence"]) <= 1 for row in table)


def test_report_is_self_contained(small_run):
    page = small_run.folder.report.read_text()
    assert page.count("data:image/png;base64,") == 4
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "src=" in page
    assert "Validation accuracy" in page
    assert "fingerprint" in page


def test_weights_are_plain_safetensors(small_run):
    tensors = safetensors.numpy.load_file(small_run.folder.best)
    assert sum(array.size for array in tensors.values()) == runs.load(small_run.folder).model.count_params()


def test_state_is_whole_and_damage_is_known(small_run, tmp_path):
    import shutil

    from convolens.errors import CheckpointError

    folder = tmp_path / "checkpoints"
    shutil.copytree(small_run.folder.checkpoints, folder)
    place, whole = state.newest_state(folder)
    assert place.name == whole.name == "state-0003-000015"
    assert (whole.epoch, whole.batch, whole.step, whole.stopped) == (3, 0, 15, False)
    tensors = whole.part("model")
    last = safetensors.numpy.load_file(small_run.folder.last)
    for name, array in last.items():
        np.testing.assert_array_equal(tensors[name].numpy(), array)
    data = bytearray((place / "tensors.safetensors").read_bytes())
    data[-1] ^= 1
    (place / "tensors.safetensors").write_bytes(data)
    told = []
    assert state.newest_state(folder, told.append)[0].name == "state-0002-000010"
    assert "tensors.safetensors: damaged" in told[0]
    for place in state.list_states(folder):
        (place / "manifest.json").write_text("{")
    with pytest.raises(CheckpointError, match="no whole state"):
        state.newest_state(folder)


def test_no_class_becomes_two_sides_of_a_sigmoid(tmp_path):
    data = folders(tmp_path / "data", {"a": 20, "b": 20})
    result, text = train(data, tmp_path, model="conv-model", size=22)
    assert json.loads(result.folder.model.read_text())["output"] == "sigmoid"
    assert result.outcome.scores.confusion.shape == (2, 2)
    assert "22 x 22" in text


@pytest.mark.parametrize("recipe", sorted(runs.RECIPES))
def test_every_recipe_says_all_before_the_first_epoch(tmp_path, recipe):
    data = folders(tmp_path / "data", {"a": 40, "B": 12})
    (data / "a" / "notes.txt").write_text("x")
    result, text = train(data, tmp_path, recipe=recipe, batch_size=None)
    for words in ("training:", "validation: 20%", "a     ", "ignored: 1 .txt", "Augmentation", "Preprocessing", "parameters",
                  "multiply-accumulates", "images/s", "an epoch", "memory about", "disk about", "always saying 'a'",
                  "Best epoch: 1 of 1", "times the photos of"):  # fmt: skip
        assert words in text, words
    assert ("\n  none\n" in text) == (recipe == "lecture")
    assert result.outcome.epochs == 1


def test_a_name_that_is_taken_gets_a_suffix(tmp_path):
    data = folders(tmp_path / "data", {"a": 10, "b": 10})
    names = [train(data, tmp_path)[0].folder.path.name for _ in range(2)]
    assert names == ["run", "run-2"]


def test_validation_folder_is_matched_by_name(tmp_path):
    for part, classes in (("train", {"a": 12, "b": 12}), ("valid", {"b": 6})):
        folders(tmp_path / "data" / part, classes)
    result, text = train(tmp_path / "data", tmp_path)
    assert "validation: no photo of a" in text
    assert {row["label"] for row in rows(result.folder.predictions)} == {"b"}
    folders(tmp_path / "data" / "valid", {"cat": 2})
    with pytest.raises(DataError, match="folder 'cat' is not one of the classes a, b"):
        train(tmp_path / "data", tmp_path)
    other = folders(tmp_path / "other", {"a": 3, "b": 3})
    assert f"validation: {other}, as asked" in train(tmp_path / "data", tmp_path, validation=other)[1]


def test_groups_are_kept_and_said(tmp_path):
    data = folders(tmp_path / "data", {"a": 30, "b": 30})
    _, text = train(data, tmp_path, group_by=r"/(\d)\d")
    assert "3 groups stay whole" in text


def test_broken_images_are_listed_and_training_goes_on(tmp_path):
    data = folders(tmp_path / "data", {"a": 15, "b": 15})
    truncated_jpeg(data / "a" / "cut.jpg")
    (data / "a" / "text.jpg").write_text("not an image")
    bomb_png(data / "b" / "bomb.png")
    photo(1).convert("L").save(data / "b" / "grey.png")  # mixed channel counts
    photo(2).convert("CMYK").save(data / "b" / "print.jpg")
    photo(3).convert("RGBA").save(data / "b" / "clear.png")
    result, text = train(data, tmp_path)
    listed = {row["path"].split("/")[-1]: row["reason"] for row in rows(result.folder.skipped)}
    assert set(listed) == {"cut.jpg", "text.jpg", "bomb.png"}
    assert "3 unreadable images are skipped" in text
    assert "decompression bomb" in listed["bomb.png"]
    with pytest.raises(DataError, match=r"3 unreadable images and --strict.*cut\.jpg"):
        train(data, tmp_path, strict=True)


def bad_data(tmp_path):
    """Each kind of unusable folder, with the words that say so."""
    yield tmp_path / "nowhere", {}, MissingFileError, "no such folder"
    (tmp_path / "flat").mkdir()
    photo(1).save(tmp_path / "flat" / "a.png")
    yield tmp_path / "flat", {}, DataError, "no class folders, 1 images lie in it directly"
    empty = folders(tmp_path / "empty", {"a": 5})
    (empty / "b").mkdir()
    yield empty, {}, DataError, "no image in class 'b'"
    yield folders(tmp_path / "one", {"a": 5}), {}, DataError, "only one class, 'a'"
    broken = folders(tmp_path / "broken", {"a": 5, "b": 0})
    (broken / "b" / "x.jpg").write_text("x")
    (broken / "b" / "y.jpg").write_text("y")
    yield broken, {}, DataError, "none of|no readable training photo of class 'b'"
    good = folders(tmp_path / "good", {"a": 10, "b": 10})
    yield (
        good,
        {"batch_size": 500},
        ArgumentError,
        r"batch_size 500 is larger than the \d+ training photos; give --batch-size",
    )
    yield good, {"model": "shalow-vgg"}, UnknownNameError, "Did you mean 'shallow-vgg'"
    yield good, {"optimizer": "adamm"}, UnknownNameError, "Did you mean 'adam'"
    yield good, {"recipe": "fats"}, UnknownNameError, "Did you mean 'fast'"
    yield good, {"monitor": "val_los"}, UnknownNameError, "Did you mean 'val_loss'"
    yield good, {"size": 2}, ArgumentError, "size must be an integer of at least 8"
    yield good, {"model": "conv-model", "size": 12}, ArgumentError, "smallest is 22 x 22"
    yield good, {"validation_split": 0.0}, ArgumentError, "validation_split must be above 0"
    yield good, {"validation_split": 1.5}, ArgumentError, "validation_split must be a number in"
    yield good, {"augmentation": {"rotation": 3}}, TypeError, "Did you mean 'rotation_range'"
    yield good, {"epochs": 0}, ArgumentError, "epochs must be an integer of at least 1"
    yield good, {"device": "cuda"}, ArgumentError, "train: device 'cuda' was asked for, but torch sees no GPU"
    yield good, {"device": "0"}, ArgumentError, "train: device '0' was asked for, but torch sees no GPU"
    yield good, {"device": "cudda"}, UnknownNameError, "Did you mean 'cuda'"
    yield good, {"learning_rate": -1}, ArgumentError, "learning_rate must be a number"
    (tmp_path / "file").write_text("x")
    yield good, {"out": tmp_path / "file" / "run"}, WriteError, "cannot write"


def test_bad_input_is_one_line_and_leaves_nothing(tmp_path):
    for data, options, kind, words in bad_data(tmp_path):
        with pytest.raises(kind, match=words) as raised:
            train(data, tmp_path, **options)
        assert "\n" not in str(raised.value)
        assert not (tmp_path / "run").exists(), words


def test_nan_loss_keeps_the_epochs_before(tmp_path):
    data = folders(tmp_path / "data", {"a": 20, "b": 20})
    with pytest.raises(
        NonFiniteLossError,
        match=r"NaN or infinite in epoch \d, batch \d+; .*smaller --learning-rate \(it was 1e\+30\)",
    ):
        train(data, tmp_path, recipe="lecture", learning_rate=1e30, epochs=3)
    assert not any(
        np.isnan(a).any()
        for f in (tmp_path / "run" / "checkpoints").glob("*.safetensors")
        for a in safetensors.numpy.load_file(f).values()
    )


class CtrlC(Callback):
    """Press Ctrl-C at a batch of an epoch."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.when = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.when:
            raise KeyboardInterrupt


@pytest.mark.parametrize("when", [(0, 1), (1, 0)], ids=["first epoch", "second epoch"])
def test_ctrl_c_keeps_what_was_learnt(tmp_path, monkeypatch, when):
    data = folders(tmp_path / "data", {"a": 40, "b": 40})
    fit = Model.fit

    def pressed(self, *arguments, callbacks=(), **options):
        return fit(self, *arguments, callbacks=[*callbacks, CtrlC(*when)], **options)

    monkeypatch.setattr(Model, "fit", pressed)
    result, text = train(data, tmp_path, epochs=3)
    assert result.interrupted
    assert result.folder.best.is_file()
    assert result.folder.report.is_file()
    assert ("Interrupted in the first epoch" in text) == (when[0] == 0)
    assert result.outcome.epochs == when[0]


def test_a_checkpoint_that_cannot_be_written_does_not_stop_the_training(tmp_path, monkeypatch):
    """The second epoch finds a folder where last should go: the rest is written, and whole."""
    data = folders(tmp_path / "data", {"a": 20, "b": 20})
    fit = Model.fit

    class Obstacle(Callback):
        def __init__(self, callbacks):
            self.checkpoint = next(one for one in callbacks if isinstance(one, RunCheckpoint))

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.checkpoint.writer.wait()
                last = tmp_path / "run" / "checkpoints" / "last.safetensors"
                last.rename(last.with_suffix(".kept"))
                (last / "in-the-way").mkdir(parents=True)

    def obstructed(self, *arguments, callbacks=(), **options):
        return fit(self, *arguments, callbacks=[Obstacle(callbacks), *callbacks], **options)

    monkeypatch.setattr(Model, "fit", obstructed)
    result, text = train(data, tmp_path, epochs=2)
    assert "Epoch 2: checkpoint not written: cannot write" in text
    assert "Training goes on" in text
    assert len(rows(result.folder.history)) == 2
    assert [state.read_state(place).epoch for place in state.list_states(result.folder.checkpoints)] == [2, 1]


def test_no_warning_on_the_way(tmp_path):
    data = folders(tmp_path / "data", {"a": 10, "b": 10})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(data, tmp_path)


@pytest.mark.parametrize("resize", ["squash", "crop", "pad"])
def test_resize_is_written_into_the_model_and_used(tmp_path, resize):
    """The network sees the same pixels in training and in prediction."""
    data = folders(tmp_path / "data", {"a": 12, "b": 12}, size=(60, 20))
    result, text = train(data, tmp_path, resize=resize)
    assert json.loads(result.folder.model.read_text())["preprocessing"]["resize"] == resize
    assert ("--resize crop cuts up to 67% off a photo" in text) == (resize == "crop")
    table = {row["path"]: float(row["confidence"]) for row in rows(result.folder.predictions)}
    for answer in runs.predict(result.folder.path, list(table)):
        assert answer.confidence == pytest.approx(table[str(answer.path)], abs=1e-5)


def test_balance(tmp_path):
    data = folders(tmp_path / "data", {"a": 40, "b": 6})
    result, text = train(data, tmp_path, balance=True)
    assert "(balanced in training)" in text
    assert tomllib.loads(result.folder.settings.read_text())["settings"]["balance"] is True
    assert "--balance takes each class equally often" in train(data, tmp_path)[1]
