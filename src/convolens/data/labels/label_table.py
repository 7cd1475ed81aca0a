"""read_label_table: the labels of the photos of a folder from a CSV file; every row that is wrong is named."""

import csv
import os
import posixpath
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.arguments import did_you_mean
from convolens.data.folders.folder import check_folder, files_below, from_root, is_image_file
from convolens.data.folders.names import FileNames, Spellings
from convolens.data.labels.multi_label import SEPARATORS, MultiLabelFolder
from convolens.errors import DataError, MissingFileError

PATH, LABELS = "path", ("labels", "label")
TOLD = 3  # bad rows in a message
_YES, _NO = ("1", "1.0", "true"), ("0", "0.0", "false")

Row = tuple[int, str, frozenset[str]]  # number in the file, path, labels


def read_label_table(
    table: str | PathLike[str], root: str | PathLike[str], class_names: Sequence[str] | None = None
) -> MultiLabelFolder:
    """Return the photos that a CSV file names, with their labels.

    Args:
        table: in UTF-8, its first row the names of the columns: `path` (from `root`), and `labels` with any number of names
            parted by ";" or "|"; or, where there is no such column, a column of 0 and 1 for each class.
        root: the folder of the photos, searched through; those that the table does not name are left out.
        class_names: the classes there have to be, in this order; None takes those that the table names, sorted.

    Raises:
        MissingFileError: no such file or folder.
        DataError: not CSV in UTF-8, no column `path`, no class; or rows that are wrong: the first three are told, by number.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as data:
        ...     _ = Path(data, "1.jpg").write_bytes(b"not looked into")
        ...     _ = Path(data, "labels.csv").write_text("path,labels\\n1.jpg,cat;dog\\n")
        ...     read_label_table(Path(data, "labels.csv"), data).class_names
        ('cat', 'dog')
    """
    folder, file = check_folder(root), Path(table)
    header, cells = _read(file)
    bad: list[str] = []
    rows, columns = _rows(file, header, cells, bad)
    told = _parted_otherwise(file, {label for _, _, labels in rows for label in labels})
    named = Spellings(sorted({name for _, _, labels in rows for name in labels} | set(columns)))
    names = named.names() if class_names is None else tuple(class_names)
    known = Spellings(names)
    rows = [
        (number, path, frozenset(known.find(name) or name for name in labels))
        for number, path, labels in rows
    ]
    columns = [known.find(name) or name for name in columns]
    _check_names(file, rows, columns, names, class_names is not None, bad)
    photos = _photos(folder, rows, bad)
    if bad:
        more = f"; and {len(bad) - TOLD} more rows" if len(bad) > TOLD else ""
        raise DataError(f"{file}: {'; '.join(bad[:TOLD])}{more}. Correct the table.")
    if not photos:
        raise DataError(f"{file}: names no photo; give a row for each, path and labels.")
    numbers = {name: place for place, name in enumerate(names)}
    paths = sorted(photos)
    matrix = np.zeros((len(paths), len(names)), np.float32)
    for row, path in zip(matrix, paths, strict=True):
        row[[numbers[name] for name in photos[path][1]]] = 1
    notes = (
        *_notes(folder, file, paths, matrix, repeated=len(rows) - len(paths)),
        *named.told("labels"),
        *told,
    )
    return MultiLabelFolder(folder, tuple(Path(path) for path in paths), matrix, names, {}, notes)


def _read(table: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names of the columns, and the rows that are not empty with their numbers; the header is row 1."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            rows = list(enumerate(csv.reader(file, strict=True), 1))
    except FileNotFoundError as error:
        raise MissingFileError(f"--labels: {table}: no such CSV file.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"--labels: {table} cannot be read as CSV in UTF-8 ({error}).") from error
    rows = [(number, [cell.strip() for cell in row]) for number, row in rows if any(map(str.strip, row))]
    if not rows:
        raise DataError(f"--labels: {table} is empty; its first row is path,labels.")
    header = rows[0][1]
    if PATH not in map(str.casefold, header):
        parted = " Its columns must be parted by commas." if len(header) == 1 and ";" in header[0] else ""
        raise DataError(
            f"--labels: {table} has no column 'path'; its columns are {', '.join(map(repr, header))}."
            f"{did_you_mean(PATH, header)}{parted}"
        )
    return header, rows[1:]


def _rows(
    table: Path, header: list[str], cells: list[tuple[int, list[str]]], bad: list[str]
) -> tuple[list[Row], list[str]]:
    """Return path and labels of each row, and the classes that are columns; what is wrong goes into `bad`."""
    folded = [name.casefold() for name in header]
    where = folded.index(PATH)
    joined = next((folded.index(name) for name in LABELS if name in folded), None)
    classes = {} if joined is not None else {i: name for i, name in enumerate(header) if i != where}
    if joined is None and (
        not classes or "" in classes.values() or len(set(classes.values())) < len(classes)
    ):
        raise DataError(
            f"--labels: {table} needs a column 'labels', or a column of 0 and 1 named after each class; its columns are "
            f"{', '.join(map(repr, header))}."
        )
    rows: list[Row] = []
    for number, row in cells:
        if len(row) != len(header):
            bad.append(f"row {number}: {len(row)} cells where the first row has {len(header)}")
            continue
        if joined is not None:
            texts = row[joined].replace(SEPARATORS[1], SEPARATORS[0]).split(SEPARATORS[0])
            rows.append((number, row[where], frozenset(text.strip() for text in texts if text.strip())))
            continue
        wrong = [name for i, name in classes.items() if row[i].casefold() not in (*_YES, *_NO)]
        if wrong:
            place = header.index(wrong[0])
            bad.append(f"row {number}: column {wrong[0]!r} holds {row[place]!r}, expected 0 or 1")
            continue
        there = frozenset(name for i, name in classes.items() if row[i].casefold() in _YES)
        rows.append((number, row[where], there))
    return rows, list(classes.values())


def _parted_otherwise(table: Path, labels: set[str]) -> list[str]:
    """Return a line where labels may be several that something else than `SEPARATORS` parts.

    Raises:
        DataError: they surely are: a comma stands in one, and what stands beside it is a label of its own.
    """
    how = f"several labels of a photo are parted by {' or '.join(SEPARATORS)}"
    for sign, name in (",", "a comma"), ("+", "a plus"), (" ", "a blank"):
        joined = {label: [part.strip() for part in label.split(sign)] for label in labels if sign in label}
        whole = next((label for label in sorted(joined) if labels.intersection(joined[label])), None)
        example = whole or next(iter(sorted(joined)), "")
        said = f"{table}: {example!r} is read as one label, with {name} in it; {how}: {SEPARATORS[0].join(joined.get(example, []))}"
        if whole is not None and sign == ",":
            raise DataError(f"{said}. Correct the table, or give a column of 0 and 1 for each class.")
        if whole is not None or (joined and sign == ","):
            return [said]
    return []


def _check_names(
    table: Path, rows: list[Row], columns: list[str], names: tuple[str, ...], given: bool, bad: list[str]
) -> None:
    """Note rows with a label that is no class, or that cannot be a class's name."""
    if given and columns and set(columns) != set(names):
        other = next((name for name in columns if name not in names), None)
        said = (
            f"column {other!r} is not one of them.{did_you_mean(other, names)}"
            if other is not None
            else f"there is no column for {', '.join(repr(name) for name in names if name not in columns)}."
        )
        raise DataError(f"{table}: the classes are {', '.join(names)}; {said}")
    for number, _, labels in rows:
        for name in sorted(labels):
            if given and name not in names:
                near = did_you_mean(name, names).strip()
                bad.append(
                    f"row {number}: label {name!r} is not one of the classes {', '.join(names)}"
                    + (f" ({near})" if near else "")
                )
            elif not given and (name in (".", "..") or any(sign in name for sign in "/\\\0")):
                bad.append(f"row {number}: {name!r} cannot be the name of a class (it is no folder name)")


def _photos(root: Path, rows: list[Row], bad: list[str]) -> dict[str, tuple[int, frozenset[str]]]:
    """Return path -> number of its row and labels; rows without a photo, or that say something else again, go into `bad`."""
    photos: dict[str, tuple[int, frozenset[str]]] = {}
    files = FileNames(root)
    for number, given, labels in rows:
        path = posixpath.normpath(from_root(given, root)) if given else ""
        path = (files.find(path) or path) if path else ""
        if not path:
            bad.append(f"row {number}: the path is empty")
        elif path.startswith(("../", "/")) or path == ".." or os.path.isabs(path):
            bad.append(f"row {number}: {given!r} does not lie in {root}")
        elif not (root / path).is_file():
            bad.append(f"row {number}: {given!r} is not in {root}")
        elif not is_image_file(root / path):
            bad.append(f"row {number}: {given!r} is not named as an image")
        elif photos.setdefault(path, (number, labels))[1] != labels:
            before, others = photos[path]
            bad.append(
                f"row {number}: {given!r} has the labels {_text(labels)} here and {_text(others)} in row {before}"
            )
    return photos


def _text(labels: frozenset[str]) -> str:
    return repr(";".join(sorted(labels)))


def _notes(root: Path, table: Path, paths: list[str], matrix: np.ndarray, repeated: int) -> tuple[str, ...]:
    each = matrix.sum(axis=1)
    notes = [
        f"labels: {table} names {len(paths):,} photos; {int((each > 1).sum()):,} have several labels, "
        f"{int((each == 0).sum()):,} none, {each.mean():.2f} on average"
    ]
    known = set(paths)
    others = sum(
        is_image_file(file) and file.relative_to(root).as_posix() not in known for file in files_below(root)
    )
    if others:
        notes.append(f"not used: {others:,} images of {root} that {table.name} does not name")
    if repeated:
        notes.append(f"{repeated:,} rows of {table.name} say again what another says")
    return tuple(notes)
