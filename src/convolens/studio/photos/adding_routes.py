"""Where photos are sent to: each as it is, in the body; a zip of them likewise."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from convolens.errors import ArgumentError, TooLargeError
from convolens.files.atomic import write_error
from convolens.studio.photos.adding import LARGEST, Adding, too_large
from convolens.studio.photos.arrangement import arranged
from convolens.studio.photos.unpacking import LARGEST_ZIP, MOST, unpack
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import identity, shown

router = APIRouter(prefix="/api/photos", tags=["photos"])
Here = Annotated[Studio, Depends(studio_of)]
OfClass = Annotated[str | None, Query(alias="class", max_length=1000)]
Name = Annotated[str, Query(max_length=4000)]
_DRAINED = 4 * 2**30  # bytes that are read and thrown away, so that whoever sends too much hears why
_BUFFER = 2**20


class Paths(BaseModel):
    """Paths of photos, from the folder that was dropped, its own name first."""

    paths: list[str] = Field(max_length=MOST)


@router.post("/arrange")
def arrange(asked: Paths) -> dict[str, Any]:
    """Return the side and class of each photo of a dropped folder, by the folders that it lies in."""
    return {"places": [{"side": side, "class": name} for side, name in arranged(asked.paths)]}


@router.post("/add")
async def add(
    studio: Here, request: Request, of_class: OfClass = None, name: Name = "photo", side: str | None = None
) -> dict[str, Any]:
    """Add a photo, the body, to a class; without `class` it waits on the page Label next."""
    adding = await asyncio.to_thread(studio.room, Adding)
    with _temporary(adding) as file:
        if not await _receive(request, file, LARGEST):
            raise too_large(name)

        def finish() -> dict[str, Any]:
            added = adding.place(file, adding.check(file, name), of_class, side)
            where = "without a class" if added.name_of_class is None else f"in {added.name_of_class}"
            said = f"Added {added.path.name}" if added.new else f"{added.path.name} is there already, {where}"
            photos = adding.studio.workspace.folder()
            inside = added.path.is_relative_to(photos)
            return {
                "done": shown(said),
                "new": added.new,
                "elsewhere": added.elsewhere,
                "photo": identity(added.path.relative_to(photos)) if inside else None,
                "class": None if added.name_of_class is None else shown(added.name_of_class),
            }

        return await asyncio.to_thread(finish)


@router.post("/zip")
async def add_zip(
    studio: Here, request: Request, of_class: OfClass = None, name: Name = "photos.zip"
) -> dict[str, Any]:
    """Add the photos of a zip, the body; folders in it are classes, as they are of a folder that is dropped."""
    adding = await asyncio.to_thread(studio.room, Adding)
    with _temporary(adding) as file:
        if not await _receive(request, file, LARGEST_ZIP):
            raise TooLargeError(
                f"{shown(name)}: has more than {LARGEST_ZIP // 2**30} GiB; unpack it, and open the folder."
            )

        def finish() -> dict[str, Any]:
            def advance(done: int, total: int) -> None:
                if done % 20 == 0:
                    studio.news.tell("adding", name=shown(name), done=done, total=total)

            result = unpack(adding, file, name, of_class, advance)
            count = result.added.total()
            said = [f"Added {count:,} photo{'s' * (count != 1)}"]
            said += [f"{result.same:,} there already"] * bool(result.same)
            whose = "its" if result.elsewhere == 1 else "their"
            said += [f"{result.elsewhere:,} of them not in {whose} class"] * bool(result.elsewhere)
            said += [f"{result.ignored:,} that are no images"] * bool(result.ignored)
            refused = [
                *result.refused,
                *([f"and {result.more_refused:,} more"] if result.more_refused else []),
            ]
            return {
                "done": ", ".join(said),
                "classes": {shown(one): count for one, count in result.added.items()},
                "same": result.same,
                "elsewhere": result.elsewhere,
                "refused": refused,
            }

        return await asyncio.to_thread(finish)


def _temporary(adding: Adding) -> Any:
    adding.studio.workspace.check_folder()
    return adding.temporary()


async def _receive(request: Request, file: Path, most: int) -> bool:
    """Write the body to a file, and return whether it has at most so many bytes; what is beyond is thrown away."""
    try:
        claimed = int(request.headers.get("content-length") or 0)
    except ValueError as error:
        raise ArgumentError("the length of what was sent is no number.") from error
    if claimed > _DRAINED:
        return False
    count, held = 0, bytearray()
    try:
        with file.open("wb") as opened:
            async for piece in request.stream():
                count += len(piece)
                if count > _DRAINED:
                    return False
                if max(count, claimed) <= most:
                    held += piece
                if len(held) >= _BUFFER:
                    await asyncio.to_thread(opened.write, held)
                    held = bytearray()
            opened.write(held)
    except OSError as error:
        raise write_error(error, file.parent) from error
    if not count:
        raise ArgumentError("nothing was sent; send the bytes of a photo.")
    return count <= most
