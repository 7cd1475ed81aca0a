"""News: one watch however many pages listen; and a page that nobody looks at gives its connection back, and reads anew when it is looked at again."""

import contextlib
import json
import math
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.workspace import news
from convolens.studio.workspace.news import PERIOD, Item

PAGES = 50
HIDE = """
(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


def until(page: Any, holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("not within half a minute")


def test_a_hidden_page_gives_its_connection_back_and_misses_nothing(
    serve: Callable[..., Any], visit: Any, trained: Path, tmp_path: Path
) -> None:
    served = serve(trained / "photos", tmp_path)
    page = visit(served, "/train")
    page.locator("#none").wait_for()
    queues = served.studio.news._queues
    until(page, lambda: len(queues) == 1)
    page.evaluate(HIDE, True)
    until(page, lambda: not queues)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/first").symlink_to(trained / "runs/first")
    page.evaluate(HIDE, False)
    page.locator("#list button", has_text="first").wait_for()
    assert len(queues) == 1


def test_who_listens_after_the_end_hears_that_it_is_over(serve: Callable[..., Any], tmp_path: Path) -> None:
    """A page whose question came just before Ctrl-C."""
    served = serve(None, tmp_path)
    served.studio.news.end()
    assert served.ask("/api/news") == (200, b"")


def test_fifty_pages_are_told_by_one_watch(serve: Callable[..., Any], tmp_path: Path) -> None:
    served = serve(None, tmp_path)
    looks: list[float] = []

    def watch() -> list[Item]:
        looks.append(time.monotonic())
        return []

    served.studio.news.watches.append(watch)
    host, port = served.address.removeprefix("http://").split(":")
    asked = (
        f"GET /api/news HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer a-token-of-the-tests\r\n\r\n"
    )
    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(socket.create_connection((host, int(port)), 30)) for _ in range(PAGES)]
        for page in pages:
            page.sendall(asked.encode())
        end = time.monotonic() + 30
        while len(served.studio.news._queues) < PAGES and time.monotonic() < end:
            time.sleep(0.02)
        begun = len(looks)
        since = time.monotonic()
        while len(looks) < begun + 4 and time.monotonic() < end:
            time.sleep(0.02)
        assert looks[-1] - since >= 3 * PERIOD * 0.9  # not once a page
        served.studio.news.tell("photos", name="<Bär>")
        for page in pages:
            told = b""
            while b"event: photos" not in told:
                told += page.recv(65536)
            while not told.split(b"event: photos")[1].strip().endswith(b"}"):
                told += page.recv(65536)
            (line,) = [line for line in told.split(b"\n") if b"B" in line and line.startswith(b"data:")]
            assert json.loads(line.removeprefix(b"data:")) == {"name": "<Bär>"}


def test_silence_is_told(serve: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "SILENT", 0.0)
    served = serve(None, tmp_path)
    asked = urllib.request.Request(
        f"{served.address}/api/news", headers={"Authorization": "Bearer a-token-of-the-tests"}
    )
    with urllib.request.urlopen(asked, timeout=30) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert [stream.readline(), stream.readline()] == [b": nothing new\n", b"\n"]


def test_numbers_that_json_does_not_know_do_not_end_the_news() -> None:
    told = Item("run", {"loss": math.nan, "name": "caf\udce9"}).message()
    assert told == b'event: run\ndata: {"loss": null, "name": "caf?"}\n\n'
