"""JSON on disk: written whole or not at all; read out of files of strangers, bounded, every way of being none in one line."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

from convolens.errors import CheckpointError, MissingFileError
from convolens.files.atomic import atomic_path

# Bytes. The descriptions of the largest networks take 2 MiB; what Python makes of a text is some 30 times its size.
LIMIT = 2**23


def write_json(path: str | PathLike[str], value: Any) -> None:
    """Write a value as indented JSON in UTF-8, whole or not at all.

    Args:
        path: the file to write; its folder must exist.
        value: of dicts, lists, texts, numbers, truths and None.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_json(Path(folder, "a.json"), {"class": "Bär"})
        ...     Path(folder, "a.json").read_text(encoding="utf-8")
        '{\\n "class": "Bär"\\n}\\n'
    """
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: str | PathLike[str], missing: str = "") -> Any:
    """Return the values in a file of JSON, of which no more than `LIMIT` bytes are read.

    Args:
        path: of the file.
        missing: said where there is none.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it cannot be read, is longer, is not JSON, or is nested too
            deeply.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "layer.json"
        ...     size = path.write_text('{"units": 3}')
        ...     read(path)
        {'units': 3}
    """
    try:
        with open(path, "rb") as file:
            text = file.read(LIMIT + 1)
    except FileNotFoundError as error:
        raise MissingFileError(f"{path}: no such file{missing and f'; {missing}'}") from error
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}).") from error
    return parse(path, Path(path).name, text)


def parse(path: str | PathLike[str], what: str, text: str | bytes) -> Any:
    """Return the values that a JSON text holds.

    Args:
        path: names the file in errors.
        what: names the text in errors.
        text: at most `LIMIT` long.

    Raises:
        CheckpointError: it is longer, is not JSON, or is nested too deeply.

    Example:
        >>> parse("model.keras", "config.json", '{"units": 3}')
        {'units': 3}
    """
    if len(text) > LIMIT:
        raise CheckpointError(
            f"{path}: {what} is not of honest size: more than {LIMIT} bytes, which is what the largest may take."
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: {what} is not JSON ({error}).") from error
