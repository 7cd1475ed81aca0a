"""The stream of news that every open page listens to."""

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from convolens.studio.shared import Studio, studio_of

router = APIRouter(tags=["news"])


@router.get("/api/news", response_class=EventSourceResponse)
async def news(studio: Annotated[Studio, Depends(studio_of)]) -> AsyncIterable[ServerSentEvent]:
    """Stream what happens, from now on: an event a topic, its values as JSON."""
    async for item in studio.news.listen():
        yield ServerSentEvent(data=item.values, event=item.topic)
