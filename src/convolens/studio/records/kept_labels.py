"""KeptLabels: labels that somebody looked at and found right, in a plain file, by the photos' content; they are no suspects any more."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convolens.errors import CheckpointError, MissingFileError
from convolens.files.plain_json import read, write_json

FORMAT = 1
NAME = "kept-labels.json"


@dataclass(frozen=True)
class KeptLabels:
    """The labels that were found right.

    Args:
        state: gives the folder that the file lies in, made where it is not there.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     kept = KeptLabels(lambda: Path(place))
        ...     kept.keep([("1f", "cats", "cats/1.jpg")])
        ...     ("1f", "cats") in kept.all(), ("1f", "dogs") in kept.all()
        (True, False)
    """

    state: Callable[[], Path]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def all(self) -> set[tuple[str, str]]:
        """Return (SHA-256 of the file, label) of each.

        Raises:
            CheckpointError: the file is damaged.
        """
        return {(str(row["sha256"]), str(row["label"])) for row in _rows(self.state() / NAME)}

    def keep(self, found: Iterable[tuple[str, str, str]]) -> None:
        """Note labels: (SHA-256, label, name of the file); a photo whose label changes later is looked at again.

        Raises:
            CheckpointError: the file is damaged. WriteError: it cannot be written.
        """
        with self._lock:
            path = self.state() / NAME
            rows = {(row["sha256"], row["label"]): row for row in _rows(path)}
            for content, label, name in found:
                rows[content, label] = {"sha256": content, "label": label, "photo": name}
            _write(path, list(rows.values()))

    def forget(self, found: Iterable[tuple[str, str]]) -> None:
        """Take labels out again.

        Raises:
            CheckpointError: the file is damaged. WriteError: it cannot be written.
        """
        gone = set(found)
        with self._lock:
            path = self.state() / NAME
            _write(path, [row for row in _rows(path) if (row["sha256"], row["label"]) not in gone])


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        values = read(path)
    except MissingFileError:
        return []
    try:
        rows = values["kept"]
        if values["format"] != FORMAT or not all({"sha256", "label"} <= row.keys() for row in rows):
            raise ValueError("format")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: damaged, or of another version; move it away, and labels that were kept are looked at again."
        ) from error
    return list(rows)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    write_json(path, {"format": FORMAT, "kept": rows})
