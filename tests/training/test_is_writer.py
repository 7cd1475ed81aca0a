"""Of several processes that train one model one writes; the others learn the same, and leave nothing behind."""

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callbacks.test_contract import MAKE, Killed, model
from convolens.callbacks import BackupAndRestore, Callback, LambdaCallback, ModelCheckpoint
from convolens.checkpoints.state import list_states
from convolens.runs.folder.history_file import HistoryFile
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.training.checkpointing import RunCheckpoint, When
from convolens.runs.training.telling import TellEpochs

X = np.linspace(-1, 1, 32, dtype=np.float32).reshape(16, 2)
Y = (X[:, :1] > 0).astype(np.float32)


# How each callback is made; all that writes is among them.
OURS = MAKE | {
    "BackupAndRestore": lambda folder: BackupAndRestore(folder / "backup", save_freq=1),
    "ModelCheckpoint": lambda folder: ModelCheckpoint(
        folder / "best.weights.h5", save_best_only=True, verbose=1
    ),
    "RunCheckpoint": lambda folder: RunCheckpoint(RunFolder(folder), "val_loss", "min", when=When(steps=1)),
    "HistoryFile": lambda folder: HistoryFile(folder / "history.csv"),
    "TellEpochs": lambda folder: TellEpochs(print, lambda: None, 16, 4),
}
WRITING = ["CSVLogger", "HistoryFile", "ModelCheckpoint", "RunCheckpoint", "TensorBoard"]
SAID = {"ModelCheckpoint": "saving model to", "TellEpochs": "Epoch(number=1"}


class Process:
    """One of the processes that train a model.

    Args:
        name: of the callback.
        folder: which all of them share.
        writes: whether it is the one that writes.
    """

    def __init__(self, name: str, folder: Path, writes: bool) -> None:
        self.callback: Callback = OURS[name](folder)
        self.model: Any = model(name)
        self.model.set_weights([np.full((2, 1), 0.3, np.float32), np.zeros(1, np.float32)])
        self.model.is_writer = writes
        self.collected = 0
        collect = self.model.collect_state

        def counted(spare: Any = None) -> Any:
            self.collected += 1
            return collect(spare)

        self.model.collect_state = counted

    def train(
        self,
        killed_after: int = 10**6,
        resume_from: Path | None = None,
        by: type[BaseException] = Killed,
    ) -> "Process":
        steps = iter(range(1, 10**6))

        def kill(batch: int, logs: Any) -> None:
            if next(steps) > killed_after:
                raise by

        self.history = None
        with contextlib.suppress(Killed):
            self.history = self.model.fit(
                X, Y, batch_size=4, epochs=4, validation_data=(X, 1 - Y), seed=1, verbose=2, resume_from=resume_from,
                callbacks=[self.callback, LambdaCallback(on_train_batch_end=kill)],
            )  # fmt: skip
        return self


def same(one: Process, other: Process) -> None:
    for a, b in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history.history == other.history.history
    assert one.model.optimizer.learning_rate == other.model.optimizer.learning_rate


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", sorted(OURS))
def test_who_does_not_write(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    places = [tmp_path / "written", tmp_path / "not"]
    for place in places:
        RunFolder(place).checkpoints.mkdir(parents=True)
    writer = Process(name, places[0], writes=True).train()
    said = capfd.readouterr().out
    other = Process(name, places[1], writes=False).train()
    assert capfd.readouterr().out == ""
    same(writer, other)
    assert files(places[1]) == {}
    kept = files(places[0])
    assert bool(kept) == (name in WRITING)
    assert SAID.get(name, "Epoch 1/4") in said
    assert writer.collected == other.collected, "collecting may need all processes"
    if hasattr(other.callback, "best"):
        assert writer.callback.best == other.callback.best
    Process(name, places[0], writes=False).train()
    assert files(places[0]) == kept, "what the writer wrote stays"


@pytest.mark.parametrize("name", ["BackupAndRestore", "RunCheckpoint"])
@pytest.mark.parametrize("killed_after", [1, 6, 8])
def test_who_does_not_write_goes_on_from_what_the_writer_wrote(
    name: str, killed_after: int, tmp_path: Path
) -> None:
    whole = Process(name, RunFolder(tmp_path / "whole").path, writes=True)
    for folder in ("whole", "shared"):
        RunFolder(tmp_path / folder).checkpoints.mkdir(parents=True)
    whole.train()
    shared = tmp_path / "shared"
    Process(name, shared, writes=True).train(killed_after)
    kept = files(shared)
    # the oldest state: whoever writes goes back to it
    asked = list_states(RunFolder(shared).checkpoints)[-1] if name == "RunCheckpoint" else None
    reader = Process(name, shared, writes=False).train(resume_from=asked)
    same(whole, reader)
    assert files(shared) == kept, "a reader changes nothing"
    writer = Process(name, shared, writes=True).train(resume_from=asked)
    same(whole, writer)
    assert reader.collected == writer.collected < whole.collected
    if name == "RunCheckpoint":
        assert (whole.callback.best_epoch, whole.callback.history) == (
            reader.callback.best_epoch,
            reader.callback.history,
        )  # type: ignore[attr-defined]
        assert (tmp_path / "whole" / "checkpoints" / "last.safetensors").read_bytes() == (
            shared / "checkpoints" / "last.safetensors"
        ).read_bytes()


def test_ctrl_c(tmp_path: Path) -> None:
    for writes in (True, False):
        folder = RunFolder(tmp_path / str(writes))
        folder.checkpoints.mkdir(parents=True)
        Process("RunCheckpoint", folder.path, writes).train(0, by=KeyboardInterrupt)
        assert folder.last.is_file() == folder.best.is_file() == writes
