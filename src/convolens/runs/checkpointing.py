"""RunCheckpoint: best, last and the whole state after every epoch; a failed write does not stop the training."""

import math
from collections.abc import Callable
from typing import Any

import torch

from convolens.callbacks import Callback
from convolens.checkpoints import state as states
from convolens.errors import WriteError
from convolens.runs.folder import RunFolder
from convolens.runs.model_file import save_weights

KEPT_STATES = 2


class RunCheckpoint(Callback):
    """Writes checkpoints/last, checkpoints/best and checkpoints/state-EEEE-SSSSSS at the end of each epoch.

    Args:
        folder: of the run.
        monitor: the measure that makes an epoch the best, "val_loss" for example.
        mode: "min" or "max".
        warn: told in one line of a checkpoint that could not be written.

    Attributes:
        best_epoch: from 1; None before any epoch had a finite measure.
        best_value: of `monitor` in that epoch.
        failed: how many checkpoints could not be written.
    """

    def __init__(
        self, folder: RunFolder, monitor: str, mode: str, warn: Callable[[str], None] = print
    ) -> None:
        super().__init__()
        self.folder, self.monitor, self.mode, self.warn = folder, monitor, mode, warn
        self.best_epoch: int | None = None
        self.best_value: float | None = None
        self.failed = 0
        self.history: list[dict[str, float]] = []
        self.unsaved_steps = False

    def improved(self, value: float) -> bool:
        """Return whether a measure is better than the best so far; NaN and infinity never are."""
        if not math.isfinite(value):
            return False
        if self.best_value is None:
            return True
        return value < self.best_value if self.mode == "min" else value > self.best_value

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.unsaved_steps = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        self.history.append({"epoch": epoch + 1, **values})
        if not math.isfinite(values.get("loss", 0.0)):
            return  # weights that are not numbers replace nothing
        value = values[self.monitor]
        better = self.improved(value)
        if better:
            self.best_epoch, self.best_value = epoch + 1, value
        module = self.model.module
        try:
            save_weights(module, self.folder.last)
            if better:
                save_weights(module, self.folder.best)
            self._write_state(epoch + 1)
            self.unsaved_steps = False
        except WriteError as error:
            self.failed += 1
            self.warn(f"Epoch {epoch + 1}: checkpoint not written: {error} Training goes on.")

    def on_train_end(self, logs: Any = None) -> None:
        """Keep the steps of an epoch that was cut short (Ctrl-C)."""
        if not self.unsaved_steps or not all(
            bool(torch.isfinite(p).all()) for p in self.model.module.parameters()
        ):
            return
        try:
            save_weights(self.model.module, self.folder.last)
            if self.best_epoch is None:
                save_weights(self.model.module, self.folder.best)
            self.unsaved_steps = False
        except WriteError as error:
            self.failed += 1
            self.warn(f"The last checkpoint was not written: {error}")

    def state_dict(self) -> dict[str, Any]:
        return {"best_epoch": self.best_epoch, "best_value": self.best_value, "history": self.history}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best_epoch, self.best_value = state["best_epoch"], state["best_value"]
        self.history = list(state["history"])

    def _write_state(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        tensors = {f"model.{name}": tensor for name, tensor in self.model.module.state_dict().items()}
        values: dict[str, Any] = {}
        for name, value in flatten(optimizer.state_dict(), "optimizer").items():
            (tensors if isinstance(value, torch.Tensor) else values)[name] = value
        tensors["random.torch"] = torch.random.get_rng_state()
        if torch.cuda.is_available():
            tensors["random.cuda"] = torch.cuda.get_rng_state()
        state = {
            "epoch": epoch,
            "step": optimizer.iterations,
            "optimizer": values,
            "checkpoint": self.state_dict(),
            "threads": torch.get_num_threads(),
        }
        states.write_state(self.folder.checkpoints, epoch, optimizer.iterations, tensors, state)
        states.prune(self.folder.checkpoints, KEPT_STATES)


def flatten(value: Any, name: str) -> dict[str, Any]:
    """Return nested dicts and lists as one dict with dotted names.

    Example:
        >>> flatten({"a": [1, {"b": 2}]}, "x")
        {'x.a.0': 1, 'x.a.1.b': 2}
    """
    if isinstance(value, dict):
        pairs = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        pairs = [(str(place), item) for place, item in enumerate(value)]
    else:
        return {name: value}
    found: dict[str, Any] = {}
    for key, item in pairs:
        found |= flatten(item, f"{name}.{key}")
    return found
