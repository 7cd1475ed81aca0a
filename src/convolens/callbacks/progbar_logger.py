"""ProgbarLogger: the progress of training on the terminal, drawn by rich."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from convolens.callbacks.callback import Callback, Logs

UPDATE_SECONDS = 0.2  # reading the logs waits for the device: not at every step


def describe(logs: Mapping[str, Any]) -> str:
    """Return logs as one line.

    Example:
        >>> describe({"loss": 0.51234, "accuracy": 0.75})
        'loss: 0.5123 - accuracy: 0.7500'
    """
    parts = []
    for name, value in logs.items():
        if np.ndim(value) or value is None:
            continue
        if isinstance(value, str):
            parts.append(f"{name}: {value}")
            continue
        number = float(value)
        parts.append(
            f"{name}: {number:.4f}" if abs(number) > 1e-3 or number == 0 else f"{name}: {number:.4e}"
        )
    return " - ".join(parts)


def describe_resume(logs: Mapping[str, Any]) -> str:
    """Return what was restored as one line; `logs` as `Callback.on_train_resume` gets them.

    Example:
        >>> describe_resume({"place": "b/state-0002-000012", "epoch": 2, "batch": 2, "step": 12, "learning_rate": 0.01,
        ...                  "best": {"val_loss": 0.25}})
        'Going on from b/state-0002-000012: 2 epochs and 2 batches done (12 steps), best val_loss 0.2500, learning rate 0.01.'
    """
    done = f"{logs['epoch']} epoch{'s' * (logs['epoch'] != 1)}"
    if logs["batch"]:
        done += f" and {logs['batch']} batch{'es' * (logs['batch'] != 1)}"
    best = "".join(f"best {name} {value:.4f}, " for name, value in logs["best"].items())
    return (
        f"Going on from {logs['place']}: {done} done ({logs['step']} steps), {best}"
        f"learning rate {logs['learning_rate']:.6g}."
    )


class ProgbarLogger(Callback):
    """A bar with loss, metrics and time left while an epoch runs, and a line for each finished epoch.

    `params["verbose"]`: 0 nothing, 1 bar and line, 2 line only. Where the output is no terminal there is no bar.

    Args:
        console: rich's console; None is standard output, as is Keras 2's first argument ("steps").
        count_mode, stateful_metrics: accepted.
    """

    only_writes = True

    def __init__(
        self, console: Console | str | None = None, stateful_metrics: Any = None, count_mode: Any = None
    ) -> None:
        super().__init__()
        self.console = None if isinstance(console, str) else console
        self._progress: Progress | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        if self.console is None:
            self.console = Console(highlight=False, soft_wrap=True)
        self.verbose = self.params.get("verbose", 1)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._start = time.monotonic()
        self._steps = self._before = 0
        self._updated = self._start
        if self.verbose != 1 or self.console is None or not self.console.is_terminal:
            return
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[logs]}"),
            console=self.console,
            transient=True,
        )
        name = f"Epoch {epoch + 1}/{self.params.get('epochs', '?')}"
        self._task = self._progress.add_task(name, total=self.params.get("steps"), logs="")
        self._progress.start()

    def on_train_resume(self, logs: Logs = None) -> None:
        if self.verbose and self.console is not None:
            self.console.print(describe_resume(logs or {}), markup=False, soft_wrap=True)

    def on_epoch_resume(self, epoch: int, batch: int) -> None:
        self.on_epoch_begin(epoch)
        if self._progress is not None:
            self._progress.update(self._task, completed=batch)
        self._steps = batch
        self._before = batch

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._steps += 1
        now = time.monotonic()
        if self._progress is not None and now - self._updated > UPDATE_SECONDS:
            self._updated = now
            self._progress.update(self._task, completed=self._steps, logs=describe(logs or {}))

    def _stop_bar(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._stop_bar()
        if not self.verbose or self.console is None:
            return
        seconds = time.monotonic() - self._start
        pace = f"{1000 * seconds / max(self._steps - self._before, 1):.0f}ms/step"
        self.console.print(
            f"Epoch {epoch + 1}/{self.params.get('epochs', '?')} - {self._steps} steps - {seconds:.1f}s "
            f"{pace} - {describe(logs or {})}",
            markup=False,
            soft_wrap=True,
        )

    def on_train_end(self, logs: Logs = None) -> None:
        self._stop_bar()

    def on_train_abort(self) -> None:
        self._stop_bar()
