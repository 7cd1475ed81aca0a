"""A studio of its own for each test, on a free port, and a browser that looks at it and complains of nothing."""

import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from convolens import runs
from convolens.runs.output.screen import Screen
from convolens.studio.server.app import make_app
from convolens.studio.server.launch import _listening
from convolens.studio.shared import Studio
from convolens.studio.workspace.workspace import Workspace
from images import overlapping

TOKEN = "a-token-of-the-tests"
QUIET = Screen(quiet=True)


@dataclass
class Served:
    """A studio that answers.

    Attributes:
        studio: its folders and what it keeps.
        address: without a slash at its end.
    """

    studio: Studio
    address: str

    def ask(self, path: str, body: Any = None, method: str | None = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the values, or bytes, that a program gets: `body` is sent as JSON, or as it is where it is bytes."""
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path,
            data=raw,
            method=method or ("GET" if body is None else "POST"),
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, kind, content = answer.status, answer.headers["content-type"], answer.read()
        except urllib.error.HTTPError as error:
            status, kind, content = error.code, error.headers["content-type"], error.read()
        return status, json.loads(content) if (kind or "").startswith("application/json") else content


@contextlib.contextmanager
def serving(workspace: Workspace) -> Iterator[Served]:
    """Yield a studio on folders, served by a thread."""
    import uvicorn

    studio = Studio(workspace)
    listener = _listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    config = uvicorn.Config(make_app(studio, TOKEN, port), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Served(studio, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Serve a folder of photos (or none), its runs in the folder `runs` beside it."""
    with contextlib.ExitStack() as stack:

        def start(photos: Path | None, home: Path, runs: Path | None = None) -> Served:
            return stack.enter_context(serving(Workspace(photos, runs or home / "runs", home)))

        yield start


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds `photos`, 90 in three classes, and `runs/first`, calibrated; copy it before you change it."""
    place = tmp_path_factory.mktemp("studio")
    data = overlapping(place / "photos", {"circle": 30, "cross": 30, "stripe": 30})
    options = runs.TrainOptions(
        data=data, size=24, epochs=3, batch_size=16, out=place / "runs/first", command="x"
    )
    run = runs.train(options, QUIET).folder.path
    runs.calibrate(run, runs.CalibrateOptions(error_rate=0.1), QUIET)
    return place


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a page of a studio, and see that it asks for nothing outside and complains of nothing.

    `visit(served, "/photos")` returns Playwright's page; further arguments are those of `new_context`. A test that expects complaints of
    the console (an answer of 400, say) takes them out of `page.complaints` itself.
    """
    with contextlib.ExitStack() as stack:
        asked: list[str] = []
        complaints: list[str] = []
        bases: list[str] = []

        def visiting(served: Served, path: str = "/", **options: Any) -> Any:
            bases.append(served.address)
            context = stack.enter_context(contextlib.closing(browser.new_context(**options)))
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("request", lambda request: asked.append(request.url))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            page.complaints = complaints
            page.goto(f"{served.address}/?token={TOKEN}")
            if path != "/":
                page.goto(served.address + path)
            return page

        yield visiting
        assert all(url.startswith((*bases, "blob:", "data:")) for url in asked), asked
        assert complaints == []


@pytest.fixture
def accessible() -> Callable[[Any], None]:
    """See that a page keeps the rules of WCAG 2.1 AA that axe-core can check."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )

    def check(page: Any) -> None:
        rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
        found = axe.Axe().run(page, options=rules)
        assert found.violations_count == 0, found.generate_report()

    return check
