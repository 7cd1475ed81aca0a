"""A page that is left for a moment is as it was when one comes back, and one that nobody sees takes no connection from the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from images import folders, photo

Serve = Callable[..., Any]
LEAVE = 'window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))'
RETURN = 'window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))'
BEHIND = """
Object.defineProperty(document, "hidden", { get: () => true });
window.streams = [];
const Real = window.EventSource;
window.EventSource = class extends Real { constructor(...given) { super(...given); window.streams.push(this); } };
"""


def test_what_was_chosen_stays(serve: Serve, visit: Any, tmp_path: Path) -> None:
    pets = folders(tmp_path / "pets", {"cat": 5, "dog": 4})
    page = visit(serve(pets, tmp_path), "/photos")
    page.locator("#class-list .tile", has_text="dog").click()
    page.get_by_role("heading", name="dog").wait_for()
    page.locator("#wall .tile").first.click()
    page.locator("#wall .tile").nth(1).click()
    page.get_by_text("2 photos chosen").wait_for()
    page.evaluate(LEAVE)
    photo(7).save(pets / "dog/new.png")  # what happened meanwhile is heard of
    page.evaluate(RETURN)
    page.locator("#class-list .tile", has_text="dog").filter(has_text="5").wait_for()
    page.get_by_role("heading", name="dog").wait_for()
    assert page.locator("#chosen").inner_text() == "2 photos chosen"


def test_another_folder_is_shown_when_it_was_opened_meanwhile(
    serve: Serve, visit: Any, tmp_path: Path
) -> None:
    folders(tmp_path / "pets", {"cat": 2, "dog": 2})
    folders(tmp_path / "things", {"cup": 2, "pen": 3})
    served = serve(tmp_path / "pets", tmp_path)
    page = visit(served, "/photos")
    page.locator("#class-list .tile", has_text="dog").wait_for()
    page.evaluate(LEAVE)
    near = {one["name"]: one["id"] for one in served.ask("/api/begin")[1]["folders"]}
    assert served.ask("/api/begin/open", {"folder": near["things"]})[0] == 200
    page.evaluate(RETURN)
    page.locator("#class-list .tile", has_text="pen").wait_for()


def test_a_page_behind_others_listens_to_nothing(serve: Serve, visit: Any, tmp_path: Path) -> None:
    page = visit(serve(folders(tmp_path / "pets", {"cat": 2, "dog": 2}), tmp_path), "/photos")
    page.add_init_script(BEHIND)
    page.clock.install()
    page.reload()
    page.locator("#class-list .tile", has_text="dog").wait_for()
    page.clock.run_for(6000)
    states = page.evaluate("window.streams.map((stream) => stream.readyState)")
    assert states
    assert set(states) == {2}  # closed
