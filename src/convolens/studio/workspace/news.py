"""News: what open pages hear of while it happens, as server-sent events; one watcher however many pages listen."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from convolens.errors import ConvolensError

PERIOD = 0.5  # seconds between two looks


@dataclass(frozen=True)
class Item:
    """One piece of news.

    Attributes:
        topic: "photos", "runs", "run" ...: pages listen by it.
        values: plain values for JSON.
    """

    topic: str
    values: dict[str, Any]


Watch = Callable[[], Iterable[Item]]


@dataclass
class News:
    """Hands each item to every page that listens.

    Args:
        watches: asked now and then, while anybody listens, what is new since they were asked last: of files that other processes
            write. Each is called by one thread at a time.
    """

    watches: list[Watch] = field(default_factory=list)
    _queues: set["asyncio.Queue[Item | None]"] = field(default_factory=set, repr=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, repr=False)
    _watching: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def tell(self, topic: str, **values: Any) -> None:
        """Tell all pages; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out, Item(topic, values))

    def end(self) -> None:
        """Let nobody listen any longer; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out, None)

    async def listen(self) -> AsyncIterator[Item]:
        """Yield items from now on, until whoever listens goes away, or the news end."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Item | None] = asyncio.Queue(1000)
        self._queues.add(queue)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        try:
            while (item := await queue.get()) is not None:
                yield item
        finally:
            self._queues.discard(queue)
            if not self._queues and self._watching is not None:
                self._watching.cancel()
                self._watching = None

    def _hand_out(self, item: Item | None) -> None:
        for queue in self._queues:
            with contextlib.suppress(asyncio.QueueFull):  # a page that sleeps; it reads anew when it wakes
                queue.put_nowait(item)

    async def _watch(self) -> None:
        while True:
            for watch in self.watches:
                for item in await asyncio.to_thread(_asked, watch):
                    self._hand_out(item)
            await asyncio.sleep(PERIOD)


def _asked(watch: Watch) -> list[Item]:
    """Return what a watch has seen; one that meets a folder which goes away under its eyes does not end the news."""
    try:
        return list(watch())
    except (ConvolensError, OSError):
        return []
