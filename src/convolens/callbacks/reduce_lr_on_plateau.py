"""ReduceLROnPlateau: a smaller learning rate when a number no longer improves."""

from typing import Any

from convolens.arguments import integer, number_in
from convolens.callbacks.callback import Logs
from convolens.callbacks.monitor import MonitorCallback
from convolens.errors import ArgumentError


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by `factor` after `patience` epochs without improvement, as in Keras.

    Adds "learning_rate", the rate the epoch was trained with, to the epoch's logs. NaN is no improvement.

    Args:
        monitor: the name in the logs to watch.
        factor: below 1.
        patience: epochs without improvement before the rate falls.
        verbose: 1 prints a line when it does.
        mode: "min", "max" or "auto".
        min_delta: a smaller change is no improvement.
        cooldown: epochs to wait after the rate fell.
        min_lr: the rate does not fall below it.
        epsilon: Keras 1's word for `min_delta`.

    Raises:
        ArgumentError: an argument out of range.

    Example:
        >>> ReduceLROnPlateau(factor=0.5).factor
        0.5
    """

    reports = ("learning_rate",)

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        epsilon: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, min_delta if epsilon is None else epsilon)
        if factor >= 1.0:
            raise ArgumentError(f"ReduceLROnPlateau: factor must be below 1; received {factor!r}.")
        self.factor = number_in("ReduceLROnPlateau", "factor", factor, 0.0, 1.0)
        self.patience = integer("ReduceLROnPlateau", "patience", patience, minimum=0)
        self.verbose = verbose
        self.cooldown = integer("ReduceLROnPlateau", "cooldown", cooldown, minimum=0)
        self.min_lr = number_in("ReduceLROnPlateau", "min_lr", min_lr, 0.0, float("inf"))
        self._reset()

    def _reset(self) -> None:
        self.best: float | None = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs = None) -> None:
        super().on_train_begin(logs)
        if not self._resumed:
            self._reset()
        self._resumed = False

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if isinstance(logs, dict):
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        value = self.value_in(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_better(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            rate = float(self.model.optimizer.learning_rate)
            if self.wait >= self.patience and rate > self.min_lr:
                rate = max(rate * self.factor, self.min_lr)
                self.model.optimizer.learning_rate = rate
                if self.verbose > 0:
                    print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate:g}.")
                self.cooldown_counter, self.wait = self.cooldown, 0

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.wait = state["best"], state["wait"]
        self.cooldown_counter = state["cooldown_counter"]
        self._resumed = True
