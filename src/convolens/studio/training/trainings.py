"""Begin a training, and pause, stop and go on with one."""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from convolens.errors import ArgumentError, BusyError
from convolens.files.lock import holder
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.jobs.job import Job
from convolens.studio.jobs.jobs import typed
from convolens.studio.shared import Studio, studio_of
from convolens.studio.training.asking import (
    default_name,
    described,
    finetune_words,
    resume_words,
    train_words,
)
from convolens.studio.training.control import PAUSE, STOP, signal_job, signal_run
from convolens.studio.training.networks import networks
from convolens.studio.training.routes import run_place
from convolens.studio.workspace.identity import identity
from convolens.studio.workspace.plain import plain

RECENT = 20  # trainings that have ended, in the list
router = APIRouter(prefix="/api/trainings", tags=["trainings"])
Shared = Annotated[Studio, Depends(studio_of)]


class Asked(BaseModel):
    """What is asked for.

    Attributes:
        kind: "train" begins with the photos that are open, "finetune" with a run too, "resume" goes on with a run.
        name: of the new run; None is that of the folder of photos. A name that is taken gets a suffix.
        run: the id of the run that is gone on with, or begun with.
        options: fields of `TrainOptions` and of its augmentation; of "resume" `epochs`, to learn longer.
    """

    kind: Literal["train", "finetune", "resume"] = "train"
    name: str | None = Field(None, max_length=400)
    run: str | None = Field(None, max_length=2000)
    options: dict[str, Any] = Field(default_factory=dict)


@router.get("")
def list_trainings(studio: Shared) -> dict[str, Any]:
    """Return the trainings that were started here: all that are at work, and the newest of the others."""
    found = [job for job in studio.jobs.all() if job.record.makes is None]
    working = [job for job in found if job.state() == "running"]
    ended = [job for job in found if job not in working][:RECENT]
    return {"trainings": [_told(job) for job in (*working, *ended)]}


@router.get("/form")
def form(studio: Shared) -> dict[str, Any]:
    """Return what a training can be asked for: networks, and fields with their flags and descriptions."""
    photos = studio.workspace.photos
    return {
        "name": None if photos is None else plain(default_name(photos, studio.workspace.runs)),
        "networks": networks(),
        "fields": described(),
    }


@router.post("/command")
def show_command(asked: Asked, studio: Shared) -> dict[str, str]:
    """Return the command that would do what is asked for; nothing is started."""
    _, words, _ = _words(asked, studio)
    return {"command": plain(typed(words))}


@router.post("")
def begin(asked: Asked, studio: Shared) -> dict[str, Any]:
    """Start a training, as a process that goes on without the studio."""
    name, words, run = _words(asked, studio)
    if run is not None:
        _check_idle(run)
    job = studio.jobs.start(asked.kind, name, words, run)
    studio.news.tell("runs")
    return _told(job)


@router.post("/{which}/pause")
def pause(which: str, studio: Shared) -> dict[str, bool]:
    """Have a training save all of its state after the step under way, and end; `resume` goes on to the same end, to the bit."""
    return _signal(which, studio, PAUSE)


@router.post("/{which}/stop")
def stop(which: str, studio: Shared) -> dict[str, bool]:
    """End a training early: what was learnt is scored and reported."""
    return _signal(which, studio, STOP)


@router.post("/{which}/resume")
def resume(which: str, studio: Shared) -> dict[str, Any]:
    """Go on with a run that was paused, stopped or killed."""
    return begin(Asked(kind="resume", name=None, run=which), studio)


def _words(asked: Asked, studio: Studio) -> tuple[str, list[str], Path | None]:
    """Return the name of the run, the words of the command, and the folder of a run that it works on."""
    space = studio.workspace
    if asked.kind == "train":
        return *train_words(space.check_folder(), space.runs, asked.name, asked.options), None
    if asked.run is None:
        raise ArgumentError(f"{asked.kind}: which run? Give its id as `run`.")
    run = run_place(asked.run, studio)
    if asked.kind == "finetune":
        RunFolder.open(run)
        return *finetune_words(run, space.check_folder(), space.runs, asked.name, asked.options), None
    words = resume_words(run, asked.options)
    read_record(RunFolder(run)).check_single("go on with one of its folds in a terminal")
    return run.name, words, run


def _check_idle(run: Path) -> None:
    process = holder(run)
    if process is not None:
        raise BusyError(
            f"{run.name}: is training already (process {process}); pause it first, or wait until it has ended."
        )


def _signal(which: str, studio: Studio, number: int) -> dict[str, bool]:
    job = studio.jobs.find(which)
    if job is not None:
        signal_job(studio.jobs, job, number)
        return {"asked": True}
    run = run_place(which, studio)
    working = [one for one in studio.jobs.of_run(run) if one.record.makes is None and one.lives()]
    if working:
        signal_job(studio.jobs, working[0], number)
    else:
        signal_run(studio.jobs, run, number)
    return {"asked": True}


def _told(job: Job) -> dict[str, Any]:
    run = job.run
    known = None if run is None else identity(run.name)
    return plain({**job.as_dict(), "run": known, "events": job.events, "log": job.tail()})
