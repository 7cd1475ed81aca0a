"""Whoever works by the keyboard keeps the place: where what had the focus goes away, something beside it gets it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from images import folders

Serve = Callable[..., Any]
FOCUSED = "(selector) => document.activeElement !== document.body && document.activeElement.matches(selector)"


@pytest.fixture
def page(serve: Serve, visit: Any, tmp_path: Path) -> Any:
    root = folders(tmp_path / "pets", {"cat": 5, "dog": 4})
    for name in ("a", "b", "c"):
        (root / f"dog/{name}.png").write_bytes((root / "dog/00.png").read_bytes()[:50])
    shown = visit(serve(root, tmp_path), "/photos")
    shown.locator("#wall .tile").nth(8).wait_for()
    return shown


def test_after_undo_in_a_message(page: Any) -> None:
    page.locator("#wall .tile").first.focus()
    page.keyboard.press("q")
    page.locator("#class-list .tile", has_text="cat").filter(has_text="4").wait_for()
    page.locator("#wall .tile:focus").wait_for()
    page.locator(".toast button", has_text="Undo").press("Enter")
    page.locator("#class-list .tile", has_text="cat").filter(has_text="5").wait_for()
    assert page.evaluate(FOCUSED, "#wall .tile")


def test_after_choose_none(page: Any) -> None:
    page.locator("#wall .tile").nth(2).focus()
    page.keyboard.press("Space")
    page.locator("#choose-none").focus()
    page.keyboard.press("Enter")
    page.locator("#bar").wait_for(state="hidden")
    assert page.evaluate(FOCUSED, '#wall .tile[data-index="2"]')


def test_after_a_finding_is_dealt_with(page: Any) -> None:
    page.locator("#view-findings").click()
    page.get_by_role("button", name="Check these photos").press("Enter")
    aside = page.get_by_role("button", name="Set dog/a.png aside")
    aside.wait_for()
    aside.press("Enter")
    aside.wait_for(state="detached")
    assert page.evaluate(FOCUSED, '[aria-label="Set dog/b.png aside"]')


def test_after_the_classes_are_drawn_anew(page: Any) -> None:
    page.locator("#wall .tile").first.focus()
    page.keyboard.press("q")
    page.locator("#beside button").press("Enter")
    page.get_by_role("heading", name="Set aside").wait_for()
    assert page.evaluate(FOCUSED, "#beside button")


def test_arrows_keep_a_class_of_a_long_list_in_sight(serve: Serve, visit: Any, tmp_path: Path) -> None:
    root = folders(tmp_path / "many", {f"class {number:03d}": 1 for number in range(60)})
    page = visit(serve(root, tmp_path), "/photos")
    page.locator("#class-list .tile", has_text="class 000").focus()
    for key in (*["ArrowDown"] * 20, "End"):
        page.keyboard.press(key)
        seen = page.evaluate("""() => {
          const [tile, box] = [document.activeElement.getBoundingClientRect(), document.querySelector("#class-scroll").getBoundingClientRect()];
          return document.activeElement.matches("#class-list .tile") && tile.top >= box.top - 1 && tile.bottom <= box.bottom + 1;
        }""")
        assert seen, key
