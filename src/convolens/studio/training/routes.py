"""The runs, for all pages; and a run with all that its page shows."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from convolens.errors import MissingFileError
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.shared import Studio, studio_of
from convolens.studio.training.details import details, report_of
from convolens.studio.workspace.identity import path_of
from convolens.studio.workspace.plain import plain

# A report brings its own style and its pictures with it, and needs nothing else: not even this page's address.
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
router = APIRouter(prefix="/api/runs", tags=["runs"])


@router.get("")
def list_runs(studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return all runs of the folder of runs, the newest first."""
    found = studio.summaries.all(studio.workspace.runs)
    return {"folder": plain(studio.workspace.runs), "runs": [one.as_dict() for one in found]}


@router.get("/{run}")
def show_run(run: str, studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return a run: its epochs, findings, and what its training told."""
    place = run_place(run, studio)
    summary = studio.summaries.of(place)
    if summary is None:
        raise MissingFileError(f"{place}: holds no run; choose one in the list.")
    return details(RunFolder(place), summary, studio.jobs.of_run(place))


@router.get("/{run}/report")
def show_report(run: str, studio: Annotated[Studio, Depends(studio_of)]) -> FileResponse:
    """Return the page that a run wrote of itself."""
    place = run_place(run, studio)
    page = report_of(place)
    if page is None:
        raise MissingFileError(f"{place.name}: has no report; a training writes it at its end.")
    return FileResponse(
        page, media_type="text/html; charset=utf-8", headers={"content-security-policy": REPORT_POLICY}
    )


def run_place(run: str, studio: Studio) -> Path:
    """Return the folder that a run's id stands for.

    Raises:
        ArgumentError: it stands for none in the folder of runs. MissingFileError: it is no longer there.
    """
    return path_of(run, studio.workspace.runs)
