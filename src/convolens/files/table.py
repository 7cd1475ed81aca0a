"""A table as CSV, whole or not at all."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from convolens.files.atomic import atomic_path


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_csv(Path(folder) / "a.csv", ["path", "label"], [["1.jpg", "cat"]])
        ...     (Path(folder) / "a.csv").read_text()
        'path,label\\n1.jpg,cat\\n'
    """
    with (
        atomic_path(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        plain = csv.writer(file, lineterminator="\n")
        quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        plain.writerow(columns)
        for row in rows:  # the csv module itself leaves a lone carriage return bare, and then cannot read it
            (quoted if any("\r" in str(cell) for cell in row) else plain).writerow(row)
