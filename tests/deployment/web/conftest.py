"""Pages in headless Chromium, from a plain file server below a path of its own, the network cut."""

import contextlib
import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from convolens import deployment, runs
from convolens.errors import ExtraMissingError, MissingFileError
from convolens.runs.output.screen import Screen
from images import label_table, overlapping, shapes

QUIET = Screen(quiet=True)
NAMES = ("<img src=x onerror=alert(1)>", "قطة سوداء", "🐈 猫")


@pytest.fixture(scope="session")
def strange_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that knows unknown photos, its classes named in several scripts, and in HTML."""
    place = tmp_path_factory.mktemp("strange names")
    data = overlapping(place / "data", dict.fromkeys(NAMES, 60))
    options = runs.TrainOptions(data=data, size=16, epochs=2, batch_size=32, out=place / "run", command="x")
    made = runs.train(options, QUIET).folder.path
    runs.calibrate(made, runs.CalibrateOptions(error_rate=0.2), QUIET)
    return made


@pytest.fixture(scope="session")
def labels_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of photos that have any number of labels."""
    place = tmp_path_factory.mktemp("labels")
    table = label_table(place / "labels.csv", shapes(place / "shapes", 90))
    options = runs.TrainOptions(
        data=place / "shapes", labels=table, size=16, epochs=2, out=place / "run", command="x"
    )
    return runs.train(options, QUIET).folder.path


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Write the page of a run, once; the runtime comes by npm, once a session."""

    @functools.cache
    def export(run: Path) -> Path:
        out = tmp_path_factory.mktemp("site") / "some where" / "page"
        try:
            return deployment.export(run, deployment.ExportOptions("web", out), QUIET).folder
        except (ExtraMissingError, MissingFileError) as error:
            if "npm" in str(error):
                pytest.skip(str(error))
            raise

    return export


@pytest.fixture(scope="session")
def site(strange_run: Path, exported: Callable[[Path], Path]) -> Path:
    return exported(strange_run)


@pytest.fixture(scope="session")
def labels_site(labels_run: Path, exported: Callable[[Path], Path]) -> Path:
    return exported(labels_run)


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of a folder, below the path of a plain file server."""
    handler = functools.partial(_Handler, directory=folder.parents[1])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/some%20where/page/"
        server.shutdown()


@pytest.fixture
def visit(browser) -> Iterator[Callable]:
    """Open the page of a folder, and see that it asks for nothing outside and complains of nothing."""
    with contextlib.ExitStack() as stack:
        asked, complaints, bases = [], [], []

        def visiting(folder: Path, **options):
            base = stack.enter_context(served(folder))
            bases.append(base)
            context = stack.enter_context(contextlib.closing(browser.new_context(**options)))
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("request", lambda request: asked.append(request.url))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            page.goto(base)
            page.wait_for_selector("#loading", state="hidden")
            return page

        yield visiting
        assert asked
        assert all(url.startswith((*bases, "blob:", "data:")) for url in asked), asked
        assert complaints == []
