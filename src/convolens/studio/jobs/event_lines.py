"""EventLines: a file of events, a line of JSON each, read while it grows; what was read is not read again."""

import json
import threading
from pathlib import Path
from typing import Any

LONGEST = 2**20  # bytes of a line; a result of thousands of classes is shorter


class EventLines:
    """The events of a file, as far as they are whole; damaged lines are left out.

    Args:
        path: of the file; it may be missing still.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     path = Path(place) / "a.jsonl"
        ...     _ = path.write_text('{"event": "plan"}\\nnoise\\n{"event": "ep')
        ...     EventLines(path).read()
        [{'event': 'plan'}]
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        self._found: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def read(self) -> list[dict[str, Any]]:
        """Return all events that are there by now, in order; the list grows only by new lists."""
        with self._lock:
            try:
                with self.path.open("rb") as file:
                    file.seek(self._read)
                    new = file.read()
            except OSError:
                return self._found
            whole = new[: new.rfind(b"\n") + 1]
            if whole:
                self._read += len(whole)
                self._found = [*self._found, *filter(None, map(_event, whole.splitlines()))]
            return self._found


def _event(line: bytes) -> dict[str, Any] | None:
    if len(line) > LONGEST:
        return None
    try:
        found = json.loads(line, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None
