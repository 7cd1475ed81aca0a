"""The Try page as a person uses it: photos chosen, dropped, pasted, taken by the camera; any wrong thing is told in a line."""

import base64
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens import runs
from convolens.runs.folder.calibration_file import remove_calibration
from convolens.runs.folder.run_folder import RunFolder
from images import patterned

DROP = """async ([selector, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  if (name) data.items.add(new File([bytes], name));
  const place = document.querySelector(selector);
  for (const kind of ["dragenter", "dragover", "drop"]) place.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
PASTE = """([name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
}"""


def _one(trained: Path, label: str = "circle") -> Path:
    return sorted((trained / "photos" / label).iterdir())[0]


def _said(trained: Path, path: Path) -> Any:
    return runs.predict(trained / "runs/first", [path], top=3)[0]


def _text(share: float) -> str:
    return f"{100 * share:.1f} %"


@pytest.fixture
def page(serve: Callable[..., Any], visit: Any, trained: Path) -> Any:
    shown = visit(serve(trained / "photos", trained), "/try")
    shown.locator("#files").wait_for(state="attached")
    shown.locator("#page").wait_for()
    return shown


def _wait(page: Any, number: int = 0) -> Any:
    card = page.locator("#tried article").nth(number)
    card.locator(".nearest li").nth(5).wait_for()
    card.locator(".heat:visible").wait_for()
    return card


def test_a_photo_that_is_chosen_gives_its_class(page: Any, trained: Path) -> None:
    photo = _one(trained)
    page.set_input_files("#files", photo)
    card = _wait(page)
    said = _said(trained, photo)
    assert card.locator("h2").inner_text() == photo.name
    shares = [text.split("\n") for text in card.locator(".bars li").all_inner_texts()]
    assert shares == [[label, _text(share)] for label, share in said.answers]
    assert card.locator(".verdict strong").inner_text() == ("Unknown" if said.unknown else said.label)


def test_unknown_is_said_and_why(page: Any, trained: Path, tmp_path: Path) -> None:
    photo = next(
        path for path in sorted(patterned(tmp_path / "strange", 5).iterdir()) if _said(trained, path).unknown
    )
    page.set_input_files("#files", photo)
    card = _wait(page)
    assert card.locator(".verdict strong").inner_text() == "Unknown"
    assert card.locator(".verdict").inner_text().splitlines()[2].startswith("Like none of the classes: ")
    assert card.locator(".bars .said").count() == 0


def test_a_run_is_taught_to_say_unknown(
    serve: Callable[..., Any], visit: Any, accessible: Any, trained: Path, tmp_path: Path
) -> None:
    """The studio does what `convolens calibrate` does, and asks the photos again that lie there."""
    place = tmp_path / "all"
    shutil.copytree(trained, place)
    folder = RunFolder(place / "runs/first")
    expected = folder.calibration.read_bytes()
    remove_calibration(folder)
    photo = next(
        path for path in sorted(patterned(tmp_path / "strange", 5).iterdir()) if _said(trained, path).unknown
    )
    page = visit(serve(place / "photos", place), "/try")
    page.set_input_files("#files", photo)
    assert _wait(page).locator(".verdict.unknown").count() == 0
    accessible(page)
    rate = page.get_by_label("wrongly of at most")
    rate.fill("1")
    page.get_by_role("button", name="Teach it").click()
    page.locator(".toast", has_text="validation photos cannot hold an error rate of 0.01").wait_for()
    page.complaints.clear()
    rate.fill("10")
    page.get_by_role("button", name="Teach it").click()
    page.locator(".verdict.unknown").wait_for()
    assert page.locator("#unknown").is_hidden()
    assert folder.calibration.read_bytes() == expected


def test_the_evidence_for_any_class_by_any_method_as_strong_as_wanted(page: Any, trained: Path) -> None:
    page.set_input_files("#files", _one(trained))
    card = _wait(page)
    heat = card.locator(".heat")
    before = heat.get_attribute("src")
    with page.expect_response(
        lambda answer: "/heat?" in answer.url and "class=stripe" in answer.url
    ) as answered:
        card.get_by_label("Evidence for").select_option("stripe")
    assert answered.value.status == 200
    with page.expect_response(lambda answer: "method=occlusion" in answer.url) as answered:
        page.get_by_label("Heat map").select_option("occlusion")
    assert "class=stripe" in answered.value.url
    card.locator(f'.heat:not([src="{before}"])').wait_for()
    page.locator("#strength").focus()
    page.keyboard.press("Home")
    assert heat.evaluate("(map) => map.style.opacity") == "0"
    page.keyboard.press("End")
    assert heat.evaluate("(map) => map.style.opacity") == "1"
    page.get_by_label("Heat map").select_option("")
    heat.wait_for(state="hidden")


def test_photos_are_dropped_and_pasted(page: Any, trained: Path) -> None:
    one, other = _one(trained, "cross"), _one(trained, "stripe")
    page.evaluate(DROP, ["#drop", one.name, base64.b64encode(one.read_bytes()).decode()])
    _wait(page)
    page.evaluate(PASTE, ["pasted.png", base64.b64encode(other.read_bytes()).decode()])
    page.locator("#tried h2", has_text="pasted.png").wait_for()
    _wait(page)
    assert page.locator("#tried h2").all_inner_texts() == ["pasted.png", one.name]  # the newest first
    page.evaluate(DROP, ["#drop", "", ""])
    page.get_by_role("alert").get_by_text("That is no file").wait_for()
    page.get_by_role("button", name=f"Close {one.name}").click()
    assert page.locator("#tried h2").all_inner_texts() == ["pasted.png"]


def test_what_is_no_photo_is_told_in_its_place(page: Any, tmp_path: Path) -> None:
    (tmp_path / "<script>alert(1)<script>.txt").write_text("hello")
    page.set_input_files("#files", tmp_path / "<script>alert(1)<script>.txt")
    problem = page.locator("#tried .problem")
    problem.wait_for()
    assert problem.inner_text().endswith("not an image that can be read, whatever its name says.")
    assert "<script>" in page.locator("#tried h2").inner_text()
    complaints = [line for line in page.complaints if "400" not in line]
    page.complaints[:] = complaints  # that the server refused it, the console says too


def test_the_camera_is_answered_live(serve: Callable[..., Any], visit: Any, trained: Path) -> None:
    page = visit(serve(trained / "photos", trained), "/try", permissions=["camera"])
    page.locator("#page").wait_for()
    page.get_by_role("button", name="Use the camera").click()
    page.locator("#live .bars li").nth(2).wait_for()
    assert re.fullmatch(r"[\d.]+ answers a second", page.locator("#live [data-rate]").inner_text())
    page.get_by_label("heat map, live").check()
    page.locator("#live .heat:visible").wait_for()
    page.get_by_role("button", name="Keep this picture").click()
    _wait(page)
    assert page.locator("#tried h2").inner_text() == "camera.jpg"
    page.get_by_role("button", name="Stop the camera").click()
    page.locator("#live").wait_for(state="hidden")
    assert page.get_by_role("button", name="Use the camera").is_enabled()


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("delete Navigator.prototype.mediaDevices", "The browser gives the camera to pages at 127.0.0.1 or localhost alone"),
        ("MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))", "The camera may not be used: allow it"),
        ("MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('no', 'NotFoundError'))", "No camera was found; connect one, or drop photos instead."),
        ("MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('odd', 'AbortError'))", "The camera cannot be used ("),
    ],
    ids=["no such thing", "not allowed", "none there", "another reason"],
)  # fmt: skip
def test_without_a_camera_a_line_says_so(page: Any, script: str, line: str) -> None:
    page.add_init_script(script)
    page.reload()
    page.locator("#page").wait_for()
    page.get_by_role("button", name="Use the camera").click()
    said = page.locator("#live .problem")
    said.wait_for()
    assert said.inner_text().startswith(line)
    assert page.get_by_role("button", name="Use the camera").is_enabled()


def test_without_a_run_the_next_step_is_said(
    serve: Callable[..., Any], visit: Any, trained: Path, tmp_path: Path
) -> None:
    page = visit(serve(trained / "photos", tmp_path), "/try")
    page.get_by_role("link", name="Go to Train").wait_for()
    assert page.locator("#page").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_photo_that_is_tried_is_accessible(
    serve: Callable[..., Any], visit: Any, accessible: Any, trained: Path, tmp_path: Path, scheme: str
) -> None:
    width = 1280 if scheme == "light" else 390
    page = visit(
        serve(trained / "photos", trained),
        "/try",
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    page.locator("#page").wait_for()
    strange = next(
        path for path in sorted(patterned(tmp_path / "strange", 5).iterdir()) if _said(trained, path).unknown
    )
    page.set_input_files("#files", [_one(trained), strange])
    _wait(page, 0)
    _wait(page, 1)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_works_by_the_keyboard_alone(page: Any, trained: Path) -> None:
    """Choose by the file dialog that Space opens, change the class, close."""
    page.locator("#files").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(_one(trained))
    card = _wait(page)
    close = page.get_by_role("button", name=f"Close {_one(trained).name}")
    for _ in range(20):
        page.keyboard.press("Tab")
        if close.evaluate("(button) => button === document.activeElement"):
            break
    page.keyboard.press("Tab")
    choice = card.get_by_label("Evidence for")
    assert choice.evaluate("(select) => select === document.activeElement")
    before = choice.input_value()
    with page.expect_response(lambda answer: "/heat?" in answer.url):
        page.keyboard.press("ArrowDown")
    assert choice.input_value() != before
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator("#tried article").count() == 0
