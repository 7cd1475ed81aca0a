"""Photos that are sent: seen from the first on, what is refused is told, and no page is left unasked meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from images import folders, photo

Serve = Callable[..., Any]
ADD = "**/api/photos/add?**"
LEAVES = """() => { const event = new Event("beforeunload", { cancelable: true }); window.dispatchEvent(event); return !event.defaultPrevented; }"""
DROP = """() => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["x"], "a.png"));
  return ["dragover", "drop"].map((kind) => !document.querySelector("h1").dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true })));
}"""


def test_the_first_photos_are_seen_on_their_way_and_what_is_refused_is_told(
    serve: Serve, visit: Any, tmp_path: Path
) -> None:
    folders(tmp_path / "given/things", {"cup": 2, "pen": 3})
    (tmp_path / "given/things/pen/broken.jpg").write_bytes(b"no photo")
    (tmp_path / "home").mkdir()
    page = visit(serve(None, tmp_path / "home"))
    page.get_by_role("heading", name="Your own photos").wait_for()
    assert page.evaluate(LEAVES)
    held: list[Any] = []
    page.route(ADD, lambda route: held.append(route), times=1)
    with page.expect_request(ADD):
        page.locator("#begin input[webkitdirectory]").set_input_files(tmp_path / "given/things")
    page.locator("#adding", has_text="5 of 6").wait_for()
    assert not page.evaluate(LEAVES)
    held[0].continue_()
    page.locator("#adding", has_text="1 file was refused:").wait_for()
    page.get_by_text("broken.jpg: not an image that can be read, whatever its name says.").wait_for()
    page.locator("#adding").get_by_role("button", name="Close").click()
    page.locator("#class-list .tile", has_text="pen").filter(has_text="3").wait_for()
    page.complaints[:] = [line for line in page.complaints if "400" not in line]  # of the file that is none


def test_photos_without_a_class_are_added_on_the_page_that_labels(
    serve: Serve, visit: Any, accessible: Any, tmp_path: Path
) -> None:
    page = visit(serve(folders(tmp_path / "pets", {"cat": 2, "dog": 2}), tmp_path), "/label")
    page.locator("#none").wait_for()
    photo(9).save(tmp_path / "one.png")
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    page.locator("#add").set_input_files([tmp_path / "one.png", tmp_path / "broken.jpg"])
    page.locator(".toast", has_text="Added 1 photo.").wait_for()
    page.locator("#adding", has_text="1 file was refused:").wait_for()
    page.locator("#count", has_text="1 photo left.").wait_for()
    page.keyboard.press("+")
    page.locator("dialog .choices li").first.wait_for()
    accessible(page)
    assert (
        page.locator("dialog .choices").evaluate("(list) => getComputedStyle(list).listStyleType") == "none"
    )
    page.complaints[:] = [line for line in page.complaints if "400" not in line]


@pytest.mark.parametrize("name", ["train", "convolve"])
def test_a_file_that_is_dropped_elsewhere_leaves_the_page(
    serve: Serve, visit: Any, tmp_path: Path, name: str
) -> None:
    page = visit(serve(None, tmp_path), f"/{name}")
    page.locator("h1").wait_for()
    assert page.evaluate(DROP) == [True, True]


def test_a_photo_of_the_page_itself_is_not_added_by_dragging_it(
    serve: Serve, visit: Any, tmp_path: Path
) -> None:
    page = visit(serve(folders(tmp_path / "pets", {"cat": 2, "dog": 2}), tmp_path), "/photos")
    page.locator("#wall .tile img").first.wait_for()
    page.evaluate("document.addEventListener('drop', () => document.body.classList.add('dropped'), true)")
    page.locator("#wall .tile img").first.drag_to(page.locator("h1"))
    page.locator("#view-findings").click()
    page.get_by_role("button", name="Check these photos").wait_for()
    assert page.locator("dialog, .toast").count() == 0
