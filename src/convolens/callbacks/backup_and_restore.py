"""BackupAndRestore: a training that was killed goes on where it was, to the bit, when the program is run again."""

import os
import shutil
from os import PathLike, fspath
from pathlib import Path

from convolens.arguments import integer
from convolens.callbacks.callback import Callback, Logs
from convolens.checkpoints import state as states
from convolens.checkpoints.state import State
from convolens.checkpoints.writer import Writer
from convolens.errors import ArgumentError, WriteError
from convolens.files.atomic import write_error


class BackupAndRestore(Callback):
    """Writes the whole state as the training goes on, and lets `fit` go on from it, as in Keras.

    Unlike in Keras the state is whole: the optimizer, the random generators, the place within the epoch, the sums of
    the metrics, all callbacks and the history. The end is the same, bit for bit, as without the interruption (same
    machine, same number of threads), and `fit` returns the history of all epochs. A state that is damaged is told of, and
    the one before is taken where `double_checkpoint` kept it. Where a state cannot be written (a full disk), it is said,
    and the training goes on. The training waits for the copy of a state, not for its writing, unless the one before is
    not written yet. The form is that of docs/checkpoints.md.

    Args:
        backup_dir: a folder for this alone; it is made.
        save_freq: "epoch", or a number of batches after which a state is written; False writes none.
        double_checkpoint: True keeps the state before the last one too.
        delete_checkpoint: True removes the states when the training has ended; after Ctrl-C they stay.

    Raises:
        ArgumentError: no folder, or another save_freq. WriteError: before the first epoch, a folder that cannot be made.

    Example:
        >>> BackupAndRestore("backup", save_freq=100).save_freq
        100
    """

    def __init__(
        self,
        backup_dir: str | PathLike[str],
        save_freq: str | int | bool = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not fspath(backup_dir):
            raise ArgumentError("BackupAndRestore: backup_dir must name a folder; received ''.")
        self.backup_dir = Path(backup_dir)
        if save_freq != "epoch" and save_freq is not False:
            if isinstance(save_freq, str):
                raise ArgumentError(
                    f"BackupAndRestore: save_freq must be 'epoch', a number of batches, or False; received {save_freq!r}."
                )
            save_freq = integer("BackupAndRestore", "save_freq", save_freq)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.writer = Writer()
        self._spare: State | None = None
        self._batches = 0
        self._epoch = 0

    def resumes_from(self) -> Path | None:
        """Return the folder where it holds a state."""
        return self.backup_dir if self.backup_dir.is_dir() and states.list_states(self.backup_dir) else None

    def on_train_begin(self, logs: Logs = None) -> None:
        self._batches = 0
        if not self.is_writer:
            return
        try:
            self.backup_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(error, self.backup_dir) from error

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        self._epoch = epoch
        self._batches += 1 if batch else 0
        due = batch == 0 if self.save_freq == "epoch" else self._batches >= int(self.save_freq or 0) > 0
        if not due:
            return
        self._batches = 0
        self._hear()
        # in every process: it may need all of them
        state = self._spare = self.model.collect_state(self._spare)
        if not self.is_writer:
            return

        def write() -> None:
            written = states.write_state(self.backup_dir, state)
            states.prune(self.backup_dir, 2 if self.double_checkpoint else 1, written)

        try:
            self.writer.submit(write)
        except WriteError as error:
            self._say_failed(error)

    def _hear(self) -> None:
        """Wait for the state before."""
        try:
            self.writer.wait()
        except WriteError as error:
            self._say_failed(error)

    def _say_failed(self, error: WriteError) -> None:
        print(f"BackupAndRestore: no state was written, training goes on: {error}")

    def on_train_abort(self) -> None:
        self._hear()

    def on_train_end(self, logs: Logs = None) -> None:
        self._hear()
        self._spare = None
        finished = self.model.stop_training or self._epoch >= int(self.params.get("epochs", 0))
        if not (self.is_writer and self.delete_checkpoint and finished and self.backup_dir.is_dir()):
            return
        for place in states.list_states(self.backup_dir):
            shutil.rmtree(place, ignore_errors=True)
        try:
            os.rmdir(self.backup_dir)
        except OSError:  # other things lie in it
            return
