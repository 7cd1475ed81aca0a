"""Pause, stop and go on with a training, whoever started it: by signals to the very process that works on the run."""

import signal
from pathlib import Path

from convolens.errors import BusyError, MissingFileError
from convolens.files.lock import NAME, holder
from convolens.studio.jobs.job import Job
from convolens.studio.jobs.jobs import Jobs
from convolens.studio.jobs.processes import has_open, start_of

PAUSE = signal.SIGTERM  # saves all exactly, after the step under way
STOP = signal.SIGINT  # ends early; what was learnt is scored and reported


def signal_run(jobs: Jobs, run: Path, number: int) -> None:
    """Ask the process that is at work on a run to pause or to end, wherever it was started.

    Args:
        jobs: of the studio; no process is asked twice.
        run: its folder.
        number: `PAUSE` or `STOP`.

    Raises:
        MissingFileError: nobody is at work on it. BusyError: it was asked already.
    """
    process = holder(run)
    start = None if process is None else start_of(process)
    if process is None or start is None or not has_open(process, run / NAME):
        raise MissingFileError(f"{run.name}: nobody is at work on this run; it has ended.")
    if not jobs.signal(process, start, number):
        raise MissingFileError(f"{run.name}: its training has just ended.")


def signal_job(jobs: Jobs, job: Job, number: int) -> None:
    """Ask a training that was started here to pause or to end.

    Args:
        jobs: of the studio.
        job: of the training.
        number: `PAUSE` or `STOP`.

    Raises:
        MissingFileError: it has ended. BusyError: it was asked already, or there is nothing to pause yet.
    """
    if number == PAUSE and job.run is None and job.lives():
        raise BusyError(
            f"{job.record.name}: still looks at the photos, so there is nothing to save yet; pause it once it trains, or stop it."
        )
    if not jobs.signal(job.record.process, job.record.start, number):
        raise MissingFileError(f"{job.record.name}: has ended.")
