"""Another folder is opened: pages follow, and one that missed it changes nothing."""

from pathlib import Path
from typing import Any

from convolens.studio.workspace.identity import identity
from images import overlapping


def test_a_page_of_another_folder_changes_nothing(serve: Any, visit: Any, tmp_path: Path) -> None:
    """Two folders hold photos of the same names; a page that missed that the other was opened moves none of them."""
    for name in ("first", "second"):
        overlapping(tmp_path / name, {"cat": 3, "dog": 3})
    served = serve(tmp_path / "first", tmp_path)
    page = visit(served, "/photos")
    tile = page.locator("#wall .tile").first
    tile.wait_for()
    served.studio.workspace.photos = tmp_path / "second"  # nobody is told
    tile.click()
    page.keyboard.press("q")
    page.locator(
        ".toast",
        has_text=f"this page shows another folder than {tmp_path}/second, which is open now; load it anew.",
    ).wait_for()
    page.complaints.clear()
    assert all(len(list((tmp_path / name).rglob("*.png"))) == 6 for name in ("first", "second"))
    one = next((tmp_path / "second/cat").iterdir())
    asked = {"photos": [identity(f"cat/{one.name}")], "to": "dog"}
    assert served.ask("/api/photos/move", asked)[0] == 200  # a program that names no folder


def test_another_folder_is_opened_from_any_page(serve: Any, visit: Any, tmp_path: Path) -> None:
    overlapping(tmp_path / "first", {"cat": 3, "dog": 3})
    overlapping(tmp_path / "second", {"cup": 2, "pen": 2})
    served = serve(tmp_path / "first", tmp_path)
    other = visit(served, "/photos")
    other.locator("#class-list .tile", has_text="cat").wait_for()
    page = visit(served, "/train")
    page.get_by_role("link", name="Open another folder").click()
    page.get_by_role("link", name="Back to").wait_for()
    page.get_by_role("button", name="Open second, 2 classes").click()
    for one in (page, other):  # the other browser follows
        one.locator("#class-list .tile", has_text="cup").wait_for()


def test_folders_that_are_near_are_no_sides(serve: Any, tmp_path: Path) -> None:
    """A place that holds two folders of class folders is none itself, but one that holds `train` is."""
    overlapping(tmp_path / "home/pets", {"cat": 1, "dog": 1})
    overlapping(tmp_path / "home/parted/training", {"cup": 1, "pen": 1, "jar": 1})
    names = [
        (one["name"], one["classes"])
        for one in serve(None, tmp_path / "home").ask("/api/begin")[1]["folders"]
    ]
    assert names == [("parted", 3), ("pets", 2)]
