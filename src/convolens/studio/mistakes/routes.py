"""What the Mistakes page asks: the wall, suspects, labels that were looked at and kept, and the run learnt again."""

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import list_images
from convolens.data.folders.layout import find_layout
from convolens.errors import BusyError, ConvolensError
from convolens.files.atomic import digest_of
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.photos.check_data import gather
from convolens.studio.mistakes.again import learn_again
from convolens.studio.mistakes.suspects import check_one_class_each, look, suspects_of
from convolens.studio.mistakes.unknown import unknown_among
from convolens.studio.mistakes.wall import chosen, pairs_of, rows_of
from convolens.studio.records.feature_rows import network_key
from convolens.studio.records.kept_labels import KeptLabels
from convolens.studio.records.run_photos import RunPhotos
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import path_of, shown

router = APIRouter(prefix="/api/mistakes", tags=["mistakes"])
Here = Annotated[Studio, Depends(studio_of)]
Kind = Literal["mistakes", "unsure", "unknown", "all"]


@dataclass
class AtWork:
    """The one training again that goes on, if any."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    cancel: threading.Event = field(default_factory=threading.Event)


class KeptLabel(BaseModel):
    """A photo whose label somebody looked at."""

    photo: str
    label: str


class KeptLabelList(BaseModel):
    """Photos whose labels are right."""

    photos: list[KeptLabel] = Field(min_length=1, max_length=1000)


def at_work(studio: Here) -> AtWork:
    """Return the training again of this studio."""
    return studio.kept.of("training again", 1).get("at work", AtWork)


def kept_labels(studio: Here) -> KeptLabels:
    """Return the labels that were kept, one for all requests: they write one file."""
    return studio.kept.of("kept labels", 1).get("labels", lambda: KeptLabels(studio.workspace.make_state))


Again = Annotated[AtWork, Depends(at_work)]
Kept = Annotated[KeptLabels, Depends(kept_labels)]


def _run_of(studio: Studio, run: str) -> RunFolder:
    return RunFolder.open(path_of(run, studio.workspace.runs))


def _classes_now(studio: Studio) -> list[str]:
    """Return the classes of the open folder, which photos can be moved to; none where it cannot be listed."""
    try:
        return [shown(name) for name in studio.listing.photos().names]
    except ConvolensError:
        return []


@router.get("")
def summary(run: str, studio: Here) -> dict[str, Any]:
    """Return how many answers of a run are wrong, and which class was taken for which."""
    photos = RunPhotos.of(_run_of(studio, run))
    answers = photos.answers()
    rows = rows_of(photos.in_place(answers), studio.workspace.photos)
    wrong = sum(not row.right for row in rows)
    return {
        "name": photos.run.path.name,
        "data": str(photos.data),
        "outside": sum(row.photo is None for row in rows),
        "photos": len(rows),
        "wrong": wrong,
        "gone": len(answers) - len(rows),
        "pairs": pairs_of(rows),
        "classes": list(map(str, photos.record.tables["data"].get("classes", ()))),
        "classes_now": _classes_now(studio),
        "several": bool(photos.record.tables.get("settings", {}).get("multi_label")),
    }


@router.get("/rows")
def rows(
    run: str,
    studio: Here,
    kind: Kind = "mistakes",
    label: str | None = None,
    said: str | None = None,
    start: Annotated[int, Query(ge=0)] = 0,
    count: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Return photos that a run was scored on, those that need a look first."""
    photos = RunPhotos.of(_run_of(studio, run))
    answers = photos.in_place(photos.answers())
    if kind == "unknown":
        tell = partial(studio.tell_work, "mistakes")
        answers = unknown_among(studio.run(run), photos, answers, studio.rows, tell)
    listed = rows_of(answers, studio.workspace.photos)
    found = chosen(listed, "all" if kind == "unknown" else kind, label, said)
    return {"total": len(found), "rows": [row.as_dict() for row in found[start : start + count]]}


@router.get("/suspects")
def suspects(studio: Here, kept: Kept, run: str | None = None) -> dict[str, Any]:
    """Return the photos of the open folder that are probably in the wrong class, with the class that they rather are of."""
    tell = partial(studio.tell_work, "mistakes")
    folder = studio.workspace.check_folder()
    check_one_class_each(list_images(find_layout(folder).train))
    images, loaded = gather(folder).images, None if run is None else studio.run(run)
    network = None if loaded is None else network_key(loaded)
    key = (network, folder, images.relative_paths, images.labels.tobytes(), tuple(content_hashes(images)))
    looked = studio.kept.of("suspects", 1).get(key, lambda: look(folder, loaded, tell))
    return suspects_of(looked, kept.all(), folder)


@router.post("/keep")
def keep(asked: KeptLabelList, studio: Here, kept: Kept) -> dict[str, Any]:
    """Note that labels are right: these photos are no suspects any more, as long as they keep them."""
    root = studio.workspace.check_folder()
    paths = [path_of(one.photo, root) for one in asked.photos]
    found = [
        (digest_of(path), one.label, shown(path.relative_to(root).as_posix()))
        for path, one in zip(paths, asked.photos, strict=True)
    ]
    kept.keep(found)
    studio.news.tell("labels", kept=len(found))
    return {"done": len(found)}


@router.post("/keep/undo")
def forget(asked: KeptLabelList, studio: Here, kept: Kept) -> dict[str, Any]:
    """Take that back."""
    root = studio.workspace.check_folder()
    kept.forget([(digest_of(path_of(one.photo, root)), one.label) for one in asked.photos])
    studio.news.tell("labels", kept=-len(asked.photos))
    return {"done": len(asked.photos)}


@router.post("/again")
def again(run: str, studio: Here, work: Again) -> dict[str, Any]:
    """Learn a run's head anew from the photos as they lie now, into a new run, and return how its answers changed."""
    folder = _run_of(studio, run)
    if not work.lock.acquire(blocking=False):
        raise BusyError("a run is being trained again already; wait until it is done, or cancel it.")
    try:
        work.cancel.clear()
        tell = partial(studio.tell_work, "again")
        found = learn_again(folder, studio.workspace.runs, studio.workspace.photos, tell, work.cancel)
    finally:
        work.lock.release()
    studio.news.tell("runs")
    return found


@router.post("/again/cancel")
def cancel(work: Again) -> dict[str, bool]:
    """Ask the training again to end; nothing is left of it."""
    work.cancel.set()
    return {"asked": work.lock.locked()}
