"""News: what open pages hear of while it happens, as server-sent events; one watcher however many pages listen."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from convolens.errors import ConvolensError
from convolens.studio.workspace.plain import plain

PERIOD = 0.5  # seconds between two looks
SILENT = 15.0  # seconds until pages are told that nothing has happened, so that a connection that is gone is noticed


@dataclass(frozen=True)
class Item:
    """One piece of news.

    Attributes:
        topic: "photos", "runs", "run" ...: pages listen by it.
        values: plain values for JSON.
    """

    topic: str
    values: dict[str, Any]

    def message(self) -> bytes:
        """Return it as a server-sent event.

        Example:
            >>> Item("photos", {"version": 2}).message()
            b'event: photos\\ndata: {"version": 2}\\n\\n'
        """
        return f"event: {self.topic}\ndata: {json.dumps(plain(self.values))}\n\n".encode()


Watch = Callable[[], Iterable[Item]]


@dataclass
class News:
    """Hands items to every page that listens: put into words once, however many pages there are.

    Args:
        watches: asked now and then, while anybody listens, what is new since they were asked last: of files that other processes
            write. Each is called by one thread at a time.
    """

    watches: list[Watch] = field(default_factory=list)
    _queues: set["asyncio.Queue[bytes | None]"] = field(default_factory=set, repr=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, repr=False)
    _watching: "asyncio.Task[None] | None" = field(default=None, repr=False)
    _ended: bool = field(default=False, repr=False)

    def tell(self, topic: str, **values: Any) -> None:
        """Tell all pages; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out, [Item(topic, values)])

    def end(self) -> None:
        """Let nobody listen any longer, nor begin to; from any thread."""
        self._ended = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, None)

    async def listen(self) -> AsyncIterator[bytes]:
        """Yield server-sent events from now on, until whoever listens goes away, or the news end."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(1000)
        self._queues.add(queue)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        try:
            while not self._ended and (item := await queue.get()) is not None:
                yield item
        finally:
            self._queues.discard(queue)
            if not self._queues and self._watching is not None:
                self._watching.cancel()
                self._watching = None

    def _hand_out(self, items: Sequence[Item]) -> None:
        self._put(b"".join(item.message() for item in items) or b": nothing new\n\n")

    def _put(self, told: bytes | None) -> None:
        for queue in self._queues:
            with contextlib.suppress(asyncio.QueueFull):  # a page that sleeps; it reads anew when it wakes
                queue.put_nowait(told)

    async def _watch(self) -> None:
        told = time.monotonic()
        while True:
            found = [item for watch in self.watches for item in await asyncio.to_thread(_asked, watch)]
            if found or time.monotonic() - told > SILENT:
                self._hand_out(found)
                told = time.monotonic()
            await asyncio.sleep(PERIOD)


def _asked(watch: Watch) -> list[Item]:
    """Return what a watch has seen; one that meets a folder which goes away under its eyes does not end the news."""
    try:
        return list(watch())
    except (ConvolensError, OSError):
        return []
