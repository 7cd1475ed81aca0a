"""The page for programs: all that can be asked, by nothing but the studio's own files."""

import re
from pathlib import Path
from typing import Any


def test_all_that_can_be_asked_is_listed(serve: Any, visit: Any, accessible: Any, tmp_path: Path) -> None:
    served = serve(None, tmp_path)
    paths = served.ask("/api/openapi.json")[1]["paths"]
    page = visit(served, "/try")
    page.get_by_role("link", name="For programs").click()
    page.get_by_role("heading", name="For programs").wait_for()
    accessible(page)
    listed = set(page.locator("dt").all_inner_texts())
    assert listed == {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    told = dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))
    assert told["POST /api/photos/move"] == "Move photos into a class.\nSent as JSON: photos, place, to."
    assert told["GET /api/answers/{photo}"].endswith("\nIn the address: run, top (optional).")
    assert all(re.match(r"[A-Z].*\.", text) for text in told.values())  # each says what it does
