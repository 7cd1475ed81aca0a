"""JSON out of files of strangers: bounded, and every way of being none in one line."""

import json
from os import PathLike
from typing import Any

from convolens.errors import CheckpointError

# Bytes. The descriptions of the largest networks take 2 MiB; what Python makes of a text is some 30 times its size.
LIMIT = 2**23


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
