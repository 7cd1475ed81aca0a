"""What open pages cost a live run: the speed of a training in spells with 50 pages of it open and with none, in turn; under 6 minutes.

    python benchmarks/studio_pages.py PHOTOS [--pages 50] [--spells 6] [--seconds 20]

PHOTOS is copied into a temporary folder, and a training of them is begun through the studio; it is ended in the end. Its speed is what its
own events say: images per second of the epochs that lie wholly in a spell. Each spell with pages is compared with the mean of those
before and behind it. A page is what the server has of it: its address, its modules and first questions when it opens, then a stream of
news and the questions that `train.js` asks on some of them. The browsers' own work is not in it, for fifty tabs in front of people are
on machines of their own; the small work of reading here is done at the lowest priority and told, as is the time of the studio's process.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio_process import studio_on

SETTLED = 3  # seconds after pages have opened or closed


@dataclass
class Server:
    """A studio that is asked; many questions at once, each in a connection of its own or one that is given."""

    address: str
    token: str
    asked: Counter[str] = field(default_factory=Counter)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        to = urlsplit(self.address)
        return await asyncio.open_connection(to.hostname, to.port, limit=2**24)

    def send(self, writer: asyncio.StreamWriter, path: str, body: Any = None) -> None:
        self.asked[re.sub(r"/api/runs/.+", "/api/runs/RUN", path)] += 1
        data = b"" if body is None else json.dumps(body).encode()
        writer.write(
            f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: {urlsplit(self.address).netloc}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode()
            + data
        )

    async def ask(self, path: str, body: Any = None, connection: Any = None) -> bytes:
        reader, writer = connection or await self.connect()
        self.send(writer, path, body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        answer = await reader.readexactly(int(length[1]) if length else 0)
        if not head.startswith(b"HTTP/1.1 2"):
            sys.exit(f"{path}: {head.splitlines()[0].decode()} {answer.decode()}")
        if connection is None:
            writer.close()
        return answer


class Page:
    """What a server has of `/train?run=RUN`, open in a browser."""

    def __init__(self, server: Server, run: str) -> None:
        self.server, self.run = server, run
        self.rows, self.state = 0, ""

    async def open(self) -> None:
        self.news = await self.server.connect()
        self.questions = await self.server.connect()
        await self._ask(f"/train?run={self.run}")
        self.server.send(self.news[1], "/api/news")
        await self.news[0].readuntil(b"\r\n\r\n")
        form = {"kind": "train", "name": None, "options": {}}
        for path, body in (("/api/trainings", None), ("/api/runs", None), ("/api/trainings/form", None), ("/api/trainings/command", form)):  # fmt: skip
            await self._ask(path, body)
        await self._look()
        self.listening = asyncio.create_task(self._listen())

    def close(self) -> None:
        if self.listening.done():
            sys.exit(f"a page lost its news: {self.listening.exception()!r}")
        self.listening.cancel()
        for _, writer in (self.news, self.questions):
            writer.close()

    async def _ask(self, path: str, body: Any = None) -> bytes:
        return await self.server.ask(path, body, self.questions)

    async def _look(self) -> None:
        found = json.loads(await self._ask(f"/api/runs/{self.run}"))
        self.rows, self.state = len(found["history"]), found["state"]

    async def _listen(self) -> None:
        reader = self.news[0]
        while True:
            told = await reader.readuntil(b"\n\n")
            topic = re.search(rb"event: (\w+)", told)
            if topic is None:
                continue
            self.server.asked[f"news of {topic[1].decode()}"] += 1
            if topic[1] == b"runs" and b"data: {}" in told:
                await self._ask("/api/runs")
            if topic[1] == b"run":
                values = json.loads(told[told.index(b"data: ") + 6 : told.rindex(b"}") + 1])
                if values["id"] == self.run:
                    if values["rows_before"] > self.rows or values["state"] != self.state:
                        await self._look()
                    else:
                        self.rows = values["rows_before"] + len(values["rows"])


def used(process: int) -> float:
    """Return seconds of processors that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def speeds(events: Path) -> list[float]:
    """Return images per second of the epochs that have ended."""
    told = [
        json.loads(line) for line in events.read_text().splitlines() if line.startswith('{"event": "epoch"')
    ]
    return [event["images_per_second"] for event in told]


async def measure(server: Server, process: int, place: Path, spells: int, pages: int, seconds: float) -> None:
    asked = {"kind": "train", "name": "live", "options": {"model": "shallow-vgg", "epochs": 100_000}}
    job = json.loads(await server.ask("/api/trainings", asked))["job"]
    events = next(place.glob(f".convolens/*/jobs/{job}.jsonl"))
    try:
        for _ in range(600):
            if len(speeds(events)) > 2:
                break
            await asyncio.sleep(0.2)
        else:
            sys.exit("the training did not begin")
        run = json.loads(await server.ask("/api/runs"))["runs"][0]["id"]
        spell: dict[int, list[float]] = {0: [], pages: []}
        for number in range(2 * spells + 1):
            count = pages if number % 2 else 0
            opened = [Page(server, run) for _ in range(count)]
            for page in opened:
                await page.open()
            await asyncio.sleep(SETTLED)
            server.asked.clear()
            before, began = len(speeds(events)), time.perf_counter()
            studio, own = used(process), time.process_time()
            await asyncio.sleep(seconds)
            taken = time.perf_counter() - began
            studio, own = (used(process) - studio) / taken, (time.process_time() - own) / taken
            asked_for = ", ".join(f"{what} {n / taken:.1f}" for what, n in sorted(server.asked.items()))
            within = speeds(events)[before + 1 :]  # the first began before the spell
            for page in opened:
                page.close()
            if len(within) < 3:
                sys.exit(f"only {len(within)} epochs in a spell; give longer ones, by --seconds")
            spell[count].append(statistics.median(within))
            print(
                f"{count:3} pages: {spell[count][-1]:7.1f} images/s (median of {len(within)} epochs); processor seconds a second: studio "
                f"{studio:.3f}, reading here {own:.3f}; a second: {asked_for or 'nothing asked'}",
                flush=True,
            )
    finally:
        await server.ask(f"/api/trainings/{job}/stop", {})
        while json.loads(await server.ask("/api/trainings"))["trainings"][0]["state"] == "running":
            await asyncio.sleep(0.5)
    without, with_pages = spell[0], spell[pages]
    ratios = [with_pages[i] / statistics.mean(without[i : i + 2]) for i in range(spells)]
    print(
        f"with {pages} pages the run is {1 - statistics.median(ratios):.1%} slower: speeds {statistics.median(ratios):.4f} "
        f"({min(ratios):.4f} to {max(ratios):.4f}, {spells} pairs); the spells without pages lie within "
        f"{(max(without) - min(without)) / statistics.median(without):.1%} of each other"
    )


def main() -> None:
    """Measure it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--spells", type=int, default=6, help="with pages; one more without")
    parser.add_argument("--seconds", type=float, default=20, help="of a spell")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        photos = Path(shutil.copytree(asked.photos, place / "photos"))
        with studio_on(photos) as (address, token, process):
            os.nice(19)
            asyncio.run(
                measure(Server(address, token), process, place, asked.spells, asked.pages, asked.seconds)
            )


if __name__ == "__main__":
    main()
