"""What the Take away page asks: formats, exports of a run, a new one, and one as a zip."""

import signal
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from convolens.deployment import FORMATS
from convolens.deployment.export import MODEL
from convolens.errors import ArgumentError, BusyError, ConvolensError, MissingFileError
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_writable
from convolens.studio.exporting.exports import exports_of, files_in, find_export, new_place
from convolens.studio.exporting.formats import offered
from convolens.studio.exporting.zipping import zipped
from convolens.studio.jobs.job import Job
from convolens.studio.jobs.processes import send
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity, path_of
from convolens.studio.workspace.plain import plain

RECENT = 5  # exports that failed or ended, in the list of jobs
router = APIRouter(prefix="/api/exports", tags=["exports"])
Shared = Annotated[Studio, Depends(studio_of)]


class Asked(BaseModel):
    """What is asked for.

    Attributes:
        run: the id of the run.
        format: one of `deployment.FORMATS`.
        precision: of onnx and web.
        select: "best" or "last" weights.
    """

    run: str = Field(max_length=2000)
    format: Literal["onnx", "web", "pt2", "keras", "hdf5", "safetensors"] = "onnx"
    precision: Literal["float32", "float16", "int8"] = "float32"
    select: Literal["best", "last"] = "best"


@router.get("/formats")
def list_formats() -> dict[str, Any]:
    """Return the formats and precisions, and what each is for."""
    return offered()


@router.get("/{run}")
def list_exports(run: str, studio: Shared) -> dict[str, Any]:
    """Return the exports that lie in a run, and those that are being made or went wrong."""
    place = path_of(run, studio.workspace.runs)
    jobs = [job for job in studio.jobs.of_run(place) if job.record.kind == "export"]
    return plain({"exports": exports_of(place), "jobs": [_told(job) for job in jobs[:RECENT]]})


@router.post("")
def begin(asked: Asked, studio: Shared) -> dict[str, Any]:
    """Start an export as a process of its own: the file is there in the end, whole and checked, or not at all."""
    run = path_of(asked.run, studio.workspace.runs)
    folder = RunFolder.open(run)
    if not folder.weights(asked.select).is_file():
        raise MissingFileError(f"{run.name}: has no weights yet; wait until its first epoch has ended.")
    if asked.precision != "float32" and FORMATS[asked.format] != MODEL:
        raise ArgumentError(f"{asked.precision} goes with onnx and web alone; {asked.format} is exact.")
    out = new_place(run, asked.format, asked.precision)
    check_writable(out)
    words = ["export", str(run), "--format", asked.format]
    words += [] if asked.precision == "float32" else ["--precision", asked.precision]
    words += [] if asked.select == "best" else ["--select", asked.select]
    words += _asked_on(folder, studio)
    job = studio.jobs.start("export", out.name, [*words, "--out", str(out)], run, makes=out)
    return plain(_told(job))


@router.post("/{job}/stop")
def stop(job: str, studio: Shared) -> dict[str, bool]:
    """End an export; nothing is left of it."""
    found = studio.jobs.find(job)
    if found is None or found.record.kind != "export":
        raise MissingFileError("there is no such export; reload the page.")
    if not send(found.record.process, found.record.start, signal.SIGINT):
        raise BusyError(f"{found.record.name}: has ended already.")
    return {"asked": True}


@router.get("/{run}/{name}.zip")
def fetch(run: str, name: str, studio: Shared) -> StreamingResponse:
    """Return an export as one zip, made while it is sent."""
    place = find_export(path_of(run, studio.workspace.runs), name)
    title = f"{place.parent.name}-{place.name}.zip"
    plain_title = title.encode("ascii", "replace").decode().translate(str.maketrans('?"\\', "___"))
    named = (
        f"attachment; filename=\"{plain_title}\"; filename*=UTF-8''{quote(title.encode('utf-8', 'replace'))}"
    )
    return StreamingResponse(
        zipped(place, files_in(place)), media_type="application/zip", headers={"content-disposition": named}
    )


def _asked_on(folder: RunFolder, studio: Studio) -> list[str]:
    """Return the words that have the file asked on the photos that are open, where those of the run are gone."""
    try:
        there = any(answer.path.is_file() for answer in read_predictions(folder.predictions))
    except ConvolensError:  # the command says so
        there = True
    photos = studio.workspace.photos
    return [] if there or photos is None or not photos.is_dir() else ["--photos", str(photos)]


def _told(job: Job) -> dict[str, Any]:
    run = job.run
    return {
        **job.as_dict(),
        "run": None if run is None else identity(run.name),
        "log": job.tail(),
    }
