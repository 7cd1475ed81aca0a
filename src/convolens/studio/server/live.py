"""The stream of news that every open page listens to."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from convolens.studio.shared import Studio, studio_of

router = APIRouter(tags=["news"])


@router.get("/api/news", response_class=StreamingResponse)
async def news(studio: Annotated[Studio, Depends(studio_of)]) -> StreamingResponse:
    """Stream what happens, from now on, as server-sent events: an event a topic, its values as JSON."""
    return StreamingResponse(studio.news.listen(), media_type="text/event-stream")
