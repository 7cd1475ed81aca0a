"""Opened: a page that shows one folder changes nothing in another that was opened since."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity, shown

HEADER = "convolens-folder"  # what a page shows; see static/asking/api.js


def folder_id(studio: Studio) -> str:
    """Return the id of the folder that is open; "" where none is."""
    folder = studio.workspace.photos
    return "" if folder is None else identity(folder.as_posix())


async def check_opened(request: Request, studio: Annotated[Studio, Depends(studio_of)]) -> None:
    """Refuse what a page sends that shows another folder: its photos may have namesakes in this one.

    Raises:
        HTTPException: 409, another folder was opened since.
    """
    folder = studio.workspace.photos
    if folder is not None and request.headers.get(HEADER, folder_id(studio)) != folder_id(studio):
        raise HTTPException(
            409, f"this page shows another folder than {shown(folder)}, which is open now; load it anew."
        )
