"""What the Try page asks, and whoever shows a photo with a run's answer: of a photo that is sent, or of one of the open folder."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from convolens.errors import TooLargeError
from convolens.runs.answers.calibrate import ERROR_RATE, CalibrateOptions, calibrate
from convolens.runs.explanation.methods import METHODS
from convolens.studio.answers.answer import answer, lines_of
from convolens.studio.answers.heat import USUAL, heat_of
from convolens.studio.answers.nearest import nearest_photos
from convolens.studio.answers.photo import LIMIT, Photo
from convolens.studio.records.progress import telling
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.body import read_body
from convolens.studio.workspace.identity import path_of

router = APIRouter(prefix="/api/answers", tags=["answers"])
TOP = 1000  # classes that are told at most

Here = Annotated[Studio, Depends(studio_of)]
Top = Annotated[int, Query(ge=1, le=TOP)]
Count = Annotated[int, Query(ge=1, le=48)]
Rate = Annotated[float, Query(gt=0, lt=1)]
Class = Annotated[str | None, Query(alias="class")]


async def sent(request: Request, name: str = "") -> Photo:
    """Return the photo that is the body of a request, as it is; what is too large is read to its end and forgotten.

    Raises:
        TooLargeError: more than `LIMIT` bytes. ArgumentError: none.
    """
    data, size = await read_body(request, LIMIT)
    if size > LIMIT:
        raise TooLargeError(
            f"{name or 'the photo'}: has {size / 2**20:.0f} MiB, more than the {LIMIT / 2**20:.0f} MiB of one photo; make it smaller."
        )
    return Photo.sent(name, data)


def lying(photo: str, studio: Here) -> Photo:
    """Return a photo of the open folder by its id.

    Raises:
        ArgumentError, MissingFileError: no such photo, or no folder is open.
    """
    return Photo(path_of(photo, studio.workspace.check_folder()))


Sent = Annotated[Photo, Depends(sent)]
Lying = Annotated[Photo, Depends(lying)]


@router.get("")
def about(run: str, studio: Here) -> dict[str, Any]:
    """Return what is to be known of a run before it is asked: its classes, and whether it can call a photo unknown."""
    loaded = studio.run(run)
    calibration = loaded.calibration
    return {
        "name": loaded.folder.path.name,
        "model": loaded.trained.name,
        "classes": list(loaded.trained.class_names),
        "several": loaded.trained.multi_label,
        "tells_unknown": calibration is not None and calibration.unknown is not None,
        "error_rate": ERROR_RATE,
        "lines": lines_of(loaded),
        "methods": [{"name": name} for name in METHODS],
        "limit": LIMIT,
    }


@router.post("")
def of_sent(run: str, photo: Sent, studio: Here, top: Top = TOP) -> dict[str, Any]:
    """Return what a run says of the photo that is sent, just as `convolens predict` does; it is written nowhere."""
    return answer(studio.run(run), photo, top)


@router.post("/unknown")
def teach_unknown(run: str, studio: Here, error_rate: Rate = ERROR_RATE) -> dict[str, Any]:
    """Teach a run to call photos unknown that are like none of its classes, just as `convolens calibrate` does."""
    folder = studio.run(run).folder
    calibrate(folder.path, CalibrateOptions(error_rate), telling(partial(studio.tell_work, "unknown")))
    studio.news.tell("runs")
    return about(run, studio)


@router.post("/heat")
def heat_of_sent(run: str, photo: Sent, studio: Here, label: Class = None, method: str = USUAL) -> Response:
    """Return where a run sees a class in the photo that is sent, as a PNG to be laid over it."""
    return _picture(studio, run, photo, label, method)


@router.post("/nearest")
def nearest_of_sent(run: str, photo: Sent, studio: Here, count: Count = 6) -> dict[str, Any]:
    """Return the training photos that a run finds most like the photo that is sent."""
    return nearest_photos(studio, studio.run(run), photo, count, "try")


@router.get("/{photo}")
def of_lying(run: str, photo: Lying, studio: Here, top: Top = TOP) -> dict[str, Any]:
    """Return what a run says of a photo of the open folder."""
    return answer(studio.run(run), photo, top)


@router.get("/{photo}/heat")
def heat_of_lying(run: str, photo: Lying, studio: Here, label: Class = None, method: str = USUAL) -> Response:
    """Return where a run sees a class in a photo of the open folder, as a PNG to be laid over it."""
    return _picture(studio, run, photo, label, method)


@router.get("/{photo}/nearest")
def nearest_of_lying(run: str, photo: Lying, studio: Here, count: Count = 6) -> dict[str, Any]:
    """Return the training photos that a run finds most like a photo of the open folder."""
    return nearest_photos(studio, studio.run(run), photo, count, "mistakes")


def _picture(studio: Studio, run: str, photo: Photo, label: str | None, method: str) -> Response:
    heat = heat_of(studio.run(run), photo, label, method)
    headers = {"x-note": heat.found.picture.note.encode("ascii", "replace").decode()}
    return Response(heat.picture, media_type="image/png", headers=headers)
