"""Matrices as a user types them: "1,2,3;4,5,6", or a CSV file; every cell is checked and named where it is wrong."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convolens.data.folders.folder import is_image_name
from convolens.errors import ArgumentError, DataError, MissingFileError, ShapeError

_LOOKED_AT = 4096  # bytes


def looks_like_numbers(text: str) -> bool:
    """Return whether a text is meant as numbers, and not as a name.

    Example:
        >>> looks_like_numbers("1,0;0,1"), looks_like_numbers("sobel-x"), looks_like_numbers("-2.5")
        (True, False, True)
    """
    if "," in text or ";" in text:
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def parse_matrix(text: str, what: str = "matrix") -> np.ndarray:
    """Return a matrix from text: numbers with commas (or blanks), rows parted by semicolons.

    Args:
        text: the matrix.
        what: what an error calls it.

    Returns:
        float64 (rows, columns).

    Raises:
        ShapeError: rows of different lengths, or no cell at all. ArgumentError: a cell that is no finite number.

    Example:
        >>> parse_matrix("1,2,3; 4,5,6").shape
        (2, 3)
    """
    rows = [row.replace(",", " , ").split() for row in text.strip().rstrip(";").split(";")]
    return _matrix([_cells(row) for row in rows], what)


def _cells(words: Sequence[str]) -> list[str]:
    """Return the cells of a row; two commas with nothing between them have an empty cell."""
    cells = [""]
    for word in words:
        if word == ",":
            cells.append("")
        elif cells[-1]:
            cells.append(word)  # parted by a blank alone
        else:
            cells[-1] = word
    return cells


def is_text_file(name: str) -> bool:
    """Return whether a name is that of a text file: .csv, or one that is there and begins with text in UTF-8.

    Example:
        >>> is_text_file("m.csv"), is_text_file("1,2;3,4")
        (True, False)
    """
    if name.casefold().endswith(".csv"):
        return True
    if is_image_name(name):  # some of these are text too
        return False
    try:
        with Path(name).open("rb") as file:
            begin = file.read(_LOOKED_AT)
    except (OSError, ValueError):
        return False
    try:
        begin.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start > len(begin) - 4 and bool(begin)  # a letter that the end cuts
    return b"\0" not in begin


def read_csv(path: Path, what: str = "matrix") -> np.ndarray:
    """Return the matrix of a text file: a row a line, no header; commas, semicolons, tabs or blanks between the cells.

    Args:
        path: a text file in UTF-8.
        what: what an error calls the matrix.

    Raises:
        MissingFileError: no such file. DataError: not text.
        ShapeError, ArgumentError: as `parse_matrix`.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "m.csv"
        ...     _ = path.write_text("1,2\\n3,4\\n")
        ...     read_csv(path).tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MissingFileError(f"{path}: no such file; give a CSV file of numbers.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not a CSV file; expected numbers as text, a row a line.") from error
    except (PermissionError, IsADirectoryError) as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}).") from error
    lines = [line for line in text.splitlines() if line.strip()]
    parted = [line.replace(";", ",").replace(",", " , ").split() for line in lines]
    return _matrix([_cells(words) for words in parted], f"{path}: {what}")


def _matrix(rows: Sequence[Sequence[str]], what: str) -> np.ndarray:
    values = []
    for row, cells in enumerate(rows):
        if len(cells) != len(rows[0]):
            raise ShapeError(
                f"{what}: row 0 has {len(rows[0])} cells, but row {row} has {len(cells)}; "
                "give each row as many, and part the rows as in 1,2,3;4,5,6."
            )
        values.append([_number(text, row, column, what) for column, text in enumerate(cells)])
    if not values or not values[0]:
        raise ShapeError(f"{what}: there are no numbers; give some, as in 1,2,3;4,5,6.")
    return np.array(values, dtype=np.float64)  # (rows, columns)


def _number(text: str, row: int, column: int, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentError(
            f"{what}: the cell in row {row}, column {column} (counted from 0) must be a finite number; received {text!r}."
        )
    return value
