"""The check that the page begins: told while it works, cancelled, kept, old when photos changed, damage borne."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from convolens.studio.photos.checking import Checking, state
from convolens.studio.records import progress
from convolens.studio.workspace.identity import identity
from images import folders, overlapping, photo
from learnt_photos import learnt_photos

Serve = Callable[..., Any]


def checked(served: Any) -> dict[str, Any]:
    """Check, and return the findings."""
    assert served.ask("/api/findings", {}) == (200, {"running": True})
    return ended(served)


def ended(served: Any) -> dict[str, Any]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        said = served.ask("/api/findings")[1]
        if not said["running"]:
            return said
        time.sleep(0.02)
    raise AssertionError("never ended")


def flawed(root: Path) -> Path:
    """Write a folder with a broken file, a photo twice in a class, once in two, once on two sides."""
    for side, seed in (("train", 0), ("val", 7)):
        folders(root / side, {"cat": 5, "dog": 5}, size=(40, 30), seed=seed)
    shutil.copy(root / "train/cat/00.png", root / "train/cat/twin.png")
    shutil.copy(root / "train/cat/01.png", root / "train/dog/conflict.png")
    shutil.copy(root / "train/dog/02.png", root / "val/dog/leak.png")
    (root / "val/cat/broken.png").write_bytes(b"no photo")
    return root


def test_what_is_wrong_is_found_and_kept(serve: Serve, tmp_path: Path) -> None:
    root = flawed(tmp_path / "pets")
    served = serve(root, tmp_path)
    assert served.ask("/api/findings")[1] == {
        "running": False,
        "progress": None,
        "problem": None,
        "found": None,
    }
    found = checked(served)["found"]
    assert [(row["path"], row["reason"]) for row in found["broken"]] == [
        ("val/cat/broken.png", "not an image that can be read, whatever its name says.")
    ]
    assert [[one["path"] for one in row["photos"]] for row in found["duplicates"]] == [
        ["train/cat/00.png", "train/cat/twin.png"]
    ]
    assert [[one["path"] for one in row["photos"]] for row in found["conflicts"]] == [
        ["train/cat/01.png", "train/dog/conflict.png"]
    ]
    assert [[one["path"] for one in row["photos"]] for row in found["leaks"]] == [
        ["train/dog/02.png", "val/dog/leak.png"]
    ]
    assert (found["old"], found["dealt_with"], found["photos"]) == (False, 0, 23)
    again = serve(root, tmp_path).ask("/api/findings")[1]["found"]  # another studio, later
    assert again == found
    served.ask(
        "/api/photos/quarantine",
        {"photos": [found["leaks"][0]["photos"][1]["photo"], identity("val/cat/broken.png")]},
    )
    left = served.ask("/api/findings")[1]["found"]
    assert (left["old"], left["dealt_with"], left["leaks"], left["broken"]) == (True, 2, [], [])
    served.ask("/api/edits/undo", {})
    assert served.ask("/api/findings")[1]["found"]["old"] is False


def test_a_photo_that_was_mended_in_place_is_no_finding(serve: Serve, tmp_path: Path) -> None:
    root = flawed(tmp_path / "pets")
    served = serve(root, tmp_path)
    assert len(checked(served)["found"]["broken"]) == 1
    shutil.copy(root / "val/cat/00.png", root / "val/cat/broken.png")
    found = served.ask("/api/findings")[1]["found"]
    assert (found["broken"], found["dealt_with"], found["old"]) == ([], 1, True)
    photo(99).save(root / "train/cat/twin.png")
    assert served.ask("/api/findings")[1]["found"]["duplicates"] == []


def test_no_finding_names_a_class_that_is_gone(serve: Serve, tmp_path: Path) -> None:
    """A button that moves a photo into a class by the name that it had would make that class anew."""
    served = serve(overlapping(tmp_path / "pets", {"cat": 4, "dog": 4}), tmp_path)
    checked(served)
    place = tmp_path / ".convolens/pets/findings.json"
    kept = json.loads(place.read_text())
    one = served.ask("/api/photos?class=dog")[1]["photos"][0]
    kept["label_errors"] = [
        {"photo": one["id"], "state": state(tmp_path / "pets", f"dog/{one['name']}"), "class": "dog", "suggested": "cat", "sha256": "1f"}
    ]  # fmt: skip
    place.write_text(json.dumps(kept))
    assert len(served.ask("/api/findings")[1]["found"]["label_errors"]) == 1
    served.ask("/api/classes/rename", {"from": "cat", "to": "kitty"})
    assert served.ask("/api/findings")[1]["found"]["label_errors"] == []


def test_damaged_findings_are_none(serve: Serve, tmp_path: Path) -> None:
    root = overlapping(tmp_path / "pets", {"cat": 4, "dog": 4})
    served = serve(root, tmp_path)
    assert checked(served)["found"]["photos"] == 8
    (tmp_path / ".convolens/pets/findings.json").write_text("{")
    assert served.ask("/api/findings")[1]["found"] is None
    assert checked(served)["found"]["photos"] == 8


def test_a_check_is_told_and_cancelled(serve: Serve, tmp_path: Path, monkeypatch: Any) -> None:
    root = overlapping(tmp_path / "pets", {"cat": 20, "dog": 20})
    served = serve(root, tmp_path)
    checking = served.studio.room(Checking)
    told, tell = [], served.studio.news.tell

    def listen(topic: str, **values: Any) -> None:
        told.append(values)
        if values.get("running"):
            busy.append(served.ask("/api/findings", {}))
            checking.cancel()
        tell(topic, **values)

    busy: list[Any] = []
    monkeypatch.setattr(served.studio.news, "tell", listen)
    monkeypatch.setattr(progress, "PERIOD", 0.0)
    said = checked(served)
    assert said["problem"] == "The check was cancelled."
    assert said["found"] is None
    assert told[0] == {"running": True, "title": "reading photos", "done": told[0]["done"], "total": 40}
    assert told[-1] == {"running": False}
    assert busy[0] == (409, {"error": "the photos are being checked already; wait, or cancel that."})
    monkeypatch.undo()
    assert checked(served)["problem"] is None


def test_a_check_is_of_the_folder_that_was_open(serve: Serve, tmp_path: Path, monkeypatch: Any) -> None:
    for name in ("pets", "others"):
        overlapping(tmp_path / name, {"cat": 4, "dog": 4})
    served = serve(tmp_path / "pets", tmp_path)
    checking, seen = served.studio.room(Checking), []

    def tell(topic: str, **values: Any) -> None:
        if values.get("running") and not seen:
            served.ask("/api/begin/open", {"folder": identity("others")})
            seen.append(served.ask("/api/findings")[1])

    monkeypatch.setattr(served.studio.news, "tell", tell)
    monkeypatch.setattr(progress, "PERIOD", 0.0)
    assert served.ask("/api/findings", {})[0] == 200
    until = time.monotonic() + 60
    while checking.running and time.monotonic() < until:
        time.sleep(0.02)
    assert seen == [{"running": False, "progress": None, "problem": None, "found": None}]
    assert served.ask("/api/findings")[1]["found"] is None
    served.ask("/api/begin/open", {"folder": identity("pets")})
    assert served.ask("/api/findings")[1]["found"]["photos"] == 8


def test_a_folder_without_photos_is_told(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    said = checked(serve(tmp_path / "pets", tmp_path))
    assert said["problem"].startswith(f"{tmp_path}/pets: no class folders, it has no subfolders;")


def test_a_label_that_is_kept_is_no_finding(
    serve: Serve, visit: Any, tmp_path: Path, learnt_cache: Path
) -> None:
    data = learnt_photos(tmp_path / "pets", 20, 64, seed=3)
    first, second = sorted(path for path in data.iterdir() if path.is_dir())[:2]
    wrong = sorted(first.iterdir())[0].rename(second / "wrong.png")
    served = serve(data, tmp_path)
    rows = checked(served)["found"]["label_errors"]
    assert identity(wrong.relative_to(data)) in [row["photo"] for row in rows]
    page = visit(served, "/photos#findings")
    keep = page.get_by_role("button", name=f"Keep {second.name}/wrong.png in {second.name}")
    keep.click()
    keep.wait_for(state="detached")
    assert len(served.ask("/api/findings")[1]["found"]["label_errors"]) == len(rows) - 1
    page.get_by_role("button", name="Undo").last.click()
    keep.wait_for()
    assert served.ask("/api/findings")[1]["found"]["label_errors"] == rows
