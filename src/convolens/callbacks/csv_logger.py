"""CSVLogger: a row of logs for each epoch in a file that any table program opens."""

import csv
import os
import warnings
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from convolens.callbacks.callback import Callback, Logs
from convolens.errors import WriteError


class CSVLogger(Callback):
    """Writes epoch (from 0) and logs as CSV, flushed after each epoch: the same file as Keras'.

    The columns are the sorted names of the first epoch's logs; where none of them is a "val_" name, each has a
    "val_" twin, for epochs with validation yet to come. What an epoch does not have is "NA". A training that goes on
    from a state cuts off what was written after it.

    Args:
        filename: the file; its folder is made.
        separator: one character between the columns.
        append: go on with a file that is there (with its columns, no second header) instead of beginning anew.

    Raises:
        WriteError: before the first epoch, when the file cannot be written. Later (a full disk) it says so once,
            and the training goes on.

    Example:
        >>> CSVLogger("history.csv").separator
        ','
    """

    only_writes = True

    def __init__(self, filename: str | PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = Path(filename)
        self.separator = separator
        self.append = append
        self.keys: list[str] | None = None
        self._resumed = False
        self._bytes: int | None = None
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        self._close()
        append = self.append or self._resumed
        if not self._resumed:
            self.keys = None
        self._resumed = self._header_written = False
        try:
            self.filename.parent.mkdir(parents=True, exist_ok=True)
            if append and self.filename.is_file():  # a pipe has nothing to go on from
                self._cut_off()
                with self.filename.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
                    columns = next(csv.reader(file, delimiter=self.separator), [])
                self._header_written = bool(columns)
                if columns:
                    self.keys = columns[1:]
            self._file = self.filename.open(
                "a" if append else "w", newline="", encoding="utf-8", errors="surrogateescape"
            )
        except OSError as error:
            raise WriteError(
                f"CSVLogger: cannot write {self.filename} ({error.strerror}); give another filename."
            ) from error

    def _cut_off(self) -> None:
        """Take away rows that were written after the state that is gone on from."""
        size, self._bytes = self._bytes, None
        if size is None:
            return
        if self.filename.stat().st_size < size:
            warnings.warn(
                f"CSVLogger: {self.filename} is shorter than when the state was saved ({size} bytes): rows are missing.",
                stacklevel=2,
            )
            return
        os.truncate(self.filename, size)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self._file is None:
            return
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(name.startswith("val_") for name in self.keys):
                self.keys += [f"val_{name}" for name in self.keys]
        writer = csv.writer(self._file, delimiter=self.separator)
        try:
            if not self._header_written:
                writer.writerow(["epoch", *self.keys])
                self._header_written = True
            writer.writerow([epoch, *(self._cell(logs.get(key, "NA")) for key in self.keys)])
            self._file.flush()
        except OSError as error:
            print(
                f"CSVLogger: {self.filename} is not written any further, training goes on: {error.strerror}."
            )
            self._close()

    @staticmethod
    def _cell(value: Any) -> Any:
        if isinstance(value, str) or not isinstance(value, Iterable) or np.ndim(value) == 0:  # type: ignore[arg-type]
            return value
        return f'"[{", ".join(map(str, value))}]"'

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:  # what could not be written was said in on_epoch_end
                return

    def on_train_end(self, logs: Logs = None) -> None:
        self._close()

    def on_train_abort(self) -> None:
        self._close()

    def state_dict(self) -> dict[str, Any]:
        size = self.filename.stat().st_size if self.filename.is_file() else 0
        return {"keys": self.keys, "bytes": size}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.keys, self._bytes = state["keys"], state["bytes"]
        self._resumed = True
