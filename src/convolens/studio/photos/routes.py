"""What the Photos page asks: classes, photos a page at a time, and edits of them."""

import os
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from convolens.errors import ConvolensError
from convolens.studio.editing import edits, plans
from convolens.studio.editing.edits import Done
from convolens.studio.photos.aside import listed, loose
from convolens.studio.pictures.versions import version_of
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity, shown

router = APIRouter(prefix="/api", tags=["photos"])
Here = Annotated[Studio, Depends(studio_of)]
MOST = 1000  # photos in one answer
MANY = 200_000  # photos in one edit


class Chosen(BaseModel):
    """Photos, by the identities that they are listed with."""

    photos: list[str] = Field(max_length=MANY)
    place: str = "photos"


class SetAside(Chosen):
    """Photos, and whether files of the same bytes go with them: those with several labels lie in several classes."""

    copies: bool = False


class ToClass(Chosen):
    """Photos, and the class that they are to be of."""

    to: str


class Names(BaseModel):
    """A class and its new name."""

    old: str = Field(alias="from")
    new: str = Field(alias="to")


class Merged(BaseModel):
    """Classes that become one."""

    classes: list[str] = Field(max_length=100_000)
    into: str


class Which(BaseModel):
    """An edit; the newest where none is named."""

    edit: int | None = None


@router.get("/classes")
def classes(studio: Here) -> dict[str, Any]:
    """Return the classes of the open folder, how many photos each has, and what lies beside them."""
    photos = studio.listing.photos()
    none: Counter[str] = Counter()
    return {
        "folder": shown(photos.root),
        "sides": [shown(side) for side in photos.sides],
        "classes": [
            {
                "name": shown(name),
                "photos": counts.total(),
                "sides": {shown(side): n for side, n in counts.items()},
            }
            for name in photos.names
            for counts in [photos.counts.get(name, none)]
        ],
        "photos": sum(counts.total() for counts in photos.counts.values()),
        "quarantined": len(listed(studio.workspace.quarantine)),
        "unlabelled": len(listed(studio.workspace.unlabelled)) + loose(photos.root),
        "lines": [shown(line) for line in photos.lines],
        "version": photos.version,
    }


@router.get("/photos")
def photos(
    studio: Here,
    of_class: Annotated[str | None, Query(alias="class")] = None,
    side: str | None = None,
    search: Annotated[str, Query(max_length=300)] = "",
    start: Annotated[int, Query(ge=0)] = 0,
    count: Annotated[int, Query(ge=0, le=MOST)] = 200,
    place: str = "photos",
) -> dict[str, Any]:
    """Return some photos of the open folder, or of those that were set aside (`place=quarantine`), and how many there are in all."""
    there = studio.listing.photos()
    if place == "quarantine":
        aside = [path for path in listed(studio.workspace.quarantine) if search.casefold() in path.casefold()]
        rows = [
            _row(studio.workspace.quarantine, path, path.rpartition("/")[0], "")
            for path in aside[start : start + count]
        ]
        return {"total": len(aside), "start": start, "photos": rows, "version": there.version}
    total, found = there.page(of_class, side, search, start, count)
    rows = [_row(there.root, path, folder.name, folder.side) for path, folder in found]
    return {"total": total, "start": start, "photos": rows, "version": there.version}


def first_photos(studio: Studio) -> dict[str, Any] | None:
    """Return what the page shows first, `classes` and a `page` of photos; None where nobody has looked at the folder yet, or it cannot be listed.

    Args:
        studio: whose folder is shown.
    """
    if not studio.listing.looked:
        return None  # that may take seconds, in which the page is there already
    try:
        return {"classes": classes(studio), "page": photos(studio)}
    except ConvolensError:
        return None  # the page asks, and says why


def _row(root: Path, path: str, of_class: str, side: str) -> dict[str, str]:
    return {
        "id": identity(path),
        "name": shown(path.rsplit("/", 1)[-1]),
        "class": shown(of_class),
        "side": shown(side),
        "version": version_of(os.path.join(root, path)),
    }


@router.post("/photos/there")
def there(studio: Here, asked: Chosen) -> dict[str, Any]:
    """Return those of some photos that are still there."""
    if asked.place == "quarantine":
        known = {identity(path) for path in listed(studio.workspace.quarantine)}
    else:
        known = {identity(path) for path in studio.listing.photos().class_of}
    return {"photos": [photo for photo in asked.photos if photo in known]}


@router.post("/photos/move")
def move(studio: Here, asked: ToClass) -> dict[str, Any]:
    """Move photos into a class."""
    return answered(studio, plans.move(studio, asked.photos, asked.to, asked.place))


@router.post("/photos/quarantine")
def quarantine(studio: Here, asked: SetAside) -> dict[str, Any]:
    """Set photos aside, so that no training sees them."""
    return answered(studio, plans.quarantine(studio, asked.photos, asked.place, asked.copies))


@router.post("/photos/restore")
def restore(studio: Here, asked: Chosen) -> dict[str, Any]:
    """Bring photos back that were set aside."""
    return answered(studio, plans.restore(studio, asked.photos))


@router.post("/classes/rename")
def rename(studio: Here, asked: Names) -> dict[str, Any]:
    """Give a class another name."""
    return answered(studio, plans.rename(studio, asked.old, asked.new))


@router.post("/classes/merge")
def merge(studio: Here, asked: Merged) -> dict[str, Any]:
    """Make several classes one."""
    return answered(studio, plans.merge(studio, asked.classes, asked.into))


@router.post("/edits/undo")
def undo(studio: Here, asked: Which | None = None) -> dict[str, Any]:
    """Take an edit back: all of it or nothing."""
    return answered(studio, edits.undo(studio, None if asked is None else asked.edit))


@router.post("/edits/redo")
def redo(studio: Here, asked: Which | None = None) -> dict[str, Any]:
    """Do an edit again that was undone."""
    return answered(studio, edits.redo(studio, None if asked is None else asked.edit))


@router.get("/edits")
def history(studio: Here, count: Annotated[int, Query(ge=1, le=MOST)] = 50) -> dict[str, Any]:
    """Return the newest edits, what can be undone and done again, and what of the log cannot be read."""
    log = edits.history(studio)
    undone = set(log.undone())
    new = [edit for edit in log.edits if edit.undoes is None and edit.again is None]
    last, next_ = log.to_undo(), log.to_redo()
    problem = None
    if log.damaged:
        lines = ", ".join(map(str, log.damaged[:5]))
        problem = f"edits.jsonl: line {lines} is damaged; what it said cannot be undone, all else can."
    return {
        "edits": [
            {
                "edit": edit.number,
                "time": edit.time,
                "said": shown(edit.said),
                "undone": edit.number in undone,
            }
            for edit in reversed(new[-count:])
        ],
        "undo": None if last is None else {"edit": last.number, "said": shown(last.said)},
        "redo": None if next_ is None else {"edit": next_.number, "said": shown(next_.said)},
        "problem": problem,
    }


def answered(studio: Studio, done: Done) -> dict[str, Any]:
    """Return an edit as an answer; the photos' new identities where they lie in the open folder."""
    root = studio.workspace.folder()
    inside = [identity(path.relative_to(root)) for path in done.moved if path.is_relative_to(root)]
    return {"done": shown(done.said), "undo": done.undo, "redo": done.redo, "photos": inside}
