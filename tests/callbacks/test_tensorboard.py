"""TensorBoard: its own reader finds what Keras would have written, once, also after a restart."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from callbacks.tiny import model
from convolens import callbacks
from convolens.callbacks import BackupAndRestore, Callback, TensorBoard
from convolens.errors import ArgumentError, ExtraMissingError, WriteError

X = np.linspace(-1, 1, 16, dtype=np.float32).reshape(8, 2)
Y = (X[:, :1] > 0).astype(np.float32)


def fit(trained: Any, *given: Callback, epochs: int = 3, **options: Any) -> Any:
    return trained.fit(
        X, Y, batch_size=2, epochs=epochs, shuffle=False, verbose=0, validation_data=(X, Y), callbacks=list(given),
        **options,
    )  # fmt: skip


def read(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder), {"scalars": 0, "histograms": 0})
    events.Reload()
    return events


def series(folder: Path) -> dict[str, list[tuple[int, float]]]:
    events = read(folder)
    return {
        # files of the same second are read in the order of their counters as texts: 10 before 9
        tag: sorted((event.step, event.value) for event in events.Scalars(tag))
        for tag in events.Tags()["scalars"]
    }


def test_epochs_are_found_under_the_names_of_keras(tmp_path: Path) -> None:
    trained = model()
    history = fit(trained, TensorBoard(tmp_path, histogram_freq=2)).history
    train, validation = series(tmp_path / "train"), series(tmp_path / "validation")
    assert set(train) == {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}
    assert set(validation) == {
        "epoch_loss", "epoch_accuracy", "evaluation_loss_vs_iterations", "evaluation_accuracy_vs_iterations",
    }  # fmt: skip
    for found, prefix in ((train, ""), (validation, "val_")):
        for name in ("loss", "accuracy"):
            expected = list(enumerate(np.float32(history[prefix + name]).tolist()))
            assert found[f"epoch_{name}"] == expected
    assert [step for step, _ in validation["evaluation_loss_vs_iterations"]] == [4, 8, 12]
    assert train["epoch_learning_rate"] == [(epoch, np.float32(0.01)) for epoch in range(3)]
    histograms = read(tmp_path / "train")
    tags = histograms.Tags()["histograms"]
    assert len(tags) == 2
    assert all(tag.endswith("/histogram") for tag in tags)
    assert [event.step for event in histograms.Histograms(tags[0])] == [0, 2]
    counts = {histograms.Histograms(tag)[0].histogram_value.num for tag in tags}
    assert counts == {2.0, 1.0}  # kernel and bias


@pytest.mark.parametrize(("frequency", "steps"), [("batch", [*range(1, 13)]), (5, [5, 10])])
def test_batches_are_written_as_often_as_asked(frequency: Any, steps: list[int], tmp_path: Path) -> None:
    fit(model(), TensorBoard(tmp_path, update_freq=frequency, write_steps_per_second=True))
    found = series(tmp_path / "train")
    for name in ("batch_loss", "batch_accuracy", "batch_steps_per_second"):
        assert [step for step, _ in found[name]] == steps
    assert all(value > 0 for name in found if "per_second" in name for _, value in found[name])
    assert [step for step, _ in found["epoch_steps_per_second"]] == [0, 1, 2]


class Killed(Exception):
    """Ends a training as a crash does."""


class Kill(Callback):
    """Ends a training at a moment that the last state does not know of."""

    def __init__(self, epoch: int, batch: int) -> None:
        super().__init__()
        self.at, self.epoch = (epoch, batch), 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == self.at:
            raise Killed


@pytest.mark.parametrize("save_freq", ["epoch", 3])
def test_a_resumed_training_writes_no_step_twice(save_freq: Any, tmp_path: Path) -> None:
    start = model().get_weights()

    def go(folder: Path, *more: Callback) -> None:
        trained = model()
        trained.set_weights(start)
        fit(trained, TensorBoard(folder, update_freq=1), *more, epochs=4)

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    go(whole)
    for kill in (Kill(1, 1), Kill(1, 3), Kill(3, 0)):
        with pytest.raises(Killed):
            go(parts, BackupAndRestore(tmp_path / "backup", save_freq=save_freq), kill)
    go(parts, BackupAndRestore(tmp_path / "backup", save_freq=save_freq))
    for side in ("train", "validation"):
        expected, found = series(whole / side), series(parts / side)
        assert found == expected
        for points in found.values():
            steps = [step for step, _ in points]
            assert steps == sorted(set(steps))


def test_files_of_others_stay(tmp_path: Path) -> None:
    theirs = tmp_path / "train" / "events.out.tfevents.1.other"
    theirs.parent.mkdir()
    theirs.write_bytes(b"")
    again = TensorBoard(tmp_path)
    again.load_state_dict({"batches": 0, "files": {}})
    fit(model(), again)
    assert theirs.is_file()


def test_what_is_not_written_is_said(tmp_path: Path) -> None:
    with pytest.warns(
        UserWarning, match=r"TensorBoard: nothing is written for write_graph=True, profile_batch=2; leave"
    ):
        TensorBoard(tmp_path, write_graph=True, profile_batch=2)


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ArgumentError, match=r"update_freq must be 'epoch', 'batch' or a number .* received 'step'"
    ):
        TensorBoard(tmp_path, update_freq="step")
    with pytest.raises(ArgumentError, match=r"TensorBoard: update_freq must be .* received 0"):
        TensorBoard(tmp_path, update_freq=0)
    with pytest.raises(ArgumentError, match=r"TensorBoard: histogram_freq must be .* received -1"):
        TensorBoard(tmp_path, histogram_freq=-1)


def test_a_folder_that_cannot_be_is_said_before_the_first_epoch(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        WriteError, match=r"TensorBoard: cannot write into .*file.logs .*; give another log_dir"
    ):
        fit(model(), TensorBoard(tmp_path / "file" / "logs"))


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "tensorboard" else find(name, *rest)
    )
    with pytest.raises(ExtraMissingError, match=r"not installed; pip install 'convolens\[tensorboard\]'"):
        callbacks.TensorBoard()
