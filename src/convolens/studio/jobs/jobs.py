"""Jobs: commands started as processes of their own, which go on when the page and the studio close; and found again."""

import os
import secrets
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from convolens.errors import BusyError, ConvolensError, WriteError
from convolens.files.atomic import write_error
from convolens.files.plain_json import write_json
from convolens.studio.jobs.job import Job, Record, read_record
from convolens.studio.jobs.processes import send, start_of
from convolens.studio.workspace.workspace import STATE, Workspace

KEPT = 200  # ended jobs, the newest
# A shell that starts the studio in the background has it ignore Ctrl-C, and children inherit that: a training must hear it.
_START = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "signal.signal(signal.SIGTERM, signal.SIG_DFL); from convolens.cli import main; main()"
)


@dataclass
class Jobs:
    """The jobs of a workspace; any number of threads may ask.

    Args:
        workspace: whose folder of what is remembered holds their files: `jobs/ID.json`, what the job is; `ID.jsonl`, its events;
            `ID.log`, what it said to people.
    """

    workspace: Workspace
    _known: dict[str, Job] = field(default_factory=dict, repr=False)
    _children: list["subprocess.Popen[bytes]"] = field(default_factory=list, repr=False)
    _asked: set[tuple[int, str, int]] = field(default_factory=set, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def places(self) -> list[Path]:
        """The folders of their files, the one of new jobs first: of the photos that are open, and of where the studio was started."""
        photos = [] if self.workspace.photos is None else [self.workspace.state]
        return [state / "jobs" for state in (*photos, self.workspace.home / STATE)]

    def start(
        self,
        kind: str,
        name: str,
        words: Sequence[str],
        run: Path | None = None,
        makes: Path | None = None,
    ) -> Job:
        """Start a command as a process of its own, in a session of its own.

        Args:
            kind: of the job.
            name: for people.
            words: of the command, behind "convolens".
            run: the folder that it works on, where that is there already.
            makes: what is there in the end, of a command that tells no events: all that it prints goes to the log.

        Returns:
            The job, which has begun.

        Raises:
            BusyError: another job is at work on the run. WriteError: its files cannot be written.
        """
        with self._lock:
            self._check_free(run)
            place, events = self.places[0], makes is None
            begun = time.time()
            name_of_files = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(begun))}-{secrets.token_hex(3)}"
            command = [sys.executable, "-P", "-c", _START, *words, *(["--json-lines"] if events else [])]
            paths = [place / f"{name_of_files}.{ending}" for ending in ("jsonl", "log", "json")]
            try:
                place.mkdir(parents=True, exist_ok=True)
                with paths[0].open("wb") as out, paths[1].open("wb") as log:
                    process = subprocess.Popen(
                        command,
                        stdin=subprocess.DEVNULL,
                        stdout=out if events else log,
                        stderr=log,
                        cwd=self.workspace.home,
                        env=_environment(),
                        start_new_session=True,
                    )
            except OSError as error:
                _remove(paths)
                raise write_error(error, Path(error.filename or place)) from error
            self._children.append(process)
            record = Record(
                name_of_files, kind, name, tuple(command), typed(words), process.pid,
                start_of(process.pid) or "", begun, None if run is None else str(run), None if makes is None else str(makes),
            )  # fmt: skip
            try:
                write_json(paths[2], record.as_dict())
            except WriteError:
                process.kill()  # nobody would find it again
                process.wait()
                _remove(paths)
                raise
            job = self._known[record.id] = Job(record, place)
            self._forget_old()
            return job

    def _check_free(self, run: Path | None) -> None:
        if run is None:
            return
        for job in self.all():
            if job.record.run == str(run) and job.state() == "running":
                raise BusyError(
                    f"{run.name}: {job.record.kind} is at work on it already; wait until it has ended."
                )

    def all(self) -> list[Job]:
        """Return the jobs, the newest first; those whose file is damaged are left out."""
        self._reap()
        there: dict[str, Path] = {}
        for place in self.places:
            try:
                there |= {one.stem: place for one in place.glob("*.json") if not one.name.startswith(".")}
            except OSError:
                continue
        with self._lock:
            for name in self._known.keys() - there.keys():
                del self._known[name]
            for name in there.keys() - self._known.keys():
                try:
                    self._known[name] = Job(read_record(there[name] / f"{name}.json"), there[name])
                except ConvolensError:
                    continue
            return sorted(self._known.values(), key=lambda job: -job.record.time)

    def find(self, name: str) -> Job | None:
        """Return a job by its name; None where there is none."""
        return next((job for job in self.all() if job.record.id == name), None)

    def of_run(self, run: Path) -> list[Job]:
        """Return the jobs that worked on a run, the newest first; one that ended before it was begun worked on another of its name."""
        place, begun = os.path.realpath(run), _begun(run)
        return [
            job
            for job in self.all()
            if job.run is not None
            and os.path.realpath(job.run) == place
            and (job.lives() or job.last_said() >= begun)
        ]

    def signal(self, process: int, start: str, number: int) -> bool:
        """Send a signal to a process once; return whether it is sent, by this call.

        A training takes a second one for impatience, and ends at once.

        Raises:
            BusyError: it was sent before.
        """
        with self._lock:
            if (process, start, number) in self._asked:
                raise BusyError("that was asked already; it is finishing the step under way.")
            sent = send(process, start, number)
            if sent:
                self._asked.add((process, start, number))
            return sent

    def _reap(self) -> None:
        """Let the system forget children that have ended."""
        with self._lock:
            self._children = [child for child in self._children if child.poll() is None]

    def _forget_old(self) -> None:
        ended = [job for job in self.all() if not job.lives()]
        for job in ended[KEPT:]:
            _remove([job.place / f"{job.record.id}.{ending}" for ending in ("json", "jsonl", "log")])
            self._known.pop(job.record.id, None)


def _begun(run: Path) -> float:
    """Return when a run was begun, in seconds since 1970: some of its files stay as they were written first."""
    try:
        with os.scandir(run) as entries:
            return min((one.stat().st_mtime for one in entries if one.is_file()), default=0.0)
    except OSError:
        return 0.0


def _environment() -> dict[str, str]:
    """Return the studio's own environment, in which paths of packages are true from every folder."""
    found = dict(os.environ)
    if places := found.get("PYTHONPATH"):
        found["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, places.split(os.pathsep)))
    return found


def typed(words: Sequence[str]) -> str:
    """Return a command as it is typed in a terminal.

    Example:
        >>> typed(["train", "my photos"])
        "convolens train 'my photos'"
    """
    return shlex.join(["convolens", *words])


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            continue
