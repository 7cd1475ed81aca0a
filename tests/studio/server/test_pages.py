"""Every page: opens, complains of nothing, asks nobody outside, keeps WCAG AA in light and dark and at a phone's width."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.server.pages import PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_and_is_accessible(
    serve: Callable[..., Any], visit: Any, accessible: Any, trained: Path, page: Any, scheme: str
) -> None:
    served = serve(trained / "photos", trained)
    width = 1280 if scheme == "light" else 390  # a phone's
    shown = visit(served, f"/{page.path}", color_scheme=scheme, viewport={"width": width, "height": 800})
    assert shown.locator("h1").inner_text() == page.title
    assert shown.locator("nav a[aria-current=page]").inner_text() == page.title
    shown.wait_for_load_state("load")
    assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    accessible(shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_page_opens_without_photos_and_runs(
    serve: Callable[..., Any], visit: Any, accessible: Any, tmp_path: Path, page: Any
) -> None:
    shown = visit(serve(None, tmp_path), f"/{page.path}")
    assert shown.locator("h1").inner_text() == page.title
    accessible(shown)


def test_a_page_that_is_none_is_told(serve: Callable[..., Any], tmp_path: Path) -> None:
    status, said = serve(None, tmp_path).ask("/nothing")
    assert status == 404
    assert said["error"].startswith("there is no page 'nothing'; the pages are photos, train,")
