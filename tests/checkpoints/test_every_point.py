"""A file system that fails, or a process that dies, at every write, flush and rename of a training's checkpoints in turn.

The double stands before the real file system. Where it stops, it stops for good, as for a dead process: nothing is cleaned up.
"""

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import convolens as keras
from convolens.callbacks import BackupAndRestore, Callback
from convolens.checkpoints.state import list_states, newest_state
from convolens.checkpoints.writer import Writer
from convolens.runs.folder.history_file import HistoryFile
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.training.checkpointing import RunCheckpoint, When

OPERATIONS = ("mkdir", "fsync", "rename", "replace", "link", "unlink", "rmdir")
RNG = np.random.default_rng(0)
X, Y = RNG.random((10, 3), dtype=np.float32), RNG.integers(0, 2, (10, 1))


class Dead(BaseException):
    """The process is gone."""


class FileSystem:
    """Counts every operation that changes something; the one with number `point` fails, or is the last.

    Args:
        place: what happens elsewhere is not counted.
        point: from 1; 0 never.
        stops: True stops the process, False lets the operation fail as a full disk does.
    """

    def __init__(self, place: Path, point: int, stops: bool) -> None:
        self.place, self.point, self.stops = place, point, stops
        self.count, self.dead = 0, False

    def step(self, torn: Callable[[], object] = lambda: None) -> None:
        self.count += 1
        if self.dead:
            raise Dead
        if self.count == self.point:
            torn()
            self.dead = self.stops
            raise Dead if self.stops else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def concerns(self, path: Any) -> bool:
        return isinstance(path, int) or str(self.place) in os.fspath(path) or not os.path.isabs(path)

    @contextmanager
    def mounted(self) -> Iterator["FileSystem"]:
        with pytest.MonkeyPatch.context() as patch:
            for name in OPERATIONS:
                patch.setattr(os, name, self._counted(getattr(os, name)))
            patch.setattr(io, "open", self._opened(io.open))
            yield self

    def _counted(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def counted(path: Any, *arguments: Any, **options: Any) -> Any:
            if self.concerns(path) and (operation.__name__ != "unlink" or os.path.lexists(path)):
                self.step()
            return operation(path, *arguments, **options)

        return counted

    def _opened(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def opened(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            file = real(path, mode, *arguments, **options)
            if set(mode) & set("wax") and self.concerns(path):
                write = file.write

                class Writer:
                    def __getattr__(_, name: str) -> Any:
                        return getattr(file, name)

                    def __enter__(_) -> Any:
                        return _

                    def __exit__(_, *error: Any) -> None:
                        file.close()

                    def write(_, data: Any) -> Any:
                        self.step(torn=lambda: (write(data[: len(data) // 2]), file.flush()))
                        return write(data)

                return Writer()
            return file

        return opened


def train(place: Path, kind: str, resume: bool = False) -> Any:
    """Train a tiny network with dropout, checkpoints within the epochs, best and history; return its final weights."""
    torch.manual_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((3,)), layers.Dense(4), layers.Dropout(0.3), layers.Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    folder = RunFolder(place)
    backup = BackupAndRestore(folder.checkpoints, save_freq=2, delete_checkpoint=False)
    backup.writer = Writer(background=False)  # so that the operations are in one order
    callbacks: list[Callback] = [backup]
    if kind == "run":
        checkpoint = RunCheckpoint(
            folder, "val_loss", "min", lambda line: None, When(steps=2), writer=Writer(background=False)
        )
        callbacks = [HistoryFile(folder.history, lambda line: None), checkpoint]
    states = folder.checkpoints if resume and list_states(folder.checkpoints) else None
    model.fit(
        X, Y, batch_size=3, epochs=2, verbose=0, seed=1, validation_data=(X, Y), callbacks=callbacks,
        resume_from=states,
    )  # fmt: skip
    return model.get_weights()


def contents(place: Path, kind: str) -> dict[str, bytes]:
    """Return what must be the same in the end: of a run everything, of a backup the newest state."""
    paths = [path for path in place.rglob("*") if path.is_file()]
    if kind == "backup":
        newest = list_states(place / "checkpoints")[0]
        paths = list(newest.iterdir())
    return {str(path.relative_to(place)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("kind", ["backup", "run"])
@pytest.mark.parametrize("stops", [True, False], ids=["dies", "fails"])
def test_every_point(kind: str, stops: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = tmp_path / "whole"
    (whole / "checkpoints").mkdir(parents=True)
    with FileSystem(whole, 0, stops).mounted() as counting:
        expected = train(whole, kind)
    assert counting.count > 45
    for point in range(1, counting.count + 1):
        place = tmp_path / f"{point}"
        (place / "checkpoints").mkdir(parents=True)
        with FileSystem(place, point, stops).mounted():
            try:
                weights = train(place, kind)
            except Dead:
                weights = None
        assert (weights is None) == stops
        if list_states(place / "checkpoints"):
            newest_state(place / "checkpoints", pytest.fail)
        else:
            assert point < counting.count / 2, "there is a state from the first one on"
        if stops:
            weights = train(place, kind, resume=True)
            assert contents(place, kind) == contents(whole, kind), point
        for one, other in zip(weights, expected, strict=True):
            np.testing.assert_array_equal(one, other, err_msg=str(point))
