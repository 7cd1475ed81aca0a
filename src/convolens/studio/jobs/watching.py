"""JobWatch: what jobs have told since they were asked last, for the news."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from convolens.studio.jobs.job import Job
from convolens.studio.jobs.jobs import Jobs
from convolens.studio.workspace.news import Item
from convolens.studio.workspace.plain import plain


@dataclass
class JobWatch:
    """Yields items of the topic "job": `job`, `kind`, `name`, `state`, `message`, `run` (the name of its folder, None before there is
    one), the new `events` and `events_before`, how many came before them; `log`, where it has grown, is its end: of a job that has no
    run yet, or tells no events.

    Args:
        jobs: that are watched.
    """

    jobs: Jobs
    _seen: dict[str, tuple[int, int, str]] = field(default_factory=dict, repr=False)

    def __call__(self) -> list[Item]:
        """Return what is new since the last call."""
        jobs = self.jobs.all()
        self._seen = {job.record.id: self._seen[job.record.id] for job in jobs if job.record.id in self._seen}
        return [item for job in jobs for item in self._of(job)]

    def _of(self, job: Job) -> Iterator[Item]:
        known = self._seen.get(job.record.id)
        if known is not None and known[-1] != "running":
            return  # it has ended, and was told of
        state = job.state()
        events, run = job.events, job.run
        # a run tells its epochs as events, and says them again to people: that is not worth sending
        said = job.said() if run is None or job.record.makes is not None else 0
        now = len(events), said, state
        self._seen[job.record.id] = now
        if known is None:  # whoever listens from here on asks for what was before
            known = (len(events), now[1], state if state != "running" else "")
        if now == known:
            return
        values = {
            "job": job.record.id,
            "kind": job.record.kind,
            "name": job.record.name,
            "state": state,
            "message": job.message(),
            "run": None if run is None else run.name,
            "events": events[known[0] :],
            "events_before": known[0],
        }
        yield Item("job", plain(values | ({"log": job.tail()} if said != known[1] else {})))
