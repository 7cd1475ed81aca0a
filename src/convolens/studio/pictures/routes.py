"""Where pages get pictures of photos from."""

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from convolens.data.decoding.samples import STANDARD
from convolens.errors import ConvolensError
from convolens.studio.pictures.thumbnails import thumbnail
from convolens.studio.pictures.value_ranges import ValueRanges
from convolens.studio.pictures.versions import KEPT, version_of
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import path_of

router = APIRouter(prefix="/api/pictures", tags=["pictures"])
_PLACEHOLDER = (files("convolens.studio") / "site" / "static" / "unreadable.svg").read_bytes


@router.get("/{photo}")
def picture(
    photo: str,
    studio: Annotated[Studio, Depends(studio_of)],
    side: int = 192,
    place: str = "photos",
    placeholder: bool = False,
    version: str | None = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a photo as JPEG, its longer side at most so many pixels; `place` as of `Workspace.place`.

    A browser that says which version of the photo it wants, see `version_of`, may keep the picture if it is the one that is there; it asks
    again each time otherwise, for a photo may change under its name. With `placeholder`, a photo that cannot be shown is answered with a
    picture that says so, for walls of photos.
    """
    try:
        path = path_of(photo, studio.workspace.place(place))
        now = version_of(path)
        samples = studio.room(ValueRanges).of(path)
        tag = f'"{now}-{side}{"" if samples == STANDARD else samples}"'
        headers = {"etag": tag, "cache-control": KEPT if now and version == now else "private, no-cache"}
        if if_none_match == tag:
            return Response(status_code=304, headers=headers)
        return Response(thumbnail(path, side, samples), media_type="image/jpeg", headers=headers)
    except (ConvolensError, OSError):
        if not placeholder:
            raise
        return Response(_PLACEHOLDER(), media_type="image/svg+xml", headers={"cache-control": "no-store"})
