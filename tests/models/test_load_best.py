"""Best means best: whatever the measure, the direction, ties, NaN, restarts; and load_best loads it."""

import math
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import convolens as keras
from convolens.callbacks import BackupAndRestore, Callback, EarlyStopping, LambdaCallback, ModelCheckpoint
from convolens.errors import CheckpointError, MissingFileError, WriteError
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.training.checkpointing import RunCheckpoint

X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)
# few values, so that ties are common
VALUES = st.lists(
    st.sampled_from([0.0, 0.5, 1.0, -1.0, math.nan, math.inf, -math.inf]), min_size=1, max_size=8
)


class Script(Callback):
    """Reports given values, and gives the weights of epoch e the value e + 1."""

    def __init__(self, **values: list[float]) -> None:
        super().__init__()
        self.values, self.reports = values, tuple(values)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs.update({name: values[epoch] for name, values in self.values.items()})
        self.model.set_weights([np.full_like(weight, epoch + 1) for weight in self.model.get_weights()])


def model() -> Any:
    made = keras.Sequential([keras.layers.Dense(1, input_shape=(2,))])
    made.compile("sgd", "mse")
    return made


def epoch_of(trained: Any) -> int:
    """Return from which epoch the weights are."""
    return int(trained.get_weights()[0].flat[0])


def best_of(values: list[float], mode: str, infinities: bool) -> int | None:
    """Return the epoch (from 1) of the first best value; None where there is none."""
    counted = [(value, place + 1) for place, value in enumerate(values) if not math.isnan(value)]
    if not infinities:
        counted = [pair for pair in counted if math.isfinite(pair[0])]
    if mode == "max":
        counted = [(-value, place) for value, place in counted]
    return min(counted)[1] if counted else None


@settings(max_examples=40)
@given(values=VALUES, mode=st.sampled_from(["min", "max"]), killed=st.integers(0, 8))
def test_the_first_best_is_kept_over_a_restart(
    values: list[float], mode: str, killed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("best")
    (place / "run" / "checkpoints").mkdir(parents=True)

    class Killed(Exception):
        pass

    def die(epoch: int, batch: int) -> None:
        if batch == 0 and epoch == killed:
            raise Killed

    for hook in (die, lambda epoch, batch: None):
        trained = model()
        checkpoint = ModelCheckpoint(place / "best.safetensors", "own", save_best_only=True, mode=mode)
        run = RunCheckpoint(RunFolder(place / "run"), "own", mode)
        backup = BackupAndRestore(place / "backup", delete_checkpoint=False)
        try:
            trained.fit(
                X, Y, epochs=len(values), verbose=0,
                callbacks=[Script(own=values), checkpoint, run, backup, LambdaCallback(on_checkpoint=hook)],
                resume_from=RunFolder(place / "run").checkpoints if backup.resumes_from() else None,
            )  # fmt: skip
            break
        except Killed:
            continue
    expected = best_of(values, mode, infinities=False)
    assert run.best_epoch == expected
    assert (place / "run" / "checkpoints" / "best.safetensors").exists() == (expected is not None)
    if expected is not None:
        assert run.best == values[expected - 1]
        trained.load_weights(place / "run" / "checkpoints" / "best.safetensors")
        assert epoch_of(trained) == expected
    expected = best_of(values, mode, infinities=True)
    assert checkpoint.best_epoch == expected
    if expected is not None:
        trained.load_weights(place / "best.safetensors")
        assert epoch_of(trained) == expected


@pytest.mark.parametrize("ending", [".safetensors", ".weights.h5", ".h5", ".keras"])
def test_load_best(ending: str, tmp_path: Path) -> None:
    trained, path = model(), tmp_path / f"best{ending}"
    trained.fit(
        X, Y, epochs=4, verbose=0,
        callbacks=[Script(own=[3.0, 1.0, 2.0, 1.0]), ModelCheckpoint(path, "own", save_best_only=True, mode="min")],
    )  # fmt: skip
    assert epoch_of(trained) == 4
    assert trained.load_best() == path
    assert epoch_of(trained) == 2


def test_several_checkpoints_on_different_measures(tmp_path: Path) -> None:
    trained = model()
    trained.fit(
        X, Y, epochs=3, verbose=0, callbacks=[
            Script(one=[3.0, 1.0, 2.0], two=[1.0, 2.0, 3.0]),
            EarlyStopping("one", patience=9, mode="min"),
            ModelCheckpoint(tmp_path / "one.safetensors", "one", save_best_only=True, mode="min"),
            ModelCheckpoint(tmp_path / "two.{epoch}.safetensors", "two", save_best_only=True, mode="max"),
            ModelCheckpoint(tmp_path / "all.{epoch}.safetensors"),
        ],
    )  # fmt: skip
    with pytest.raises(CheckpointError, match="several were saved; say which by monitor=, one of one, two"):
        trained.load_best()
    assert trained.load_best("one") == tmp_path / "one.safetensors"
    assert epoch_of(trained) == 2
    assert trained.load_best(monitor="two") == tmp_path / "two.3.safetensors"
    assert epoch_of(trained) == 3
    with pytest.raises(
        MissingFileError, match="no best weights of 'three' were saved in a fit of this model"
    ):
        trained.load_best("three")


def test_no_best_is_said(tmp_path: Path) -> None:
    trained = model()
    words = r"no best weights were saved in a fit of this model; give fit callbacks=\[ModelCheckpoint\(PATH, save_best_only=True\)\]"
    with pytest.raises(MissingFileError, match=words):
        trained.load_best()
    trained.fit(X, Y, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "all.safetensors")])
    with pytest.raises(MissingFileError, match=words):
        trained.load_best()
    trained.fit(
        X, Y, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "b.safetensors", "loss", save_best_only=True)]
    )
    (tmp_path / "b.safetensors").unlink()
    with pytest.raises(MissingFileError, match=r"b\.safetensors is no longer there; was it moved"):
        trained.load_best()


def test_the_best_within_an_epoch(tmp_path: Path) -> None:
    """save_freq in steps: each decision by the logs of the epoch so far."""
    trained, losses = model(), []
    watch = LambdaCallback(
        on_train_batch_end=lambda batch, logs: losses.append((logs["loss"], epoch_of_step(trained)))
    )
    trained.fit(
        np.ones((8, 2), np.float32), np.arange(8.0).reshape(8, 1), batch_size=1, epochs=2, shuffle=False, verbose=0,
        callbacks=[watch, ModelCheckpoint(tmp_path / "b.safetensors", "loss", save_best_only=True, save_freq=3)],
    )  # fmt: skip
    decided = losses[2::3]
    best = min(range(len(decided)), key=lambda place: decided[place][0])
    trained.load_best()
    assert epoch_of_step(trained) == decided[best][1]


def epoch_of_step(trained: Any) -> bytes:
    return b"".join(weight.tobytes() for weight in trained.get_weights())


def test_collect_state_needs_a_training() -> None:
    from convolens.errors import NotBuiltError

    with pytest.raises(
        NotBuiltError, match="there is no training yet; call it in a callback's on_checkpoint"
    ):
        model().collect_state()


@pytest.mark.parametrize("full", [False, True])
def test_ctrl_c_before_the_best_is_written(full: bool, tmp_path: Path) -> None:
    """The epoch that has just ended is the best: its weights are written, and what has to be said before is; or it is not the best."""
    folder = RunFolder(tmp_path / "run")
    folder.checkpoints.mkdir(parents=True)
    said: list[int] = []

    def before_best() -> None:
        if full and said:
            raise WriteError("the disk is full")
        said.append(len(said) + 1)

    def interrupt(epoch: int, logs: Any) -> None:
        if epoch == 1:
            raise KeyboardInterrupt

    run = RunCheckpoint(folder, "own", "max", lambda line: None, before_best=before_best)
    trained = model()
    values = Script(own=[1.0, 2.0, 3.0])
    trained.fit(X, Y, epochs=3, verbose=0, callbacks=[values, run, LambdaCallback(on_epoch_end=interrupt)])
    expected = 1 if full else 2
    assert (run.best_epoch, run.best, run.failed) == (expected, float(expected), int(full))
    assert len(said) == expected
    trained.load_weights(folder.best)
    assert epoch_of(trained) == expected
