"""Job: a command that the studio started: what it is, where its lines go, and how it stands."""

import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from convolens.errors import CheckpointError
from convolens.files import plain_json
from convolens.studio.jobs.event_lines import EventLines
from convolens.studio.jobs.processes import start_of

TAIL = 8192  # bytes of a log that are shown
_ENDED = {
    75: "paused",
    130: "stopped",
}  # by the exit status of a command: after SIGTERM saved all, and after Ctrl-C


@dataclass(frozen=True)
class Record:
    """What ID.json keeps of a job.

    Attributes:
        id: of the job, the name of its files.
        kind: "train", "resume", "finetune", "export".
        name: for people: of the run, or of what is made.
        command: as it was started, word by word.
        typed: what does the same in a terminal.
        process: its number.
        start: of the process, see `start_of`.
        time: when, in seconds since 1970.
        run: the folder that it works on; None where it makes one, whose name it tells itself.
        makes: what is there in the end, whole or not at all, of a command that tells no events.
    """

    id: str
    kind: str
    name: str
    command: tuple[str, ...]
    typed: str
    process: int
    start: str
    time: float
    run: str | None = None
    makes: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


class Job:
    """A job, read from its files.

    Args:
        record: of it.
        place: the folder of its files.
    """

    def __init__(self, record: Record, place: Path) -> None:
        self.record, self.place = record, place
        self.lines = EventLines(place / f"{record.id}.jsonl")
        self._ended = False  # once it has, it never lives again

    @property
    def log(self) -> Path:
        """The file of what it says to people."""
        return self.place / f"{self.record.id}.log"

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it has told so far, see `runs.output.events`."""
        return self.lines.read()

    @property
    def run(self) -> Path | None:
        """The run that it works on; None before it has made one."""
        if self.record.run is not None:
            return Path(self.record.run)
        for event in self.events:
            if event["event"] in ("plan", "done") and isinstance(event.get("run"), str):
                return Path(event["run"])
        return None

    def lives(self) -> bool:
        """Return whether its process is at work."""
        self._ended = self._ended or start_of(self.record.process) != self.record.start
        return not self._ended

    def state(self) -> str:
        """Return "running", "done", "stopped" (by Ctrl-C, early), "paused", "failed", or "killed" where it ended without a word."""
        lives = self.lives()  # before its last words are read
        last = self.events[-1] if self.events else {}
        match last.get("event"):
            case "done":
                return "stopped" if last.get("interrupted") else "done"
            case "failed":
                return _ENDED.get(last.get("status") or 0, "failed")
        if lives:
            return "running"
        if self.record.makes is None:
            return "killed"
        if Path(self.record.makes).exists():
            return "done"
        return "stopped" if self._last_words() == "interrupted." else "failed"

    def message(self) -> str | None:
        """Return why it failed, in one line; None where it did not."""
        last = self.events[-1] if self.events else {}
        if last.get("event") == "failed":
            return str(last.get("message"))
        match self.state():
            case "failed":
                return self._last_words() or "ended without a word."
            case "killed":
                said = self._last_words()
                return f"ended without a word{f'; the last was: {said}' if said else '.'}"
        return None

    def _last_words(self) -> str:
        said = [line for line in self.tail().splitlines() if line.strip()]
        return said[-1].strip().removeprefix("convolens: ") if said else ""

    def last_said(self) -> float:
        """Return when it said something last, in seconds since 1970; at its begin where nothing."""
        times = [path.stat().st_mtime for path in (self.lines.path, self.log) if path.is_file()]
        return max(times, default=self.record.time)

    def said(self) -> int:
        """Return how many bytes it has said to people."""
        try:
            return self.log.stat().st_size
        except OSError:
            return 0

    def tail(self) -> str:
        """Return the end of what it said to people."""
        try:
            with self.log.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - TAIL))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return text.partition("\n")[2] if size > TAIL else text

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: what it is, and how it stands."""
        record = self.record
        return {
            "job": record.id,
            "kind": record.kind,
            "name": record.name,
            "command": record.typed,
            "time": record.time,
            "seconds": time.time() - record.time,
            "state": self.state(),
            "message": self.message(),
        }


def read_record(path: Path) -> Record:
    """Return what a job's file keeps.

    Raises:
        MissingFileError: there is none. CheckpointError: it is damaged.
    """
    values = plain_json.read(path)
    try:
        given = {item.name: values[item.name] for item in fields(Record)}
        return Record(
            **given | {"command": tuple(map(str, given["command"])), "process": int(given["process"])}
        )
    except (LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: incomplete or of another version ({error!r}).") from error
