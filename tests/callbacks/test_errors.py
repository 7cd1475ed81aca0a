"""What callbacks say of wrong arguments, before the first epoch, and of disks that fail, after it."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callbacks.tiny import model
from convolens import callbacks, metrics
from convolens.callbacks import (
    CallbackList,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    NonFiniteLossError,
    UnknownNameError,
    WriteError,
)

X, Y = np.linspace(0, 1, 16, dtype=np.float32).reshape(8, 2), np.ones((8, 1), np.float32)


def fit(*given: Any, trained: Any = None, **options: Any) -> Any:
    arguments = {"batch_size": 2, "epochs": 2, "verbose": 0, "validation_data": (X, Y)} | options
    return (trained or model()).fit(X, Y, callbacks=list(given), **arguments)


REFUSED: list[tuple[type[Exception], str, Callable[[], Any]]] = [
    (UnknownNameError, r"mode must be one of 'auto', 'min', 'max'; received 'mni'\. Did you mean 'min'", lambda: EarlyStopping(mode="mni")),
    (UnknownNameError, "ReduceLROnPlateau: mode must be", lambda: ReduceLROnPlateau(mode="maxi")),
    (UnknownNameError, "ModelCheckpoint: mode must be", lambda: ModelCheckpoint("w.h5", mode="best")),
    (ArgumentError, "EarlyStopping: patience must be an integer of at least 0; received -1", lambda: EarlyStopping(patience=-1)),
    (ArgumentError, "EarlyStopping: min_delta must be a number", lambda: EarlyStopping(min_delta="1")),  # type: ignore[arg-type]
    (ArgumentError, "EarlyStopping: baseline must be a number", lambda: EarlyStopping(baseline="1")),  # type: ignore[arg-type]
    (ArgumentError, "EarlyStopping: start_from_epoch must be", lambda: EarlyStopping(start_from_epoch=1.5)),  # type: ignore[arg-type]
    (ArgumentError, "factor must be below 1; received 1.0", lambda: ReduceLROnPlateau(factor=1.0)),
    (ArgumentError, "ReduceLROnPlateau: factor must be a number", lambda: ReduceLROnPlateau(factor=-0.1)),
    (ArgumentError, "ReduceLROnPlateau: min_lr must be a number", lambda: ReduceLROnPlateau(min_lr=-1.0)),
    (ArgumentError, "ReduceLROnPlateau: cooldown must be", lambda: ReduceLROnPlateau(cooldown=-1)),
    (ArgumentError, "must end in .h5, .hdf5, .keras, .safetensors; received 'w.h6'. Did you mean '.h5'", lambda: ModelCheckpoint("w.h6")),
    (ArgumentError, r"a \.keras file holds a whole model; received 'w\.keras'.*End it in \.weights\.h5", lambda: ModelCheckpoint("w.keras", save_weights_only=True)),
    (ArgumentError, "save_freq must be 'epoch' or a number of steps; received 'batch'", lambda: ModelCheckpoint("w.h5", save_freq="batch")),
    (ArgumentError, "save_freq must be an integer of at least 1; received 0", lambda: ModelCheckpoint("w.h5", save_freq=0)),
    (ArgumentError, r"holds \{batch\}; with save_freq='epoch' there are epoch and the names of the logs", lambda: ModelCheckpoint("w{batch}.h5")),
    (ArgumentError, r"holds \{\}; with save_freq=3 there are epoch, batch and the names", lambda: ModelCheckpoint("w{}.h5", save_freq=3)),
    (ArgumentError, r"'w\{epoch.h5' is malformed \(expected '\}' before end of string\)", lambda: ModelCheckpoint("w{epoch.h5")),
    (ArgumentError, "initial_value_threshold must be a number", lambda: ModelCheckpoint("w.h5", initial_value_threshold="low")),  # type: ignore[arg-type]
    (ArgumentError, "schedule must be a function; received 0.1", lambda: LearningRateScheduler(0.1)),  # type: ignore[arg-type]
    (ArgumentTypeError, "LambdaCallback: unknown argument 'on_epoch_ends'. Did you mean 'on_epoch_end'", lambda: LambdaCallback(on_epoch_ends=print)),
    (ArgumentTypeError, "LambdaCallback: on_epoch_end must be a function; received 3", lambda: LambdaCallback(on_epoch_end=3)),  # type: ignore[arg-type]
    (ArgumentTypeError, r"alone or in a list; received builtins\.int", lambda: CallbackList(3)),  # type: ignore[arg-type]
    (ArgumentTypeError, r"received builtins\.str", lambda: CallbackList(["early"])),  # type: ignore[list-item]
    (ArgumentTypeError, r"received convolens\.callbacks\.callback_list\.CallbackList", lambda: CallbackList([CallbackList()])),
    (ArgumentTypeError, r"received the class EarlyStopping; write EarlyStopping\(\.\.\.\)", lambda: CallbackList([EarlyStopping])),  # type: ignore[list-item]
    (ArgumentTypeError, r"received the class TerminateOnNaN; write TerminateOnNaN", lambda: fit(TerminateOnNaN)),
    (ArgumentError, "there is no History among the callbacks", lambda: CallbackList([]).history),
    (ArgumentError, "the schedule must return a number; it returned 'fast' for epoch 0", lambda: fit(LearningRateScheduler(lambda epoch: "fast"))),  # type: ignore[arg-type,return-value]
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=[f"{i:02d}" for i in range(len(REFUSED))])
def test_refusals(case: tuple[type[Exception], str, Callable[[], Any]]) -> None:
    kind, words, act = case
    with pytest.raises(kind, match=words):
        act()


def test_callbacks_of_keras_are_named_in_the_refusal() -> None:
    import keras

    with pytest.raises(ArgumentTypeError, match=r"received keras\.src\.callbacks\.early_stopping\.EarlyStop"):
        fit(keras.callbacks.EarlyStopping())


BEFORE_THE_FIRST_EPOCH: list[tuple[str, Callable[[Path], Any], dict[str, Any]]] = [
    (r"filepath '.*val_los:.*' names 'val_los'.*it reports loss, accuracy, val_loss, val_accuracy\. Did you mean 'val_loss'", lambda folder: ModelCheckpoint(folder / "w.{val_los:.2f}.h5"), {}),
    ("monitor names 'val_accurcy', which the training will not report.*Did you mean 'val_accuracy'", lambda folder: EarlyStopping("val_accurcy"), {}),
    ("monitor names 'val_loss'.*Give fit validation_data or validation_split", lambda folder: ReduceLROnPlateau(), {"validation_data": None}),
    ("ModelCheckpoint: monitor names 'f1'", lambda folder: ModelCheckpoint(folder / "w.h5", "f1", save_best_only=True), {}),
    ("names 'val_loss', which is known after an epoch only, not every 5 steps; give save_freq='epoch', or 'loss'", lambda folder: ModelCheckpoint(folder / "w.h5", save_best_only=True, save_freq=5), {}),
    ("names 'val_accuracy', which is known after", lambda folder: ModelCheckpoint(folder / "{val_accuracy}.h5", save_freq=5), {}),
    ("names 'learning_rate', which the training will not report", lambda folder: ModelCheckpoint(folder / "{learning_rate}.h5"), {}),
]  # fmt: skip


@pytest.mark.parametrize(
    "case", BEFORE_THE_FIRST_EPOCH, ids=[f"{i:02d}" for i in range(len(BEFORE_THE_FIRST_EPOCH))]
)
def test_names_are_refused_before_the_first_epoch(case: Any, tmp_path: Path) -> None:
    words, make, options = case
    begun: list[int] = []
    trained = model()
    before = trained.get_weights()
    watch = LambdaCallback(on_epoch_begin=lambda epoch, logs: begun.append(epoch))
    with pytest.raises(ArgumentError, match=words):
        fit(make(tmp_path), watch, trained=trained, **options)
    assert begun == []
    np.testing.assert_array_equal(trained.get_weights()[0], before[0])


def test_names_that_callbacks_add_are_known_behind_them(tmp_path: Path) -> None:
    checkpoint = ModelCheckpoint(tmp_path / "{learning_rate:.2f}.safetensors")
    fit(LearningRateScheduler(lambda epoch: 0.5), checkpoint)
    assert [path.name for path in tmp_path.iterdir()] == ["0.50.safetensors"]

    class Own(callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["own"] = -epoch

    stop = EarlyStopping("own", mode="max")
    assert fit(Own(), stop, epochs=5).epoch == [0, 1]
    with pytest.raises(UnknownNameError, match="monitor names 'own'"):
        fit(stop, Own())


def test_what_auto_mode_cannot_tell_is_refused() -> None:
    def wobble(y_true: Any, y_pred: Any) -> Any:
        return y_pred

    trained = model(metrics=[wobble])
    with pytest.raises(ArgumentError, match="cannot tell whether 'val_wobble' is better when larger or when"):
        fit(EarlyStopping("val_wobble"), trained=trained)
    assert fit(EarlyStopping("val_wobble", mode="min"), trained=trained).epoch
    area = model(metrics=[metrics.AUC(name="area")])
    stop = EarlyStopping("val_area")
    assert stop.larger is None
    fit(stop, trained=area)
    assert stop.larger is True


def test_a_monitor_of_several_values_is_refused() -> None:
    stop = EarlyStopping("val_f1_score")
    stop.set_model(model())
    stop.on_train_begin()
    with pytest.raises(ArgumentError, match="monitor='val_f1_score' is no single number"):
        stop.on_epoch_end(0, {"val_f1_score": np.array([0.5, 0.7])})
    checkpoint = ModelCheckpoint("{val_f1_score:.2f}.h5")
    with pytest.raises(ArgumentError, match=r"cannot be filled in: TypeError.*there are val_f1_score, epoch"):
        checkpoint.on_epoch_end(0, {"val_f1_score": np.array([0.5, 0.7])})


def test_an_epoch_without_the_monitor_is_said_and_is_not_the_best(tmp_path: Path) -> None:
    checkpoint = ModelCheckpoint(tmp_path / "{epoch}-{val_loss:.0f}.safetensors", save_best_only=True)
    with pytest.warns(UserWarning, match="ModelCheckpoint: 'val_loss' is not among loss, accuracy"):
        fit(checkpoint, validation_freq=2)
    assert [path.name[:2] for path in tmp_path.iterdir()] == ["2-"]
    stop = EarlyStopping()
    stop.set_model(model())
    with pytest.warns(UserWarning, match="'val_loss' is not among no logs"):
        stop.on_epoch_end(0, {})


@pytest.mark.parametrize("larger", [False, True])
def test_nan_is_never_the_best(larger: bool, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "best.safetensors"
    mode = "max" if larger else "min"
    checkpoint = ModelCheckpoint(path, mode=mode, save_best_only=True, verbose=1)
    stop = EarlyStopping(mode=mode, patience=5)
    for callback in (checkpoint, stop):
        callback.set_model(model())
        callback.on_train_begin()
        callback.on_epoch_end(0, {"val_loss": float("nan")})
        assert callback.best is None
    assert not path.exists()
    assert f"did not improve from {'-inf' if larger else 'inf'}" in capsys.readouterr().out
    checkpoint.on_epoch_end(1, {"val_loss": 3.0})
    assert path.exists()


def test_nan_ends_with_the_batch_named(capsys: Any) -> None:
    x = X.copy()
    x[4:6] = np.nan  # batch 2 of 4
    stop = TerminateOnNaN()
    steps: list[int] = []
    count = LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    history = model().fit(x, Y, batch_size=2, epochs=3, shuffle=False, verbose=0, callbacks=[stop, count])
    assert "Batch 2: Invalid loss, terminating training" in capsys.readouterr().out
    assert (stop.stopped_at, steps, history.epoch) == (2, [0, 1, 2], [0])
    fit(stop)
    assert stop.stopped_at is None
    strict = TerminateOnNaN(raise_error=True)
    with pytest.raises(
        NonFiniteLossError, match=r"The loss is nan at batch 2: .* Try a smaller learning rate"
    ):
        model().fit(x, Y, batch_size=2, shuffle=False, verbose=0, callbacks=[strict])


# -- disks


def test_a_folder_that_cannot_be_made_is_refused_before_the_first_epoch(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        WriteError, match=r"ModelCheckpoint: cannot make folder .*file.*give another filepath"
    ):
        fit(ModelCheckpoint(tmp_path / "file" / "w.{epoch}.h5"))
    with pytest.raises(WriteError, match=r"CSVLogger: cannot write .*log\.csv .*give another filename"):
        fit(CSVLogger(tmp_path / "file" / "log.csv"))
    with pytest.raises(WriteError, match="CSVLogger: cannot write"):
        fit(CSVLogger(tmp_path))


def test_a_folder_that_may_not_be_written_is_refused_before_the_first_epoch() -> None:
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        checkpoint = ModelCheckpoint(f"{folder}/w.h5")
        checkpoint.set_model(model())
        try:
            if root:  # who may write everywhere
                os.seteuid(65534)
            with pytest.raises(
                WriteError, match=rf"folder {folder} may not be written; change its permissions"
            ):
                checkpoint.on_train_begin()
        finally:
            if root:
                os.seteuid(0)
            Path(folder).chmod(0o755)


@pytest.mark.parametrize("ending", [".h5", ".hdf5", ".keras", ".weights.h5", ".safetensors"])
def test_a_place_that_becomes_unwritable_is_said_and_the_training_goes_on(
    ending: str, tmp_path: Path, capsys: Any
) -> None:
    folder = tmp_path / "runs"
    aside = tmp_path / "aside"

    def move(epoch: int, logs: Any = None) -> None:
        if epoch == 1:  # in the folder's place there is a file: nothing can be written below it
            folder.rename(aside)
            folder.write_text("")
        elif epoch == 2:
            folder.unlink()
            aside.rename(folder)

    values = [3.0, 1.0, 2.0]
    script = LambdaCallback(
        on_epoch_begin=move, on_epoch_end=lambda epoch, logs: logs.update(val_loss=values[epoch])
    )
    checkpoint = ModelCheckpoint(folder / f"w.{{epoch}}{ending}", save_best_only=True, verbose=1)
    history = fit(script, checkpoint, epochs=3)
    assert history.epoch == [0, 1, 2]
    said = capsys.readouterr().out
    assert f"ModelCheckpoint: {folder}/w.2{ending} was not saved, training goes on: " in said
    assert "Epoch 3: val_loss improved from 3.00000 to 2.00000" in said  # what was not saved is not the best
    assert sorted(path.name for path in folder.iterdir()) == [f"w.1{ending}", f"w.3{ending}"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("ending", [".h5", ".hdf5", ".keras", ".weights.h5", ".safetensors"])
def test_a_full_disk_is_said_and_the_training_goes_on(ending: str, small_disk: Path, capsys: Any) -> None:
    large = model(units=20_000)  # 240 kB
    checkpoint = ModelCheckpoint(small_disk / f"w{ending}")
    assert fit(checkpoint, trained=large, validation_data=None).epoch == [0, 1]
    said = capsys.readouterr().out
    assert said.count("was not saved, training goes on: ") == 2
    assert "No space left" in said
    assert checkpoint.last_saved is None
    assert list(small_disk.iterdir()) == []  # no halves


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_csv_file_on_a_full_disk_is_said_once_and_the_training_goes_on(capsys: Any) -> None:
    assert fit(CSVLogger("/dev/full"), epochs=3).epoch == [0, 1, 2]
    said = capsys.readouterr().out
    assert said.count("CSVLogger: /dev/full is not written any further, training goes on: No space left") == 1
