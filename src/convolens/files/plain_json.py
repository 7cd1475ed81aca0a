"""JSON on disk: written whole or not at all; read out of files of strangers, bounded, every way of being none in one line."""

import json
from os import PathLike
from typing import Any

from convolens.errors import CheckpointError
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
            f"{path}: {what} is not of honest size: {len(text)} bytes; expected at most {LIMIT}."
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: {what} is not JSON ({error}).") from error
