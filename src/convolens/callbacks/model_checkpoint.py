"""ModelCheckpoint: save the model as it is trained, always or when it is better than before."""

import os
import string
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from convolens.arguments import did_you_mean, integer, number_in
from convolens.callbacks.callback import Logs
from convolens.callbacks.monitor import MonitorCallback
from convolens.callbacks.older.names import name_in
from convolens.checkpoints.old_names import is_old_name
from convolens.errors import ArgumentError, WriteError

SUFFIXES = (".h5", ".hdf5", ".keras", ".safetensors")
WEIGHTS_ONLY = (".weights.h5", ".safetensors")


class ModelCheckpoint(MonitorCallback):
    """Saves weights or the whole model after epochs or steps, as `keras.callbacks.ModelCheckpoint`.

    A file that cannot be written in the course of the training is said, and the training goes on; the best before
    stays the best. Unlike in Keras, NaN is no improvement, and an epoch without `monitor` is not saved as the best.

    Args:
        filepath: may hold the epoch (from 1) and names of the logs: "weights.{epoch:02d}-{val_loss:.2f}.hdf5"; with
            `save_freq` in steps, the batch (from 1) too. The ending chooses the form: .h5 / .hdf5 (Keras' HDF5),
            .keras, .weights.h5 and .safetensors (weights). A name without an ending, or in .ckpt or .model, is of Keras' HDF5
            form, as it was for Keras 1 and 2.
        monitor: the name in the logs that decides what is best.
        verbose: 1 prints a line for each decision.
        save_best_only: save only when `monitor` improved; a tie is no improvement.
        save_weights_only: leave the architecture out (.weights.h5 and .safetensors always do).
        mode: "min", "max" or "auto".
        save_freq: "epoch", or a number of training steps.
        initial_value_threshold: the value that the first one must improve on.
        period: Keras 1's and 2's word: save after every so many epochs.
        options: accepted, as in TensorFlow.

    Raises:
        ArgumentError: another file ending, a malformed template, or a bad `save_freq`.
        UnknownNameError: before the first epoch, when the template or `monitor` names what will not be reported.
        WriteError: before the first epoch, when the folder cannot be made or written.

    Example:
        >>> ModelCheckpoint("best.safetensors", monitor="val_loss", save_best_only=True).larger
        False
    """

    def __init__(
        self,
        filepath: str | PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        period: int = 1,
        options: Any = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = fspath(filepath)
        if not self.filepath.endswith(SUFFIXES) and not is_old_name(self.filepath):
            raise ArgumentError(
                f"ModelCheckpoint: filepath must end in {', '.join(SUFFIXES)}; received {self.filepath!r}."
                + did_you_mean(Path(self.filepath).suffix, SUFFIXES)
            )
        if save_weights_only and self.filepath.endswith(".keras"):
            raise ArgumentError(
                f"ModelCheckpoint: a .keras file holds a whole model; received {self.filepath!r} with "
                "save_weights_only=True. End it in .weights.h5, or leave save_weights_only out."
            )
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only or self.filepath.endswith(WEIGHTS_ONLY)
        if isinstance(save_freq, str) and save_freq != "epoch":
            raise ArgumentError(
                f"ModelCheckpoint: save_freq must be 'epoch' or a number of steps; received {save_freq!r}."
            )
        self.save_freq = (
            save_freq if save_freq == "epoch" else integer("ModelCheckpoint", "save_freq", save_freq)
        )
        self.period = integer("ModelCheckpoint", "period", period)
        self._names = self._template_names()
        if initial_value_threshold is not None:
            initial_value_threshold = number_in(
                "ModelCheckpoint",
                "initial_value_threshold",
                initial_value_threshold,
                float("-inf"),
                float("inf"),
            )
        self.best: float | None = initial_value_threshold
        self.last_saved: str | None = None
        self.best_epoch: int | None = None  # from 1, of what was saved as the best
        self._steps = 0  # or epochs, with save_freq="epoch"
        self._epoch = 0

    def _template_names(self) -> list[str]:
        """Return the names of the logs in the template."""
        try:
            found = [name for _, name, _, _ in string.Formatter().parse(self.filepath) if name is not None]
        except ValueError as error:
            raise ArgumentError(
                f"ModelCheckpoint: filepath {self.filepath!r} is malformed ({error}); write names in braces: "
                "'{epoch:02d}', and braces themselves doubled."
            ) from error
        own = ["epoch"] if self.save_freq == "epoch" else ["epoch", "batch"]
        for name in found:
            if not name.isidentifier() or (name == "batch" and name not in own):
                raise ArgumentError(
                    f"ModelCheckpoint: filepath {self.filepath!r} holds {{{name}}}; with save_freq="
                    f"{self.save_freq!r} there are {', '.join(own)} and the names of the logs."
                )
        return [name for name in found if name not in own]

    def _known(self, name: str) -> str:
        """Return what the logs call a name in the template."""
        return name_in(self.params.get("metrics") or (), name)

    def on_train_begin(self, logs: Logs = None) -> None:
        self.settle_name()
        self.check_names([self._known(name) for name in self._names], f"filepath {self.filepath!r}")
        if self.save_best_only:
            self.check_names([self.monitor])
            self.find_direction()
        if not self.is_writer:
            return
        folder = Path(self.filepath.split("{")[0] + "x").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(
                f"ModelCheckpoint: cannot make folder {folder} ({error.strerror}); give another filepath."
            ) from error
        if not os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise WriteError(
                f"ModelCheckpoint: folder {folder} may not be written; change its permissions, or give another "
                "filepath."
            )

    def check_names(self, names: list[str], argument: str = "monitor") -> None:
        """Check that the logs will have these names when a file is saved.

        Raises:
            UnknownNameError: the training will not report one of them.
            ArgumentError: one is known after an epoch only, and batches are saved.
        """
        super().check_names(names, argument)
        for name in names:
            if self.save_freq != "epoch" and name.startswith("val_"):
                raise ArgumentError(
                    f"ModelCheckpoint: {argument} names {name!r}, which is known after an epoch only, not every "
                    f"{self.save_freq} steps; give save_freq='epoch', or {name.removeprefix('val_')!r}."
                )

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.save_freq == "epoch":
            return
        self._steps += 1
        if self._steps >= int(self.save_freq):
            self._steps = 0
            self._decide(self._epoch, logs, batch)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.save_freq != "epoch":
            return
        self._steps += 1
        if self._steps >= self.period:
            self._steps = 0
            self._decide(epoch, logs)

    def _path(self, epoch: int, logs: Logs, batch: int | None) -> str:
        values = dict(logs or {}) | {"epoch": epoch + 1}
        values |= {name: values[self._known(name)] for name in self._names if self._known(name) in values}
        if batch is not None:
            values["batch"] = batch + 1
        try:
            return self.filepath.format(**values)
        except (KeyError, ValueError, TypeError) as error:
            raise ArgumentError(
                f"ModelCheckpoint: filepath {self.filepath!r} cannot be filled in: {error!r}; "
                f"there are {', '.join(values)}."
            ) from error

    def _say(self, line: str) -> None:
        if self.verbose > 0 and self.is_writer:
            print(line)

    def _decide(self, epoch: int, logs: Logs, batch: int | None = None) -> None:
        if not self.save_best_only:
            path = self._path(epoch, logs, batch)
            self._say(f"\nEpoch {epoch + 1}: saving model to {path}")
            self._save(path)
            return
        value = self.value_in(logs)
        if value is None:
            return
        before = ("-inf" if self.larger else "inf") if self.best is None else f"{self.best:.5f}"
        if not self.is_better(value, self.best):
            self._say(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {before}")
            return
        path = self._path(epoch, logs, batch)
        self._say(
            f"\nEpoch {epoch + 1}: {self.monitor} improved from {before} to {value:.5f}, saving model to {path}"
        )
        if self._save(path):
            self.best, self.best_epoch = value, epoch + 1

    def best_file(self) -> Path | None:
        """Return the file of the best weights; None where none was saved, or where every epoch is saved."""
        return Path(self.last_saved) if self.save_best_only and self.last_saved is not None else None

    def _save(self, path: str) -> bool:
        try:
            if self.is_writer:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                save = self.model.save_weights if self.save_weights_only else self.model.save
                save(path)
        except OSError as error:
            print(f"ModelCheckpoint: {path} was not saved, training goes on: {error}")
            return False
        self.last_saved = path
        return True

    def state_dict(self) -> dict[str, Any]:
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "steps": self._steps,
            "last_saved": self.last_saved,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self._steps, self.last_saved = state["steps"], state["last_saved"]
