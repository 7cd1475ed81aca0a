"""Where pages get pictures of photos from."""

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from convolens.errors import ConvolensError
from convolens.studio.pictures.thumbnails import thumbnail
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
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a photo as JPEG, its longer side at most so many pixels; `place` as of `Workspace.place`.

    With `placeholder`, a photo that cannot be shown is answered with a picture that says so, for walls of photos.
    """
    try:
        path = path_of(photo, studio.workspace.place(place))
        state = path.stat()
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}-{side}"'
        headers = {
            "etag": tag,
            "cache-control": "private, no-cache",
        }  # asked again each time: a photo may change under its name
        if if_none_match == tag:
            return Response(status_code=304, headers=headers)
        return Response(thumbnail(path, side), media_type="image/jpeg", headers=headers)
    except (ConvolensError, OSError):
        if not placeholder:
            raise
        return Response(_PLACEHOLDER(), media_type="image/svg+xml", headers={"cache-control": "no-store"})
