"""The scripts and styles: each page names all modules that it needs and no other, and a browser keeps them as long as they are the same."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.server.pages import PAGES
from convolens.studio.server.site import Site, site

PRELOADED = re.compile(r'<link rel="modulepreload" href="([^"]+)">')
SCRIPTS = (
    "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))"
)


def test_each_page_names_the_modules_that_it_needs_and_no_other(
    serve: Callable[..., Any], visit: Any, tmp_path: Path
) -> None:
    served = serve(None, tmp_path)
    shown = visit(served)
    named: list[str] = []

    def without_names(route: Any) -> None:
        answer = route.fetch()
        named[:] = PRELOADED.findall(answer.text())
        route.fulfill(response=answer, body=PRELOADED.sub("", answer.text()))

    for page in PAGES:
        shown.route(f"{served.address}/{page.path}", without_names)
        shown.goto(f"{served.address}/{page.path}")  # until all that its modules import is there
        needed = shown.evaluate(SCRIPTS)
        assert sorted(named) == sorted({url.removeprefix(served.address) for url in needed}), page.path


def test_a_browser_keeps_scripts_styles_and_pictures(
    serve: Callable[..., Any], visit: Any, trained: Path
) -> None:
    served = serve(trained / "photos", trained)
    shown = visit(served, "/photos")
    for again in (False, True):
        if again:
            shown.reload()
        shown.locator("#wall .tile img").first.wait_for()
        shown.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    sizes = shown.evaluate(
        "performance.getEntriesByType('resource').map(({ name, transferSize }) => [name, transferSize])"
    )
    assert len([name for name, size in sizes if "/static/" in name and size == 0]) > 10
    assert len([name for name, size in sizes if "/api/pictures/" in name and size == 0]) > 10
    # the last two came with the page
    kept = ("/static/", "/api/pictures/", "/api/classes", "/api/photos?start=0&")
    assert [name for name, size in sizes if size > 0 and any(part in name for part in kept)] == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("studio.css", "text/css"), ("pages/photos.js", "text/javascript"), ("icon.svg", "image/svg+xml")],
)
def test_only_what_is_asked_for_by_its_newest_address_is_kept(
    serve: Callable[..., Any], visit: Any, tmp_path: Path, name: str, kind: str
) -> None:
    served = serve(None, tmp_path)
    ask = visit(served).request.get
    newest, older = ask(f"{served.address}{site().base}/{name}"), ask(f"{served.address}/static/older/{name}")
    assert newest.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert older.headers["cache-control"] == "no-store"
    for answer in (newest, older):
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.body() == site().contents[name]


@pytest.mark.parametrize("name", ["none.js", "../templates/base.html", "..%2Ftemplates%2Fbase.html", "pages"])
def test_no_other_file_is_given(serve: Callable[..., Any], tmp_path: Path, name: str) -> None:
    assert serve(None, tmp_path).ask(f"{site().base}/{name}")[0] == 404


def test_addresses_are_new_where_a_file_is() -> None:
    bases = {
        Site(contents).base
        for contents in (
            {"a.js": b"1", "b.js": b"2"},
            {"a.js": b"1", "b.js": b"3"},
            {"a.js": b"12", "b.js": b""},
        )
    }
    assert len(bases) == 3


def test_modules_are_found_however_they_are_imported() -> None:
    files = {
        "pages/a.js": b'// import { no } from "./no.js";\nimport {\n  b,\n} from "../b.js";\nimport "./c.js";\nconst said = "from";\n',
        "b.js": b'export * from "./pages/c.js";\nimport { a } from "./pages/a.js";\n',
        "pages/c.js": b"export const c = 1;\n",
        "pages/no.js": b"",
    }
    assert Site(files).modules("pages/a.js") == ("pages/a.js", "b.js", "pages/c.js")
