"""RunWatch: what is new of the runs, seen in their files: of trainings started here and from any command line."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.records.summaries import Summary, history
from convolens.studio.shared import Studio
from convolens.studio.workspace.news import Item

LIST_EVERY = 2.0  # seconds between two looks at all runs; at those that train every time


@dataclass
class RunWatch:
    """Yields items of the topics "runs" (the list has changed) and "run" (a training has finished an epoch, has begun or ended).

    An item of the list holds `changed`, the rows of it that are new or other than before, and `gone`, the ids of those that are no longer
    there: no page needs to ask for all of it at each epoch. An item of a run holds `id`, `state`, its new `rows` of history.csv, and
    `rows_before`, how many came before them: whoever has fewer has missed some, whoever has more drops them, for a run that goes on from a
    state takes its history back to it.

    Args:
        studio: whose runs are watched.
    """

    studio: Studio
    _list: list[Summary] = field(default_factory=list, repr=False)
    _listed_at: float | None = field(default=None, repr=False)
    _seen: dict[Path, tuple[int, str]] = field(default_factory=dict, repr=False)

    def __call__(self) -> list[Item]:
        """Return what is new since the last call."""
        return [*self._of_list(), *(item for place in self._training() for item in self._of_run(place))]

    def _of_list(self) -> Iterator[Item]:
        if self._listed_at is not None and time.monotonic() - self._listed_at < LIST_EVERY:
            return
        found = self.studio.summaries.all(self.studio.workspace.runs)
        if self._listed_at is not None and found != self._list:
            before = {one.id: one for one in self._list}
            changed = [one.as_dict() for one in found if before.pop(one.id, None) != one]
            yield Item("runs", {"changed": changed, "gone": list(before)})
        self._list, self._listed_at = found, time.monotonic()

    def _training(self) -> list[Path]:
        """Return the runs that are at work, or were at the last look."""
        runs = self.studio.workspace.runs
        places = {runs / one.name for one in self._list if one.state == "running"}
        places |= {place for place, (_, state) in self._seen.items() if state == "running"}
        for job in self.studio.jobs.all():
            if job.record.makes is None and job.lives() and job.run is not None and job.run.parent == runs:
                places.add(job.run)
        return sorted(places)

    def _of_run(self, place: Path) -> Iterator[Item]:
        summary = self.studio.summaries.of(place)
        if summary is None:
            self._seen.pop(place, None)
            return
        rows = history(RunFolder(place))
        before, state = self._seen.get(place, (len(rows), ""))
        self._seen[place] = len(rows), summary.state
        if (len(rows), summary.state) == (before, state):
            return
        before = before if before <= len(rows) else 0
        values = {"id": summary.id, "state": summary.state, "rows": rows[before:], "rows_before": before}
        yield Item("run", values)
