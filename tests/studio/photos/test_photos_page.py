"""The Photos page, as a person uses it: by mouse, by keyboard alone, in two browsers, with a folder that comes and goes."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from images import folders, overlapping, photo

Serve = Callable[..., Any]


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return folders(tmp_path / "pets", {"cat": 5, "dog": 4})


def shows(page: Any, *rows: str) -> None:
    """Wait until the list of classes shows just these, "cat 5" say."""
    for row in rows:
        name, _, count = row.rpartition(" ")
        page.locator("#class-list .tile", has_text=name).filter(has_text=count).first.wait_for()
    page.locator(f"#class-list .tile:nth-child({len(rows) + 1})").wait_for()
    page.locator(f"#class-list .tile:nth-child({len(rows) + 2})").wait_for(state="detached")


def test_photos_are_moved_by_the_keyboard_alone(
    serve: Serve, visit: Any, pets: Path, tmp_path: Path, accessible: Any
) -> None:
    page = visit(serve(pets, tmp_path))
    shows(page, "cat 5", "dog 4")
    tile = page.locator("#wall .tile").first
    tile.wait_for()
    while page.evaluate("!document.activeElement.matches('#wall .tile')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_text("2 photos chosen").wait_for()
    accessible(page)
    page.keyboard.press("m")
    page.locator("dialog input").wait_for()
    accessible(page)
    page.keyboard.type("lion")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Moved 2 photos to lion").wait_for()
    shows(page, "cat 3", "dog 4", "lion 2")
    assert sorted(path.name for path in (pets / "lion").iterdir()) == ["00.png", "01.png"]
    page.keyboard.press("Control+z")
    shows(page, "cat 5", "dog 4")
    page.keyboard.press("Control+Shift+z")
    shows(page, "cat 3", "dog 4", "lion 2")
    page.keyboard.press("End")
    page.locator("#wall .tile:last-child:focus").wait_for()
    page.keyboard.press("q")
    page.locator(".toast", has_text="Set 1 photo aside").wait_for()
    shows(page, "cat 3", "dog 4", "lion 1")
    page.locator("#wall .tile:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("dialog.large img").wait_for()
    page.keyboard.press("Escape")
    page.locator("#wall .tile:focus").wait_for()
    page.keyboard.press("a")
    page.get_by_text("8 photos chosen").wait_for()
    page.keyboard.press("Escape")
    page.locator("#bar").wait_for(state="hidden")


def test_classes_are_renamed_merged_and_photos_brought_back(
    serve: Serve, visit: Any, pets: Path, tmp_path: Path, accessible: Any
) -> None:
    page = visit(serve(pets, tmp_path), "/photos")
    page.locator("#class-list .tile", has_text="cat").click()
    page.get_by_role("heading", name="cat").wait_for()
    page.get_by_role("button", name="Rename", exact=True).click()
    page.locator("dialog input").fill('<img src=x onerror="alert(1)">')
    page.locator("dialog button.main").click()
    shows(page, '<img src=x onerror="alert(1)"> 5', "dog 4")
    page.get_by_role("heading", name="<img src=x").wait_for()
    page.locator("#merge").click()
    page.locator("dialog input").fill("do")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="into dog, 5 photos").wait_for()
    shows(page, "dog 9")
    page.locator("#wall .tile").nth(1).click()
    page.locator("#wall .tile").nth(3).click(modifiers=["Shift"])
    page.get_by_text("3 photos chosen").wait_for()
    page.locator("#aside").click()
    page.locator("#beside button", has_text="3").click()
    page.get_by_role("heading", name="Set aside").wait_for()
    page.locator("#wall .tile").nth(2).wait_for()
    accessible(page)
    page.locator("#wall .tile").first.click()
    page.locator("#back").click()
    page.locator(".toast", has_text="Brought 1 photo back").wait_for()
    shows(page, "dog 7")
    page.get_by_role("button", name="Undo").first.click()
    shows(page, "dog 6")


def test_what_others_change_is_seen(serve: Serve, visit: Any, pets: Path, tmp_path: Path) -> None:
    first, second = serve(pets, tmp_path), serve(pets, tmp_path)
    one, two = visit(first, "/photos"), visit(second, "/photos")
    shows(one, "cat 5", "dog 4")
    shows(two, "cat 5", "dog 4")
    one.locator("#wall .tile").first.click()
    one.locator("#aside").click()
    shows(two, "cat 4", "dog 4")
    photo(77).save(pets / "dog/new.png")  # by another program
    shows(one, "cat 4", "dog 5")
    shows(two, "cat 4", "dog 5")
    two.locator("#undo:enabled").click()
    shows(one, "cat 5", "dog 5")


def test_a_folder_that_goes_and_comes_back(serve: Serve, visit: Any, pets: Path, tmp_path: Path) -> None:
    page = visit(serve(pets, tmp_path), "/photos")
    shows(page, "cat 5", "dog 4")
    os.rename(pets, tmp_path / "elsewhere")
    page.get_by_text(
        f"{pets}: is no longer there; bring it back, or start the studio on the folder where it is now."
    ).wait_for()
    os.rename(tmp_path / "elsewhere", pets)
    page.locator("#trouble").wait_for(state="hidden")
    shows(page, "cat 5", "dog 4")
    page.locator("#wall .tile").first.click()
    page.locator("#aside").click()
    shows(page, "cat 4", "dog 4")
    page.complaints[:] = [
        line for line in page.complaints if "404" not in line
    ]  # of the folder that was gone


def test_photos_and_folders_are_added(serve: Serve, visit: Any, pets: Path, tmp_path: Path) -> None:
    page = visit(serve(pets, tmp_path), "/photos")
    shows(page, "cat 5", "dog 4")
    folders(tmp_path / "more", {"cat": 2, "cow": 3}, seed=5)
    (tmp_path / "more/cow/broken.jpg").write_bytes(b"no photo")
    (tmp_path / "more/readme.txt").write_text("x")
    page.locator("#add-folder").set_input_files(tmp_path / "more")
    page.locator(".toast", has_text="Added 5 photos to cat, cow; 1 file is no photo.").wait_for()
    page.get_by_text("broken.jpg: not an image that can be read, whatever its name says.").wait_for()
    shows(page, "cat 7", "cow 3", "dog 4")
    page.locator("#add-folder").set_input_files(tmp_path / "more")
    page.locator(".toast", has_text="Added 0 photos; 5 were there already").wait_for()
    (tmp_path / "more/cat").rename(tmp_path / "more/dog")
    page.locator("#add-folder").set_input_files(tmp_path / "more")
    page.locator(".toast", has_text="5 were there already, 2 of them not in their class").wait_for()
    page.locator(".toast button", has_text="Undo").first.click()
    shows(page, "cat 5", "dog 4")
    page.locator("#class-list .tile", has_text="dog").click()
    page.get_by_role("heading", name="dog").wait_for()
    photo(99).save(tmp_path / "one.png")
    page.locator("#add-files").set_input_files(tmp_path / "one.png")
    shows(page, "cat 5", "dog 5")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(tmp_path / "more/cow/00.png", "zipped/cow/00.png")
    page.locator("#add-files").set_input_files(tmp_path / "z.zip")
    shows(page, "cat 5", "cow 1", "dog 5")
    page.complaints[:] = [line for line in page.complaints if "400" not in line]  # of the file that is none


DROP = """([names, target]) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of names) transfer.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
  for (const kind of ["dragenter", "dragover", "drop"]) document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def test_photos_are_dropped_and_pasted(serve: Serve, visit: Any, pets: Path, tmp_path: Path) -> None:
    page = visit(serve(pets, tmp_path), "/photos")
    shows(page, "cat 5", "dog 4")
    file = io.BytesIO()
    photo(50).save(file, "png")
    page.evaluate(DROP, [[["dropped.png", list(file.getvalue())]], ""])
    page.locator("dialog", has_text="Which class is this photo of?").wait_for()
    page.keyboard.type("cat")
    page.keyboard.press("Enter")
    shows(page, "cat 6", "dog 4")
    assert (pets / "cat/dropped.png").read_bytes() == file.getvalue()
    other = io.BytesIO()
    photo(51).save(other, "png")
    page.evaluate(
        """(bytes) => { const transfer = new DataTransfer(); transfer.items.add(new File([new Uint8Array(bytes)], "image.png", {type: "image/png"}));
        document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true})); }""",
        list(other.getvalue()),
    )
    page.get_by_role("button", name="None yet: I label them next").click()
    page.locator(".toast", has_text="1 photo of no class yet: see Label next").wait_for()
    assert (tmp_path / ".convolens/pets/unlabelled/image.png").is_file()


def test_a_photo_is_taken_by_the_camera(serve: Serve, visit: Any, pets: Path, tmp_path: Path) -> None:
    page = visit(serve(pets, tmp_path), "/photos", permissions=["camera"])
    page.locator("#class-list .tile", has_text="dog").click()
    page.get_by_role("heading", name="dog").wait_for()
    page.locator("#camera").click()
    page.get_by_role("button", name="Take the photo").click()
    page.locator("dialog", has_text="(1 taken)").wait_for()
    page.keyboard.press("Escape")
    shows(page, "cat 5", "dog 5")
    (taken,) = (pets / "dog").glob("camera-*.jpg")
    assert Image.open(taken).size[0] >= 320


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "NotAllowedError",
            "The camera may not be used: allow it for this page in the browser, and try again.",
        ),
        ("NotFoundError", "No camera was found; connect one, or drop photos instead."),
    ],
)
def test_no_camera_is_told(
    serve: Serve, visit: Any, pets: Path, tmp_path: Path, name: str, said: str
) -> None:
    page = visit(serve(pets, tmp_path), "/photos")
    page.evaluate(
        "(name) => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)); }",
        name,
    )
    page.locator("#class-list .tile", has_text="dog").click()
    page.get_by_role("heading", name="dog").wait_for()
    page.locator("#camera").click()
    page.locator("dialog", has_text=said).wait_for()


def test_findings_are_shown_and_dealt_with(serve: Serve, visit: Any, tmp_path: Path, accessible: Any) -> None:
    root = overlapping(tmp_path / "pets", {"cat": 6, "dog": 6})
    folders(root, {"cat": 2}, size=(40, 30))
    shutil.copy(root / "cat/00.png", root / "dog/twin.png")
    (root / "dog/broken.png").write_bytes((root / "dog/0-000.png").read_bytes()[:50])
    page = visit(serve(root, tmp_path), "/photos")
    page.locator("#view-findings").click()
    page.get_by_role("button", name="Check these photos").click()
    page.get_by_role("button", name="What is wrong with them (").wait_for()
    page.locator("details[data-kind=broken]", has_text="dog/broken.png").wait_for()
    pair = page.locator("details[data-kind=conflicts]", has_text="dog/twin.png")
    pair.wait_for()
    accessible(page)
    page.get_by_role("button", name="Set dog/broken.png aside").click()
    page.locator("details[data-kind=broken]").wait_for(state="detached")
    page.get_by_text("Photos were moved, added, removed or changed since.").wait_for()
    page.locator(".piece", has_text="dog/twin.png").get_by_role("button", name="Move to cat").click()
    page.locator(".toast", has_text="Moved 1 photo to cat").wait_for()
    page.locator("details[data-kind=conflicts]").wait_for(state="detached")
    assert (root / "cat/twin.png").is_file()
    page.reload()
    page.locator("details", has_text="Photos that show too little").or_(
        page.get_by_text("Check again")
    ).first.wait_for()


def test_a_studio_without_photos_offers_what_there_is(
    serve: Serve, visit: Any, tmp_path: Path, accessible: Any
) -> None:
    overlapping(tmp_path / "my pets", {"cat": 3, "dog": 3})
    page = visit(serve(None, tmp_path))
    page.get_by_role("heading", name="Your own photos").wait_for()
    accessible(page)
    page.get_by_role("button", name="Open my pets, 2 classes").click()
    shows(page, "cat 3", "dog 3")


def test_a_studio_begins_with_the_photos_that_are_given(serve: Serve, visit: Any, tmp_path: Path) -> None:
    folders(tmp_path / "given/things", {"cup": 2, "pen": 3})
    (tmp_path / "home").mkdir()
    page = visit(serve(None, tmp_path / "home"))
    page.get_by_role("heading", name="Your own photos").wait_for()
    page.locator("#begin input[webkitdirectory]").set_input_files(tmp_path / "given/things")
    shows(page, "cup 2", "pen 3")
    assert len(list((tmp_path / "home/photos/pen").iterdir())) == 3


def test_the_demo_opens(serve: Serve, visit: Any, tmp_path: Path) -> None:
    page = visit(serve(None, tmp_path))
    page.get_by_role("button", name="Try the demo").click()
    page.locator("#class-list .tile", has_text="All").filter(has_text="1,797").wait_for()
    assert len(list((tmp_path / "runs/demo-digits/7").iterdir())) == 179


def test_what_is_shown_first_comes_with_the_page(serve: Serve, visit: Any, tmp_path: Path) -> None:
    name = "<!--<script>"  # which would swallow what follows
    folders(tmp_path / "photos", {name: 2, "dog": 2})
    served = serve(tmp_path / "photos", tmp_path)
    assert '<script type="application/json" id="first">null</script>' in served.ask("/photos")[1].decode()
    page = visit(served, "/photos")
    page.locator("#wall .tile").nth(3).wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.locator("#wall .tile").nth(3).wait_for()
    page.locator("#class-list .tile", has_text=name).wait_for()
    page.locator("#wall .tile", has_text=name).first.wait_for()
    assert asked
    assert [url for url in asked if "/api/classes" in url or "/api/photos?start=0&" in url] == []


def test_ten_thousand_classes_are_drawn_as_ten(serve: Serve, visit: Any, tmp_path: Path) -> None:
    root = tmp_path / "many"
    root.mkdir()
    photo(1).save(tmp_path / "one.png")
    for number in range(10_000):
        (root / f"class {number:05d}").mkdir()
        os.link(tmp_path / "one.png", root / f"class {number:05d}/a.png")
    page = visit(serve(root, tmp_path), "/photos")
    page.locator("#class-list .tile", has_text="class 00000").wait_for()
    assert page.locator("#class-list .tile").count() < 200
    page.locator("#find-class").fill("09999")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="class 09999").wait_for()
    page.locator("#wall .tile").click()
    page.keyboard.press("m")
    page.locator("dialog input").fill("class 00007")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Moved 1 photo to class 00007").wait_for()
