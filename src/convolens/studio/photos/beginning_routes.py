"""What the Photos page asks where no photos are open."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from convolens.studio.photos import beginning
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity, shown

router = APIRouter(prefix="/api/begin", tags=["photos"])
Here = Annotated[Studio, Depends(studio_of)]


class Folder(BaseModel):
    """A folder that was listed."""

    folder: str


@router.get("")
def offers(studio: Here) -> dict[str, Any]:
    """Return what is open, and which folders near the place where the studio was started hold class folders."""
    workspace = studio.workspace
    return {
        "open": None if workspace.photos is None else shown(workspace.photos),
        "home": shown(workspace.home),
        "folders": [
            {
                "id": "." if one.path == "." else identity(one.path),
                "name": shown(workspace.home.name if one.path == "." else one.path),
                "classes": one.classes,
            }
            for one in beginning.near(workspace.home, workspace.runs)
        ],
    }


@router.post("/open")
def open_folder(studio: Here, asked: Folder) -> dict[str, Any]:
    """Open a folder of class folders."""
    return {"open": shown(beginning.open_folder(studio, asked.folder))}


@router.post("/new")
def make_folder(studio: Here) -> dict[str, Any]:
    """Make a folder for photos, and open it."""
    return {"open": shown(beginning.make_folder(studio))}


@router.post("/demo")
def write_demo(studio: Here) -> dict[str, Any]:
    """Write the handwritten digits as a folder, and open it."""
    return {"open": shown(beginning.write_demo(studio))}
