"""RunCheckpoint: best, last and the whole state of a run; a failed write does not stop the training."""

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from convolens.callbacks import Callback
from convolens.callbacks.monitor import is_better
from convolens.checkpoints import state as states
from convolens.checkpoints import tensors
from convolens.checkpoints.state import State
from convolens.checkpoints.writer import Writer
from convolens.errors import TerminatedError, WriteError
from convolens.files.atomic import atomic_path, link_or_copy, remove, remove_leftovers
from convolens.options.checkpoints import KEPT_STATES
from convolens.runs.folder.model_file import save_weights
from convolens.runs.folder.run_folder import RunFolder


@dataclass(frozen=True)
class When:
    """When states are written, beside the end of each epoch.

    Args:
        steps: after so many steps within an epoch; None for never.
        minutes: after so many minutes within an epoch; None for never.
        keep: how many of the newest states stay, at least 1.
    """

    steps: int | None = None
    minutes: float | None = None
    keep: int = KEPT_STATES


class RunCheckpoint(Callback):
    """Writes checkpoints/last, checkpoints/best and checkpoints/state-EEEE-SSSSSS.

    All three are written after the end of an epoch, when all callbacks have heard of it, from one copy and on a thread: the
    training waits for the copy only, and for the checkpoint before where that is not written yet. A training that goes on
    from a state first gets best and last back as they were then: what was written after it is another future.

    Args:
        folder: of the run.
        monitor: the measure that makes an epoch the best, "val_loss" for example.
        mode: "min" or "max".
        warn: told in one line of a checkpoint that could not be written.
        when: how often states are written, and how many stay.
        asked_to_end: asked after every step; where it returns an error, a state is written and the error ends the training.
        writer: does the writing; None makes one with a thread.
        first: measures of an answer from before the training, epoch 0, whose weights are the best so far and written already.
        final_epoch: the number of an epoch, from 1, that is the best unvalidated, since it has learnt from all photos; unless its loss
            is no better than that of the first answer.
        may_be_best: whether an epoch, from 1, with such measures may be the best at all.
        before_best: called before weights of the training become the best.

    Attributes:
        best_epoch: from 1; None before any epoch had a finite measure.
        best: of `monitor` in that epoch.
        failed: how many checkpoints could not be written.
        steps_taken: since the training began or went on.
    """

    def __init__(
        self,
        folder: RunFolder,
        monitor: str,
        mode: str,
        warn: Callable[[str], None] = print,
        when: When | None = None,
        asked_to_end: Callable[[], type[TerminatedError] | None] = lambda: None,
        writer: Writer | None = None,
        first: Mapping[str, float] | None = None,
        final_epoch: int | None = None,
        may_be_best: Callable[[int, Mapping[str, float]], bool] = lambda epoch, measures: True,
        before_best: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.first, self.final_epoch, self.before_best = first, final_epoch, before_best
        self.may_be_best = may_be_best
        self.folder, self.monitor, self.mode, self.warn = folder, monitor, mode, warn
        self.when, self.asked_to_end = when or When(), asked_to_end
        self.writer = writer or Writer()
        self.best_epoch: int | None = None
        self.best: float | None = None
        self.failed = 0
        self.history: list[dict[str, float]] = []
        if first is not None:
            self.best_epoch, self.best = 0, first[monitor]
            self.history.append({"epoch": 0, **first})
        self.unsaved_steps = False
        self.steps_taken = 0
        self._finite = True
        self._resumed = False
        self._improved = False  # in the epoch that has just ended
        self._best_before: tuple[int | None, float | None] = (None, None)
        self._submitted: _Checkpoint | None = None
        self._spare: State | None = None
        self._steps, self._written = 0, time.monotonic()

    def on_train_begin(self, logs: Any = None) -> None:
        self._steps, self._written = 0, time.monotonic()
        resumed, self._resumed = self._resumed, False
        if not self.is_writer:
            return
        for place in (self.folder.path, self.folder.checkpoints, self.folder.kept_photos):
            remove_leftovers(place)
        if not resumed:  # of a training in the same folder that was killed before its first state
            if self.first is None:
                remove(self.folder.best)
            remove(self.folder.last)

    def on_train_resume(self, logs: Any = None) -> None:
        """Take best and last back to what they were when the state was written."""
        if not self.is_writer:
            return
        kept = Path(logs["place"]) / self.folder.best.name
        if self.best_epoch is None:
            remove(self.folder.best)
        elif not _same(kept, self.folder.best):
            with atomic_path(self.folder.best) as temporary:
                link_or_copy(kept, temporary)
        states.prune(self.folder.checkpoints, self.when.keep, Path(logs["place"]))
        if logs["batch"] == 0:
            save_weights(self.model.module, self.folder.last)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.unsaved_steps = True
        self.steps_taken += 1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._hear()  # whether what was the best before is on disk
        values = {name: float(value) for name, value in (logs or {}).items()}
        self.history.append({"epoch": epoch + 1, **values})
        self._finite = math.isfinite(values.get("loss", 0.0))
        measured = values.get(self.monitor, math.nan)  # none where nothing is validated
        # neither NaN nor infinity replaces anything
        improved = math.isfinite(measured) and is_better(measured, self.best, larger=self.mode == "max")
        self._improved = self._finite and improved and self.may_be_best(epoch + 1, values)
        self._best_before = self.best_epoch, self.best
        if self._improved:
            self.best_epoch, self.best = epoch + 1, measured
        elif self._finite and epoch + 1 == self.final_epoch and self._has_learnt(values):
            self._improved, self.best_epoch = True, epoch + 1
            # nothing is validated there: it counts what the epochs before, of the photos to learn from alone, ended with
            known = [row[self.monitor] for row in self.history if self.monitor in row]
            self.best = known[-1] if known else self.best

    def _has_learnt(self, values: Mapping[str, float]) -> bool:
        """Return whether a training whose measures nobody validates fits its own photos better than the first answer did."""
        if self.first is None or values["loss"] < self.first["loss"]:
            return True
        self.warn(
            f"Learning from all photos ended with a loss of {values['loss']:.4f}, the first answer's was {self.first['loss']:.4f}: it is not kept. "
            "Try a smaller --learning-rate."
        )
        return False

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        self._steps += 1 if batch else 0
        ending = self.asked_to_end()
        if (batch and not ending and not self._due()) or not self._finite:
            return
        self._write(epoch + (1 if batch else 0), whole=batch == 0)
        if ending:
            self._hear(raises=True)
            where = f"{epoch} epochs" + (f" and {batch} batches" if batch else "")
            raise ending(
                f"{ending.how} after {where}; all is saved, `convolens resume {self.folder.path}` goes on."
            )

    def _due(self) -> bool:
        """Return whether a state is to be written within an epoch."""
        if self.when.steps is not None and self._steps >= self.when.steps:
            return True
        waited = time.monotonic() - self._written
        return self.when.minutes is not None and waited >= 60 * self.when.minutes

    def _write(self, epoch: int, whole: bool) -> None:
        """Have a checkpoint written: a state, and best and last where an epoch is `whole`."""
        self._steps, self._written = 0, time.monotonic()
        self._hear()
        # in every process: it may need all of them
        state = self._spare = self.model.collect_state(self._spare)
        checkpoint = _Checkpoint(
            self.folder, state, self.when.keep, epoch, last=whole, best=whole and self._improved,
            any_best=self.best_epoch is not None, best_before=self._best_before, before_best=self.before_best,
        )  # fmt: skip
        self._improved = self._improved and not whole
        self._submitted, self.unsaved_steps = checkpoint, False
        if not self.is_writer:
            return
        try:
            self.writer.submit(checkpoint.write)
        except WriteError as error:
            self._failed(checkpoint, error)

    def _hear(self, raises: bool = False) -> None:
        """Wait for the checkpoint before, and say where it could not be written."""
        try:
            self.writer.wait()
        except WriteError as error:
            if self._submitted is not None:
                self._failed(self._submitted, error)
            if raises:
                raise

    def _failed(self, checkpoint: "_Checkpoint", error: WriteError) -> None:
        if checkpoint.best:  # not written: what was the best before still is
            self.best_epoch, self.best = checkpoint.best_before
        self.failed, self.unsaved_steps = self.failed + 1, True
        self.warn(f"Epoch {checkpoint.epoch}: checkpoint not written: {error} Training goes on.")

    def on_train_abort(self) -> None:
        self._hear()

    def on_train_end(self, logs: Any = None) -> None:
        """Keep the steps of an epoch that was cut short (Ctrl-C)."""
        self._hear()
        self._spare = None
        if not (self.is_writer and self.unsaved_steps) or not all(
            bool(torch.isfinite(p).all()) for p in self.model.module.parameters()
        ):
            return
        try:
            save_weights(self.model.module, self.folder.last)
            if self._improved:  # the epoch that ended just now is the best, and was still to be written
                self.before_best()
            if self._improved or self.best_epoch is None:
                save_weights(self.model.module, self.folder.best)
            self._improved = self.unsaved_steps = False
        except WriteError as error:
            if self._improved:  # not written: what was the best before still is
                self.best_epoch, self.best = self._best_before
            self.failed += 1
            self.warn(f"The last checkpoint was not written: {error}")

    def best_file(self) -> Path | None:
        """Return the file of the best weights; None where there is none yet."""
        return self.folder.best if self.best_epoch is not None else None

    def state_dict(self) -> dict[str, Any]:
        return {"best_epoch": self.best_epoch, "best": self.best, "history": self.history}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best_epoch, self.best = state["best_epoch"], state["best"]
        self.history = list(state["history"])
        self._resumed = True


@dataclass
class _Checkpoint:
    """One checkpoint on its way to disk: the best, then the state, which is linked to it, and the last.

    Args:
        folder: of the run.
        state: a copy of the training.
        keep: how many states stay.
        epoch: for the message where it cannot be written.
        last: whether the weights are those of a whole epoch.
        best: whether they are the best; becomes False when they are written.
        any_best: whether there is a best at all.
        best_before: (epoch, value) of the best before these.
        before_best: called before the best is written.
    """

    folder: RunFolder
    state: State
    keep: int
    epoch: int
    last: bool
    best: bool
    any_best: bool
    best_before: tuple[int | None, float | None]
    before_best: Callable[[], None] = lambda: None

    def write(self) -> None:
        """Write it.

        Raises:
            WriteError: something could not be written; the checkpoint before is whole.
        """
        folder, weights = self.folder, self.state.part("model") if self.last else {}
        if self.best:
            self.before_best()
            tensors.write(folder.best, weights)
            self.best = False
        best = {folder.best.name: folder.best} if self.any_best else {}
        written = states.write_state(folder.checkpoints, self.state, best)
        states.prune(folder.checkpoints, self.keep, written)
        if self.last:
            tensors.write(folder.last, weights)


def _same(one: Path, other: Path) -> bool:
    """Return whether two files hold the same bytes."""
    if not other.is_file():
        return False
    return os.path.samefile(one, other) or one.read_bytes() == other.read_bytes()
