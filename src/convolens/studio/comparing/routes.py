"""What the Compare page asks: costs and scores of runs, and two of them photo by photo."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from convolens.errors import ArgumentError, MissingFileError
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.comparing.costs import RunCosts
from convolens.studio.comparing.pairs import compared
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import path_of
from convolens.studio.workspace.plain import plain

MOST = 60  # runs in one chart
router = APIRouter(prefix="/api/compare", tags=["compare"])
Id = Annotated[str, Query(max_length=2000)]


@router.get("")
def compare(
    studio: Annotated[Studio, Depends(studio_of)], run: Annotated[list[str], Query(max_length=MOST)]
) -> dict[str, Any]:
    """Return what each of some runs costs, and how good it is; why not, where one cannot be read."""
    costs = studio.kept.of("costs", 1).get("of runs", RunCosts)
    rows = []
    for one in run:
        place = path_of(one, studio.workspace.runs)
        summary = studio.summaries.of(place)
        if summary is None:
            raise MissingFileError(f"{place}: holds no run; choose one in the list.")
        folder = RunFolder(place)
        found = costs.or_problem(folder)
        given: dict[str, Any] = {"problem": found} if isinstance(found, str) else vars(found)
        weights = folder.best.stat().st_size if folder.best.is_file() else None
        rows.append({**summary.as_dict(), "weights_bytes": weights, **given})
    return {"runs": plain(rows)}


@router.get("/pair")
def compare_two(
    studio: Annotated[Studio, Depends(studio_of)],
    first: Id,
    second: Id,
    on: Literal["validation", "open"] = "validation",
) -> dict[str, Any]:
    """Return where two runs differ: on the validation photos that both had, or asked on the photos that are open."""
    if first == second:
        raise ArgumentError("choose two different runs to compare.")
    places = [path_of(one, studio.workspace.runs) for one in (first, second)]
    photos = studio.workspace.check_folder() if on == "open" else studio.workspace.photos
    return dict(plain(compared(places[0], places[1], photos, asked=on == "open")))
