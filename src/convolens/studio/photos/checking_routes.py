"""What the Photos page asks of the check: begin, cancel, and what was found."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from convolens.studio.photos.checking import NAME, Checking, read_kept, signature, state
from convolens.studio.records.kept_labels import KeptLabels
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity, shown

router = APIRouter(prefix="/api/findings", tags=["photos"])
Here = Annotated[Studio, Depends(studio_of)]
KINDS = ("broken", "conflicts", "leaks", "label_errors", "duplicates", "blank")


@router.get("")
def findings(studio: Here) -> dict[str, Any]:
    """Return what the last check found, without photos that were moved, removed, changed or kept since, and whether it is old."""
    checking = studio.room(Checking)
    photos = studio.listing.photos()
    kept = read_kept(studio.workspace.state / NAME)
    there = {identity(path): path for path in photos.class_of} if kept is not None else {}
    answer: dict[str, Any] = {
        "running": checking.running,
        "progress": checking.progress,
        "problem": checking.problem,
        "found": None,
    }
    if kept is not None:
        found = [
            one
            for kind in KINDS
            for row in kept.get(kind, [])
            for one in _photos(row)
            if one["photo"] in there
        ]
        same = {one["photo"] for one in found if state(photos.root, there[one["photo"]]) == one["state"]}
        left = {
            kind: [row for row in kept.get(kind, []) if all(one["photo"] in same for one in _photos(row))]
            for kind in KINDS
        }
        right = KeptLabels(studio.workspace.make_state).all() if left["label_errors"] else set()
        names = set(map(shown, photos.names))
        left["label_errors"] = [
            row
            for row in left["label_errors"]
            if row["suggested"] in names and (row["sha256"], row["class"]) not in right
        ]
        gone = sum(len(kept.get(kind, [])) - len(rows) for kind, rows in left.items())
        old = kept.get("of") != signature(photos) or any(one["photo"] not in same for one in found)
        answer["found"] = {**kept, **left, "old": old, "dealt_with": gone}
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


def _photos(row: dict[str, Any]) -> list[dict[str, Any]]:
    pair = row.get("photos")
    return pair if isinstance(pair, list) else [row]
