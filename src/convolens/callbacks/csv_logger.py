"""CSVLogger: a row of logs for each epoch in a file that any table program opens."""

import csv
from os import PathLike
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from convolens.callbacks.callback import Callback, Logs
from convolens.errors import WriteError


class CSVLogger(Callback):
    """Writes epoch and logs as CSV, flushed after each epoch.

    Args:
        filename: the file; its folder is made.
        separator: between the columns.
        append: go on with a file that is there (no second header) instead of beginning anew.

    Raises:
        WriteError: the file cannot be written.

    Example:
        >>> CSVLogger("history.csv").separator
        ','
    """

    def __init__(self, filename: str | PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = Path(filename)
        self.separator = separator
        self.append = append
        self.keys: list[str] | None = None
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        header = False
        try:
            self.filename.parent.mkdir(parents=True, exist_ok=True)
            if self.append and self.filename.exists():
                with self.filename.open(newline="") as file:
                    columns = next(csv.reader(file, delimiter=self.separator), [])
                header = bool(columns)
                if header:
                    self.keys = columns[1:]
            self._file = self.filename.open("a" if self.append else "w", newline="")
        except OSError as error:
            raise WriteError(
                f"CSVLogger: cannot write {self.filename} ({error.strerror}); give another filename."
            ) from error
        self._header_written = header

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self._file is None:
            return
        logs = logs or {}
        if self.keys is None:
            names = [
                name for name in self.params.get("metrics") or [] if name in logs or name.startswith("val_")
            ]
            self.keys = [*names, *(name for name in logs if name not in names)]
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        if not self._header_written:
            writer.writerow(["epoch", *self.keys])
            self._header_written = True
        writer.writerow([epoch, *(self._text(logs.get(key)) for key in self.keys)])
        self._file.flush()

    @staticmethod
    def _text(value: Any) -> str:
        if value is None:
            return "NA"
        if isinstance(value, np.ndarray) and value.ndim:
            return "[" + ", ".join(str(item) for item in value.tolist()) + "]"
        return str(float(value)) if not isinstance(value, str) else value

    def on_train_end(self, logs: Logs = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def state_dict(self) -> dict[str, Any]:
        return {"keys": self.keys}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.keys = state["keys"]
        self.append = True
