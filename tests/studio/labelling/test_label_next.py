"""Label next: what lies without a label, in which order, and the labels that are given; as programs and as people do it."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens import runs
from convolens.runs.output.screen import Screen
from convolens.studio.labelling.queue import Queues
from convolens.studio.workspace.identity import identity
from images import overlapping, patterned, truncated_jpeg

Serve = Callable[..., Any]


@pytest.fixture
def home(trained: Path, tmp_path: Path) -> Path:
    """A home with `photos`, a run, and `new`: like the classes, and a few that are like none."""
    shutil.copytree(trained / "photos", tmp_path / "photos")
    shutil.copytree(trained / "runs", tmp_path / "runs")
    overlapping(tmp_path / "more", {"circle": 6, "stripe": 6}, seed=9)
    (tmp_path / "new").mkdir()
    for path in (tmp_path / "more").rglob("*.png"):
        shutil.move(path, tmp_path / "new" / f"{path.parent.name}-{path.name}")
    shutil.rmtree(tmp_path / "more")
    patterned(tmp_path / "new", 3)
    truncated_jpeg(tmp_path / "new/broken.jpg")
    return tmp_path


def queue(served: Any, source: str, run: str | None = None) -> dict[str, Any]:
    """Return the queue when it is scored."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        asked = served.ask(f"/api/label/queue?source={source}&count=200" + (f"&run={run}" if run else ""))[1]
        if asked["progress"] is None:
            return asked
        time.sleep(0.05)
    raise AssertionError("never scored")


def test_what_a_run_doubts_and_what_is_new_comes_first(serve: Serve, home: Path) -> None:
    served = serve(home / "photos", home)
    (source,) = served.ask("/api/label/sources")[1]["sources"]
    assert (source["name"], source["photos"]) == ("new", 16)
    found = queue(served, source["id"], identity("first"))
    assert found["problem"] is None
    photos = found["photos"]
    assert (len(photos), found["left"], found["place"]) == (16, 16, "home")
    assert photos[-1]["name"] == "broken.jpg"
    assert photos[-1]["problem"].startswith("damaged or truncated")
    assert {one["name"] for one in photos[:6]} & {"000.png", "001.png", "002.png"}
    assert all(
        one["proposal"] in ("circle", "cross", "stripe") and 0 < one["confidence"] <= 1 for one in photos[:-1]
    )
    assert served.ask(f"/api/pictures/{photos[0]['id']}?place=home")[0] == 200


def test_without_a_run_they_come_by_name(serve: Serve, home: Path) -> None:
    served = serve(home / "photos", home)
    names = [one["name"] for one in queue(served, f"folder.{identity('new')}")["photos"]]
    assert names == sorted(names)
    assert len(names) == 16


def test_proposals_are_of_the_photos_and_the_run_that_are_there(serve: Serve, home: Path) -> None:
    """Other photos, and another run, under names that were asked before."""
    answers = runs.predict(home / "runs/first", [home / "photos"], screen=Screen(quiet=True))
    first = answers[0]
    second = next(one for one in answers if one.likeliest != first.likeliest)
    for name, photo in (("one", first), ("two", second)):
        shutil.copytree(home / "photos", home / name / "photos")
        shutil.copy(photo.path, home / name / "photos/loose.png")
    served, run = serve(home / "one/photos", home), identity("first")
    assert queue(served, "loose", run)["photos"][0]["proposal"] == first.likeliest
    served.studio.workspace.photos = home / "two/photos"
    assert queue(served, "loose", run)["photos"][0]["proposal"] == second.likeliest, "another folder"
    shutil.copy(first.path, home / "two/photos/loose.png")
    assert queue(served, "loose", run)["photos"][0]["proposal"] == first.likeliest, "another photo"
    other = home / "runs/other"
    shutil.copytree(home / "runs/first", other)
    description = json.loads((other / "model.json").read_text())
    description["class_names"] = ["a " + name for name in description["class_names"]]
    (other / "model.json").write_text(json.dumps(description))
    shutil.rmtree(home / "runs/first")
    other.rename(home / "runs/first")
    assert queue(served, "loose", run)["photos"][0]["proposal"] == f"a {first.likeliest}", "another run"


def test_folders_of_classes_are_not_near(serve: Serve, home: Path) -> None:
    served = serve(home / "photos", home / "photos")
    assert served.ask("/api/label/sources")[1]["sources"] == []


def test_a_label_moves_the_photo_at_once_and_is_undone(serve: Serve, home: Path) -> None:
    served = serve(home / "photos", home)
    source = f"folder.{identity('new')}"
    assert len(queue(served, source)["photos"]) == 16
    photo = identity("new/000.png")
    status, said = served.ask("/api/label", {"source": source, "photo": photo, "to": "Кот"})
    assert (status, said["done"]) == (200, "Moved 1 photo to Кот")
    assert (home / "photos/Кот/000.png").is_file()
    assert len(queue(served, source)["photos"]) == 15
    scored = served.studio.room(Queues).photos
    assert served.ask("/api/edits/undo", {"edit": said["undo"]})[0] == 200
    assert (home / "new/000.png").is_file()
    assert not (home / "photos/Кот").exists()
    assert len(queue(served, source)["photos"]) == 16
    assert served.studio.room(Queues).photos is scored, "not looked at anew"


def test_loose_photos_have_no_label(serve: Serve, home: Path) -> None:
    shutil.copy(home / "new/000.png", home / "photos/loose.png")
    served = serve(home / "photos", home)
    assert next(one["id"] for one in served.ask("/api/label/sources")[1]["sources"]) == "loose"
    (photo,) = queue(served, "loose")["photos"]
    assert served.ask("/api/label", {"source": "loose", "photo": photo["id"], "to": "cross"})[0] == 200
    assert (home / "photos/cross/loose.png").is_file()


def test_what_cannot_be_is_told(serve: Serve, home: Path) -> None:
    served = serve(home / "photos", home)
    new = f"folder.{identity('new')}"
    cases = [
        ("/api/label/queue?source=x", None, 400, "there is no source 'x'; choose one of the list."),
        (f"/api/label/queue?source=folder.{identity('gone')}", None, 404, f"{home}/gone: is no longer there; it was moved or removed. Reload the page."),
        (f"/api/label/queue?source=folder.{identity('../x')}", None, 400, f"'../x' does not lie in {home}, the folder that is open."),
        (f"/api/label/queue?source=folder.{identity('photos')}", None, 400, f"{home}/photos: holds the photos that have labels; choose another folder."),
        (f"/api/label/queue?source={new}&run={identity('none')}", None, 404, f"{home}/runs/none: is no longer there; it was moved or removed. Reload the page."),
        ("/api/label", {"source": new, "photo": identity("new/000.png"), "to": ""}, 400, "the class has no name; type one."),
        ("/api/label", {"source": new, "photo": identity("photos/circle/0-000.png"), "to": ""}, 400, f"'photos/circle/0-000.png' does not lie in {home}/new; choose a photo of that source."),
    ]  # fmt: skip
    for path, body, status, error in cases:
        assert served.ask(path, body) == (status, {"error": error})


def test_a_damaged_run_is_told(serve: Serve, home: Path) -> None:
    (home / "runs/first/model.json").write_text("{")
    served = serve(home / "photos", home)
    found = queue(served, f"folder.{identity('new')}", identity("first"))
    assert found["photos"] == []
    assert found["problem"].startswith(f"{home}/runs/first/model.json: model.json is not JSON")


def test_keys_label_accept_skip_and_undo(serve: Serve, visit: Any, accessible: Any, home: Path) -> None:
    (home / "new/broken.jpg").unlink()
    served = serve(home / "photos", home)
    page = visit(served, "/label")
    page.get_by_text(
        "Photos of folders that lie beside can be chosen above"
    ).wait_for()  # no label moves any of them unasked
    page.locator("#source").select_option(f"folder.{identity('new')}")
    page.locator("#desk:focus").wait_for()
    page.locator("#count", has_text="15 photos left.").wait_for()
    accessible(page)
    first = page.locator("#name").inner_text()
    page.keyboard.press("2")
    page.locator("#count", has_text="14 photos left, 1 labelled just now.").wait_for()
    page.locator(".toast", has_text="Moved 1 photo to cross").wait_for()
    assert (home / "photos/cross" / first).is_file()
    second, said = page.locator("#name").inner_text(), page.locator("#proposal strong").inner_text()
    page.keyboard.press("Enter")
    page.locator("#count", has_text="13 photos left, 2 labelled just now.").wait_for()
    page.locator(".toast", has_text=f"Moved 1 photo to {said}").wait_for()
    assert (home / "photos" / said / second).is_file()
    third = page.locator("#name").inner_text()
    page.keyboard.press(" ")
    page.locator("#name", has_not_text=third).wait_for()
    page.keyboard.press("Control+z")
    page.locator("#count", has_text="14 photos left, 1 labelled just now.").wait_for()
    assert (home / "new" / second).is_file()
    page.keyboard.press("Control+z")
    page.locator("#count", has_text="15 photos left.").wait_for()
    page.keyboard.press("+")
    page.keyboard.type("une classe à elle")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Moved 1 photo to une classe à elle").wait_for()
    assert len(list((home / "photos/une classe à elle").iterdir())) == 1


def test_all_labelled_says_what_to_do_next(serve: Serve, visit: Any, trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "photos", tmp_path / "photos")
    patterned(tmp_path / "new", 1)
    patterned(tmp_path / "other", 2)
    page = visit(serve(tmp_path / "photos", tmp_path), f"/label?source=folder.{identity('new')}")
    page.locator("#desk:focus").wait_for()
    page.keyboard.press("1")
    page.get_by_text("All photos have a class now.").wait_for()
    page.keyboard.press("1")  # the folder beside is left alone
    assert len(list((tmp_path / "other").iterdir())) == 2
    assert page.get_by_role("link", name="Train again with the new labels").get_attribute("href") == "/train"


def test_what_changes_elsewhere_shows(serve: Serve, visit: Any, home: Path) -> None:
    """A photo that is gone blocks nothing, and a class that has another name is not made again."""
    shutil.copytree(home / "new", home / "kept")
    page = visit(serve(home / "photos", home), f"/label?source=folder.{identity('new')}")
    page.locator("#desk:focus").wait_for()
    said = page.locator("#proposal strong").inner_text()
    (home / "photos" / said).rename(home / "photos/another name")
    page.locator("#classes button", has_text="another name").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"There is no class {said} now.").wait_for()
    page.keyboard.press("Escape")
    assert not (home / "photos" / said).exists()
    name = page.locator("#name").inner_text()
    (home / "new" / name).unlink()
    page.keyboard.press("1")
    page.locator("#name", has_not_text=name).wait_for()
    page.locator("#count", has_text="15 photos left").wait_for()
    page.complaints.clear()
