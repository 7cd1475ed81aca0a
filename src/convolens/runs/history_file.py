"""HistoryFile: history.csv, a row for each epoch (from 1): its measures and learning rate; the same run writes the same bytes."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from convolens.callbacks import Callback


class HistoryFile(Callback):
    """Appends a row after each epoch; a row that cannot be written is told of and does not stop the training.

    Args:
        path: of the file.
        warn: told in one line.
    """

    def __init__(self, path: Path, warn: Callable[[str], None] = print) -> None:
        super().__init__()
        self.path, self.warn = path, warn
        self.columns: list[str] | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        row: dict[str, Any] = {"epoch": epoch + 1}
        row |= {name: f"{float(value):.6g}" for name, value in (logs or {}).items()}
        row["learning_rate"] = f"{float(self.model.optimizer.learning_rate):.6g}"
        first = self.columns is None
        self.columns = self.columns or list(row)
        try:
            with self.path.open("w" if first else "a", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, self.columns, extrasaction="ignore", lineterminator="\n")
                if first:
                    writer.writeheader()
                writer.writerow(row)
        except OSError as error:
            self.warn(f"Epoch {epoch + 1}: {self.path} not written ({error.strerror}). Training goes on.")
