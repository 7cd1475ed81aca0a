"""EarlyStopping: end the training when a number no longer improves."""

from typing import Any

import numpy as np

from convolens.arguments import integer, number_in
from convolens.callbacks.callback import Logs
from convolens.callbacks.monitor import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops after `patience` epochs without improvement, as `keras.callbacks.EarlyStopping`.

    Where a training that it had stopped goes on for more epochs, the best stays and the waiting begins anew.
    Unlike there, NaN is no improvement, not even as the first value. The state holds plain values and, where
    weights are restored, `best_weights`: a list of arrays.

    Args:
        monitor: the name in the logs to watch.
        min_delta: a smaller change is no improvement.
        patience: epochs without improvement before stopping.
        verbose: 1 prints when it stops and which weights the model has then.
        mode: "min", "max" or "auto".
        baseline: the value that must be reached for an epoch to count as progress.
        restore_best_weights: at the end give the model the weights of the best epoch, also when training ran out.
        start_from_epoch: epochs before it are not watched (counted from 0).

    Example:
        >>> EarlyStopping(patience=3).patience
        3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = integer("EarlyStopping", "patience", patience, minimum=0)
        self.verbose = verbose
        if baseline is not None:
            baseline = number_in("EarlyStopping", "baseline", baseline, float("-inf"), float("inf"))
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = integer("EarlyStopping", "start_from_epoch", start_from_epoch, minimum=0)
        self._reset()

    def _reset(self) -> None:
        self.best: float | None = None
        self.best_epoch = 0
        self.wait = 0
        self.stopped_epoch = 0
        self.best_weights: list[np.ndarray] | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        super().on_train_begin(logs)
        if not self._resumed:
            self._reset()
        if self.stopped_epoch > 0:
            self.wait = 0
        self._resumed, self.stopped_epoch = False, 0

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        value = self.value_in(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.is_better(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.is_better(value, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def state_dict(self) -> dict[str, Any]:
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "wait": self.wait,
            "stopped_epoch": self.stopped_epoch,
            "best_weights": self.best_weights,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.best_epoch, self.wait = state["best"], state["best_epoch"], state["wait"]
        self.stopped_epoch, self.best_weights = state["stopped_epoch"], state["best_weights"]
        self._resumed = True
