"""ModelCheckpoint: save the model as it is trained, always or when it is better than before."""

import string
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from convolens.arguments import integer
from convolens.callbacks.callback import Logs
from convolens.callbacks.monitor import MonitorCallback
from convolens.errors import ArgumentError, WriteError

SUFFIXES = (".h5", ".hdf5", ".keras", ".safetensors")


class ModelCheckpoint(MonitorCallback):
    """Saves weights or the whole model after epochs or steps, as `keras.callbacks.ModelCheckpoint`.

    Args:
        filepath: may hold the epoch (from 1) and names of the logs: "weights.{epoch:02d}-{val_loss:.2f}.hdf5".
            The ending chooses the form: .h5 / .hdf5 (Keras' HDF5), .keras, .safetensors (weights).
        monitor: the name in the logs that decides what is best.
        verbose: 1 prints a line for each decision.
        save_best_only: save only when `monitor` improved; NaN never does, a tie does not.
        save_weights_only: leave the architecture out (.safetensors always does).
        mode: "min", "max" or "auto".
        save_freq: "epoch", or a number of training steps.
        initial_value_threshold: the value that the first one must improve on.

    Raises:
        ArgumentError: another file ending, or a bad `save_freq`.
        UnknownNameError: before the first epoch, when the template or `monitor` names what will not be reported.
        WriteError: before the first epoch, when the folder cannot be written.

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
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = fspath(filepath)
        if not self.filepath.endswith(SUFFIXES):
            raise ArgumentError(
                f"ModelCheckpoint: filepath must end in {', '.join(SUFFIXES)}; received {self.filepath!r}."
            )
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only or self.filepath.endswith(".safetensors")
        if save_freq != "epoch":
            save_freq = integer("ModelCheckpoint", "save_freq", save_freq)
        self.save_freq = save_freq
        self.best: float | None = initial_value_threshold
        self.last_saved: str | None = None
        self._steps = 0
        self._epoch = 0

    def _template_names(self) -> list[str]:
        parts = string.Formatter().parse(self.filepath)
        return [name for _, name, _, _ in parts if name and name not in ("epoch", "batch")]

    def on_train_begin(self, logs: Logs = None) -> None:
        self.check_names(self._template_names(), f"filepath {self.filepath!r}")
        if self.save_best_only:
            self.check_names([self.monitor])
        folder = Path(self.filepath.split("{")[0] + "x").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(
                f"ModelCheckpoint: cannot make folder {folder} ({error.strerror}); give another filepath."
            ) from error

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
        if self.save_freq == "epoch":
            self._decide(epoch, logs)

    def _path(self, epoch: int, logs: Logs, batch: int | None) -> str:
        values = dict(logs or {}) | {"epoch": epoch + 1}
        if batch is not None:
            values["batch"] = batch + 1
        try:
            return self.filepath.format(**values)
        except (KeyError, ValueError) as error:
            raise ArgumentError(
                f"ModelCheckpoint: filepath {self.filepath!r} cannot be filled in: {error!r}; "
                f"there are {', '.join(values)}."
            ) from error

    def _say(self, line: str) -> None:
        if self.verbose > 0:
            print(line)

    def _decide(self, epoch: int, logs: Logs, batch: int | None = None) -> None:
        path = self._path(epoch, logs, batch)
        if not self.save_best_only:
            self._say(f"\nEpoch {epoch + 1}: saving model to {path}")
            self._save(path)
            return
        value = self.value_in(logs)
        if value is None:
            return
        if not self.is_better(value, self.best):
            best = "inf" if self.best is None else f"{self.best:.5f}"
            self._say(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {best}")
            return
        before = ("-inf" if self.larger else "inf") if self.best is None else f"{self.best:.5f}"
        self._say(
            f"\nEpoch {epoch + 1}: {self.monitor} improved from {before} to {value:.5f}, saving model to {path}"
        )
        if self._save(path):
            self.best = value

    def _save(self, path: str) -> bool:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            if self.save_weights_only:
                self.model.save_weights(path)
            else:
                self.model.save(path)
        except OSError as error:
            print(f"ModelCheckpoint: {path} was not saved, training goes on: {error}")
            return False
        self.last_saved = path
        return True

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "steps": self._steps, "last_saved": self.last_saved}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self._steps, self.last_saved = state["best"], state["steps"], state["last_saved"]
