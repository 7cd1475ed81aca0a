"""Values as JSON knows them: read out of files of runs, where a number may be none and a name may be no UTF-8."""

import math
from pathlib import Path
from typing import Any

from convolens.studio.workspace.identity import shown


def plain(value: Any) -> Any:
    """Return values for JSON: NaN and infinity are None, bytes of names that are no UTF-8 question marks, paths texts.

    Example:
        >>> plain({"loss": float("nan"), "name": "caf\\udce9", "at": (1, Path("a"))})
        {'loss': None, 'name': 'caf?', 'at': [1, 'a']}
    """
    match value:
        case dict():
            return {plain(str(name)): plain(item) for name, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case str() | Path():
            return shown(value)
        case float():
            return value if math.isfinite(value) else None
    return value
