"""What the Train page asks, and the list of runs for all pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from convolens.studio.shared import Studio, studio_of

router = APIRouter(prefix="/api/runs", tags=["runs"])


@router.get("")
def list_runs(studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return all runs of the folder of runs, the newest first."""
    found = studio.summaries.all(studio.workspace.runs)
    return {"folder": str(studio.workspace.runs), "runs": [one.as_dict() for one in found]}
