"""HistoryFile: history.csv, a row for each epoch (from 1): its measures and learning rate; the same run writes the same bytes."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from convolens.callbacks import Callback
from convolens.runs.output.tables import write_csv


class HistoryFile(Callback):
    """Appends a row after each epoch; a row that cannot be written is told of and does not stop the training.

    A training that goes on from a state first writes the file anew, as it was then.

    Args:
        path: of the file.
        warn: told in one line.
        stage_of: returns which stage of a fine-tuning, or leg of a learning on, an epoch (from 0) belongs to, for a column of its
            own; None where there are none.
        first: measures of an answer from before the training: a row for epoch 0.
    """

    only_writes = True

    def __init__(
        self,
        path: Path,
        warn: Callable[[str], None] = print,
        stage_of: Callable[[int], int] | None = None,
        first: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__()
        self.path, self.warn, self.stage_of = path, warn, stage_of
        self.columns: list[str] = []
        self.rows: list[list[str]] = []
        if first is not None:
            row = {"epoch": "0"} | {name: f"{value:.6g}" for name, value in first.items()}
            row |= {"learning_rate": ""} | ({} if stage_of is None else {"stage": "0"})
            self.columns, self.rows = list(row), [list(row.values())]

    def on_train_begin(self, logs: Any = None) -> None:
        try:
            if self.rows:
                write_csv(self.path, self.columns, self.rows)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            self.warn(f"{self.path} not written ({error.strerror or error}). Training goes on.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        row = {"epoch": str(epoch + 1)}
        row |= {name: f"{float(value):.6g}" for name, value in (logs or {}).items()}
        row["learning_rate"] = f"{float(self.model.optimizer.learning_rate):.6g}"
        if self.stage_of is not None:
            row["stage"] = str(self.stage_of(epoch))
        first = not self.rows
        self.columns = self.columns or list(row)
        self.rows.append([row.get(name, "") for name in self.columns])
        try:
            with self.path.open("w" if first else "a", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                if first:
                    writer.writerow(self.columns)
                writer.writerow(self.rows[-1])
        except OSError as error:
            self.warn(f"Epoch {epoch + 1}: {self.path} not written ({error.strerror}). Training goes on.")

    def state_dict(self) -> dict[str, Any]:
        return {"columns": self.columns, "rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.columns, self.rows = list(state["columns"]), list(state["rows"])
