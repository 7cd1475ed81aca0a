"""Where lessons get the photos from that they work with."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from convolens.errors import ArgumentError
from convolens.studio.pictures.chosen import choices, dropped_id, find_photo
from convolens.studio.pictures.sprites import as_png
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.body import read_body
from convolens.studio.workspace.dropped import MOST_BYTES, check_bytes

router = APIRouter(prefix="/api/chosen", tags=["pictures"])


async def dropped_bytes(request: Request) -> bytes:
    """Return what was sent.

    Raises:
        TooLargeError: more than a photo may have.
    """
    data, size = await read_body(request, MOST_BYTES)
    check_bytes(size)
    return data


@router.get("")
def list_choices(studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return photos to choose from: some of the open folder, and the samples."""
    return choices(studio)


@router.post("")
def drop(
    studio: Annotated[Studio, Depends(studio_of)], data: Annotated[bytes, Depends(dropped_bytes)]
) -> dict[str, Any]:
    """Keep a dropped photo in memory, and return its id; it is looked at first."""
    if not data:
        raise ArgumentError("nothing was dropped; drop a photo.")
    photo = dropped_id(studio.dropped.add(data))
    rows, columns, _ = find_photo(studio, photo).pixels().shape
    return {"id": photo, "name": "dropped photo", "label": "", "rows": rows, "columns": columns}


@router.get("/{photo}")
def shown(
    photo: str,
    studio: Annotated[Studio, Depends(studio_of)],
    side: Annotated[int, Query(ge=1, le=1024)] = 192,
    grey: bool = False,
) -> Response:
    """Return a photo as PNG, its longer side at most so many pixels."""
    found = find_photo(studio, photo)
    return Response(
        as_png(found.scaled(side, "grayscale" if grey else "rgb")),
        media_type="image/png",
        headers={"cache-control": "private, no-cache"},
    )
