"""News in the browser: a page that nobody looks at gives its connection back, and reads anew when it is looked at again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
