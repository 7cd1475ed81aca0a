"""What the Photos page asks of the check: begin, cancel, and what was found."""

import os
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from convolens.studio.photos.checking import NAME, Checking, read_kept, signature
from convolens.studio.records.kept_labels import KeptLabels
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity

router = APIRouter(prefix="/api/findings", tags=["photos"])
Here = Annotated[Studio, Depends(studio_of)]
KINDS = ("broken", "conflicts", "leaks", "label_errors", "duplicates", "blank")


@router.get("")
def findings(studio: Here) -> dict[str, Any]:
    """Return what the last check found, without photos that were moved, removed or kept since, and whether it is old."""
    checking = studio.room(Checking)
    photos = studio.listing.photos()
    kept = read_kept(studio.workspace.state / NAME)
    there = {identity(path) for path in photos.class_of} if kept is not None else set()
    answer: dict[str, Any] = {
        "running": checking.running,
        "progress": checking.progress,
        "problem": checking.problem,
        "found": None,
    }
    if kept is not None:
        left = {
            kind: [row for row in kept.get(kind, []) if all(one in there for one in _photos(row))]
            for kind in KINDS
        }
        right = KeptLabels(studio.workspace.make_state).all() if left["label_errors"] else set()
        left["label_errors"] = [
            row for row in left["label_errors"] if (row["sha256"], row["class"]) not in right
        ]
        gone = sum(len(kept.get(kind, [])) - len(rows) for kind, rows in left.items())
        answer["found"] = {**kept, **left, "old": kept.get("of") != signature(photos), "dealt_with": gone}
    return answer


@router.post("")
def start(studio: Here) -> dict[str, Any]:
    """Check the photos, in the background; news of the topic "findings" tell how far it is."""
    studio.room(Checking).start()
    return {"running": True}


@router.delete("")
def cancel(studio: Here) -> dict[str, Any]:
    """Cancel the check that is at work."""
    studio.room(Checking).cancel()
    return {"running": studio.room(Checking).running}


def _photos(row: dict[str, Any]) -> list[str]:
    pair = row.get("photos")
    return [one["photo"] for one in pair] if isinstance(pair, list) else [os.fspath(row["photo"])]
