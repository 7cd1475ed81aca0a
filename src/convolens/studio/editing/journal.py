"""Journal: the log of edits, a line of JSON each, only ever added to; a damaged line is said, and the others count."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convolens.errors import DataError
from convolens.files.atomic import write_error

NAME = "edits.jsonl"
State = tuple[Any, ...]  # of a file its size and time of last change (ns); of a folder ("folder",)
Moved = tuple[str, str, State]  # from, to, and the state of what was moved


@dataclass(frozen=True)
class Edit:
    """An edit, as the log has it.

    Attributes:
        number: from 1.
        time: local, in words of ISO 8601.
        said: in one line, what was done.
        moves: of files and folders; paths from the folder of photos.
        undoes: the edit that it takes back; None where it does something new.
        again: the edit that it does once more, after it was undone.
        empty: folders that it put things into and that were empty before: they stay when it is undone.
    """

    number: int
    time: str
    said: str
    moves: tuple[Moved, ...] = field(repr=False)
    undoes: int | None = None
    again: int | None = None
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Log:
    """What the log says.

    Attributes:
        edits: that were done, the oldest first.
        begun: one that was neither done nor given up: its process was killed in the middle.
        last: the highest number.
        damaged: line numbers that cannot be read.
    """

    edits: tuple[Edit, ...] = ()
    begun: Edit | None = None
    last: int = 0
    damaged: tuple[int, ...] = ()

    def undone(self) -> list[int]:
        """Return the edits that are undone now, the one that was undone last at the end."""
        found: list[int] = []
        for edit in self.edits:
            if edit.undoes is not None:
                found.append(edit.undoes)
            elif edit.again in found:
                found.remove(edit.again)
        return found

    def find(self, number: int) -> Edit:
        """Return an edit by its number.

        Raises:
            DataError: there is none.
        """
        for edit in self.edits:
            if edit.number == number and edit.undoes is None and edit.again is None:
                return edit
        raise DataError(f"there is no edit {number} to undo or to do again; reload the page.")

    def to_undo(self) -> Edit | None:
        """Return the newest edit that is not undone."""
        undone = set(self.undone())
        new = [edit for edit in self.edits if edit.undoes is None and edit.again is None]
        return next((edit for edit in reversed(new) if edit.number not in undone), None)

    def to_redo(self) -> Edit | None:
        """Return the edit that was undone last, where nothing new was done since."""
        newest = 0
        for edit in self.edits:
            if edit.undoes is None and edit.again is None:
                newest = edit.number
        undone = self.undone()
        since = [edit.number for edit in self.edits if edit.undoes is not None and edit.undoes in undone]
        return self.find(undone[-1]) if undone and max(since) > newest else None


def read(path: Path) -> Log:
    """Return what a log says; nothing where there is none.

    Raises:
        DataError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return Log()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); allow reading it.") from error
    edits: dict[int, Edit] = {}
    ended: dict[int, bool] = {}
    damaged: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            if "done" in values or "given_up" in values:
                ended[int(values.get("done", values.get("given_up")))] = "done" in values
            else:
                edit = _edit(values)
                edits[edit.number] = edit
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            damaged.append(number)
    open_ones = [edit for number, edit in edits.items() if number not in ended]
    return Log(
        tuple(edit for number, edit in edits.items() if ended.get(number)),
        open_ones[-1] if open_ones and open_ones[-1].number == max(edits) else None,
        max((*edits, *ended), default=0),
        tuple(damaged),
    )


def begin(path: Path, edit: Edit) -> None:
    """Write that an edit begins, on the disk before a file is moved.

    Raises:
        WriteError: it cannot be written.
    """
    values: dict[str, Any] = {"edit": edit.number, "time": edit.time, "said": edit.said}
    values |= {name: given for name in ("undoes", "again") if (given := getattr(edit, name)) is not None}
    values |= {"empty": list(edit.empty)} if edit.empty else {}
    _add(path, values | {"moves": [[*pair, list(state)] for *pair, state in edit.moves]})


def end(path: Path, number: int, done: bool) -> None:
    """Write that an edit is done, or that it was given up and all lies where it lay.

    Raises:
        WriteError: it cannot be written.
    """
    _add(path, {"done" if done else "given_up": number})


def now() -> str:
    """Return the time as the log has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def _edit(values: Mapping[str, Any]) -> Edit:
    moves = []
    for source, target, state in values["moves"]:
        if not (isinstance(source, str) and isinstance(target, str) and isinstance(state, list)):
            raise ValueError("moves")
        moves.append((source, target, tuple(state)))
    undoes, again = values.get("undoes"), values.get("again")
    return Edit(
        int(values["edit"]),
        str(values["time"]),
        str(values["said"]),
        tuple(moves),
        None if undoes is None else int(undoes),
        None if again is None else int(again),
        tuple(map(str, values.get("empty", ()))),
    )


def _add(path: Path, values: Mapping[str, Any]) -> None:
    """Add a line; where the one before was cut off, it begins below it."""
    line = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"
    try:
        with path.open("ab+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line
            try:
                left = memoryview(line)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)  # no half line
                raise
    except OSError as error:
        raise write_error(error, path) from error
