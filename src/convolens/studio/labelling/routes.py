"""What the page Label next asks: where photos without a label lie, which comes next, and the labels that are given."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from convolens.errors import ArgumentError
from convolens.studio.editing import plans
from convolens.studio.labelling.queue import Queues
from convolens.studio.labelling.sources import find_source, sources
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import path_of, shown

router = APIRouter(prefix="/api/label", tags=["label"])
Here = Annotated[Studio, Depends(studio_of)]


class Label(BaseModel):
    """A photo of a source, and its class."""

    source: str
    photo: str
    to: str


@router.get("/sources")
def list_sources(studio: Here) -> dict[str, Any]:
    """Return the places where photos without a label lie, and how many there are."""
    return {"sources": sources(studio), "home": shown(studio.workspace.home)}


@router.get("/queue")
def queue(
    studio: Here,
    source: str,
    run: str | None = None,
    again: bool = False,
    count: Annotated[int, Query(ge=1, le=200)] = 12,
) -> dict[str, Any]:
    """Return the photos that are labelled best next; scoring begins where it has not, and news of the topic "label" tell of it."""
    found = find_source(studio, source)
    folder = None if run is None else _run(studio, run)
    queues = studio.room(Queues)
    queues.ask(found, folder, again)
    left = queues.left(found)
    return {
        "photos": [asdict(one) for one in left[:count]],
        "left": len(left) if queues.progress is None else len(found.photos),
        "place": found.place,
        "progress": queues.progress,
        "problem": queues.problem,
    }


@router.post("")
def label(studio: Here, asked: Label) -> dict[str, Any]:
    """Give a photo its class: it is moved there at once."""
    source = find_source(studio, asked.source)
    path = path_of(asked.photo, source.root)
    if os.path.relpath(path, source.root) not in source.photos:
        raise ArgumentError(
            f"{shown(os.path.relpath(path, source.root))!r} does not lie in {source.folder}; choose a photo of that source."
        )
    done = plans.move(studio, [asked.photo], asked.to, source.place)
    return {"done": shown(done.said), "undo": done.undo}


def _run(studio: Studio, run: str) -> Path:
    return path_of(run, studio.workspace.runs)
