"""Summaries of runs: a line for each folder of a run, read anew only when its files have changed."""

import csv
import math
import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from convolens.errors import ConvolensError
from convolens.files import plain_json
from convolens.files.lock import holder
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.workspace.identity import identity
from convolens.studio.workspace.plain import plain


@dataclass(frozen=True)
class Summary:
    """A run in a list.

    Attributes:
        id: see `workspace.identity`.
        name: of its folder.
        state: "running", "done", or "stopped" where its training did not come to its end and nobody is at work on it.
        ready: whether it can answer: it has weights.
        model: the architecture; None where that cannot be read.
        photos: the folder that it learnt from; None likewise.
        classes: their names.
        epochs, of: how many are done, and how many were asked for.
        score: of the validation photos, in [0, 1]; of the newest epoch while there is none of the end; None before.
        score_of: "accuracy" or "F1".
        changed: when its files did last, in seconds since 1970.
        problem: why it cannot be read; None where it can.
    """

    id: str
    name: str
    state: str
    ready: bool
    model: str | None = None
    photos: str | None = None
    classes: tuple[str, ...] = ()
    epochs: int = 0
    of: int = 0
    score: float | None = None
    score_of: str = "accuracy"
    changed: float = 0.0
    problem: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, the score as a text too."""
        text = (
            None if self.score is None else f"{self.score_of} {100 * self.score:.1f} %"
        )  # as pages write it
        return plain(asdict(self) | {"score_text": text})


@dataclass
class Summaries:
    """The runs of a folder; any number of threads may ask."""

    _known: dict[Path, tuple[tuple[Any, ...], Summary]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def all(self, runs: Path) -> list[Summary]:
        """Return the runs in a folder, the newest first.

        Args:
            runs: the folder; it may be missing.
        """
        try:
            with os.scandir(runs) as entries:
                places = [runs / one.name for one in entries if not one.name.startswith(".") and one.is_dir()]
        except OSError:
            return []
        found = [one for one in map(self.of, places) if one is not None]
        return sorted(found, key=lambda one: (-one.changed, one.name))

    def of(self, place: Path) -> Summary | None:
        """Return a run; None where the folder is none.

        Args:
            place: the folder.
        """
        run = RunFolder(place)
        files = (run.settings, run.model, run.history, run.results, run.best)
        changes, process = tuple(map(_changed, files)), holder(place)
        if not changes[0] and not changes[1]:
            return None  # no run
        state = (*changes, process)
        with self._lock:
            known = self._known.get(place)
        if known is not None and known[0] == state:
            return known[1]
        summary = _read(run, running=process is not None, changed=max(changes) / 1e9)
        with self._lock:
            self._known[place] = state, summary
        return summary


def _read(run: RunFolder, running: bool, changed: float) -> Summary:
    ended = run.results.is_file()
    given: dict[str, Any] = {
        "id": identity(run.path.name),
        "name": run.path.name,
        "state": "running" if running else "done" if ended else "stopped",
        "ready": run.best.is_file() and run.model.is_file(),
        "changed": changed,
    }
    try:
        tables = read_record(run, probes=True).tables
        settings, data = tables.get("settings", {}), tables["data"]
        rows = history(run)
        score, score_of = _score(run, rows)
        return Summary(
            **given,
            model=settings.get("model"),
            photos=str(data["path"]),
            classes=tuple(map(str, data.get("classes", ()))),
            epochs=int(rows[-1]["epoch"] or 0) if rows else 0,
            of=int(settings.get("epochs", 0)),
            score=score,
            score_of=score_of,
        )
    except ConvolensError as error:
        return Summary(**given | {"ready": False}, problem=str(error))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return Summary(
            **given | {"ready": False}, problem=f"{run.settings}: damaged, or of another version ({error!r})."
        )


def history(run: RunFolder) -> list[dict[str, float | None]]:
    """Return the rows of a history.csv, numbers or None where a cell is empty or no finite number; a last row that is not whole yet is left out."""
    try:
        text = run.history.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    rows: list[dict[str, float | None]] = []
    try:
        for row in csv.DictReader(text[: text.rfind("\n") + 1].splitlines()):
            rows.append({name: _finite(value) for name, value in row.items() if name is not None})
    except (csv.Error, TypeError, ValueError):
        pass  # damaged from here on
    return [row for row in rows if row.get("epoch") is not None]


def _finite(value: str | None) -> float | None:
    number = float(value) if value else None
    return number if number is not None and math.isfinite(number) else None


def _score(run: RunFolder, rows: list[dict[str, float | None]]) -> tuple[float | None, str]:
    try:
        results = plain_json.read(run.results)
    except ConvolensError:
        results = {}
    for name, said in (("accuracy", "accuracy"), ("macro_f1", "F1"), ("f1", "F1")):
        value = results.get(name) if isinstance(results, dict) else None
        if isinstance(value, (int, float)) and math.isfinite(value):
            return float(value), said
    seen = [row["val_accuracy"] for row in rows if row.get("val_accuracy") is not None]
    return (seen or [row.get("accuracy") for row in rows] or [None])[-1], "accuracy"


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
