"""History: what `fit` returns, the logs of every epoch."""

from typing import Any

import numpy as np

from convolens.callbacks.callback import Callback, Logs
from convolens.callbacks.older.names import NamedLogs


class History(Callback):
    """Collects each epoch's logs, also what callbacks before it added to them.

    Attributes:
        history: name -> list of one value an epoch; `history["acc"]` finds "accuracy" too, and the reverse.
        epoch: the epochs' numbers, from 0.
        interrupted: True when Ctrl-C ended the training.

    Example:
        >>> history = History()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.history
        {'loss': [0.5]}
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = NamedLogs()
        self.epoch: list[int] = []
        self.interrupted = False

    def on_train_begin(self, logs: Logs = None) -> None:
        self.interrupted = False

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def state_dict(self) -> dict[str, Any]:
        return {
            "history": {name: [_plain(value) for value in values] for name, values in self.history.items()},
            "epoch": list(self.epoch),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.history = NamedLogs(
            (name, [np.asarray(value) if isinstance(value, list) else value for value in values])
            for name, values in state["history"].items()
        )
        self.epoch = list(state["epoch"])


def _plain(value: Any) -> Any:
    """Return a number or array as JSON holds it: a metric with a value for each class becomes a list."""
    return value.tolist() if hasattr(value, "tolist") else value
