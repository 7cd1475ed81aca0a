"""Which photo goes where: on its side, to a class of any name, aside and back, when classes are renamed or merged."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from images import folders
from studio_edits import contents, counts, ids

Serve = Callable[..., Any]
NAMES = ["Ñandú", "ネコ", "חתול", 'a "quoted" one', "it's", "🐈", "<script>alert(1)", "<img src=x onerror=alert(1)>", "two\nlines", "%2e%2e", "a b", "ä" * 127, "train", "-rf"]  # fmt: skip
NO_NAMES = [
    ("", "the class has no name; type one."),
    ("  ", "the class has no name; type one."),
    ("..", "'..' cannot be a class: folders of this name are hidden; give another name."),
    (".git", "'.git' cannot be a class: folders of this name are hidden; give another name."),
    ("__MACOSX", "'__MACOSX' cannot be a class: folders of this name are hidden; give another name."),
    ("a/b", '\'a/b\' cannot be a class: "/" and "\\" part folders; leave them out.'),
    ("a\\b", "'a\\\\b' cannot be a class: \"/\" and \"\\\" part folders; leave them out."),
    ("a\0b", "'a\\x00b' cannot be a class: it holds a zero byte; leave it out."),
    ("x" * 256, f"'{'x' * 57}...' cannot be a class: 256 bytes are more than the 255 that a folder's name may have; shorten it."),
    ("\ud800", "'\\ud800' cannot be a class: half a character is in it; type it anew."),
]  # fmt: skip


def test_a_photo_stays_on_its_side(serve: Serve, parted: Path, tmp_path: Path) -> None:
    served = serve(parted, tmp_path)
    served.ask("/api/photos/move", {"photos": ids("val/cat/00.png", "train/cat/00.png"), "to": "dog"})
    served.ask("/api/photos/move", {"photos": ids("val/dog/01.png"), "to": "cow"})
    assert (parted / "val/dog/00-2.png").is_file()
    assert (parted / "train/dog/00-2.png").is_file()
    assert (parted / "val/cow/01.png").is_file()
    assert [one["sides"] for one in served.ask("/api/classes")[1]["classes"]] == [
        {"train": 4, "val": 1},
        {"val": 1},
        {"train": 5, "val": 2},
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_class_may_have_any_name(serve: Serve, pets: Path, tmp_path: Path, name: str) -> None:
    before = contents(pets)
    served = serve(pets, tmp_path)
    assert served.ask("/api/photos/move", {"photos": ids("cat/00.png"), "to": name})[0] == 200
    assert counts(served) == {"cat": 4, "dog": 4, name: 1}
    assert served.ask("/api/classes/rename", {"from": name, "to": f"{name[:60]}2"})[0] == 200
    assert counts(served)[f"{name[:60]}2"] == 1
    assert served.ask("/api/edits/undo", {})[0] == 200
    assert served.ask("/api/edits/undo", {})[0] == 200
    assert contents(pets) == before
    assert sorted(path.name for path in pets.iterdir()) == ["cat", "dog"]


@pytest.mark.parametrize(("name", "error"), NO_NAMES)
def test_a_name_that_no_class_can_have_is_refused(
    serve: Serve, pets: Path, tmp_path: Path, name: str, error: str
) -> None:
    served = serve(pets, tmp_path)
    body = json.dumps({"photos": ids("cat/00.png"), "to": name}).encode()
    status, said = served.ask("/api/photos/move", body)
    assert (status, said["error"]) == (400, " ".join(error.split()).encode("utf-8", "replace").decode())
    status, said = served.ask("/api/classes/rename", json.dumps({"from": "cat", "to": name}).encode())
    assert (status, said["error"]) == (400, " ".join(error.split()).encode("utf-8", "replace").decode())
    assert len(contents(pets)) == 9


def test_photos_are_set_aside_and_brought_back(serve: Serve, parted: Path, tmp_path: Path) -> None:
    before = contents(parted)
    served = serve(parted, tmp_path)
    status, said = served.ask("/api/photos/quarantine", {"photos": ids("val/cat/00.png", "train/cat/00.png")})
    assert (status, said["done"]) == (200, "Set 2 photos aside")
    assert (tmp_path / ".convolens/pets/quarantine/val/cat/00.png").is_file()
    aside = served.ask("/api/photos?place=quarantine")[1]
    assert [(one["name"], one["class"]) for one in aside["photos"]] == [
        ("00.png", "train/cat"),
        ("00.png", "val/cat"),
    ]
    assert served.ask("/api/classes")[1]["quarantined"] == 2
    picture = served.ask(f"/api/pictures/{aside['photos'][0]['id']}?place=quarantine")
    assert picture[1].startswith(b"\xff\xd8")
    assert served.ask("/api/photos/restore", {"photos": [one["id"] for one in aside["photos"]]})[1]["done"] == "Brought 2 photos back"  # fmt: skip
    assert contents(parted) == before


def test_a_photo_with_several_labels_is_set_aside_under_all(serve: Serve, pets: Path, tmp_path: Path) -> None:
    for path in ("dog/both.png", "cow/both.png", "dog/twice.png"):
        (pets / path).parent.mkdir(exist_ok=True)
        shutil.copy(pets / "cat/00.png", pets / path)
    (pets / "dog/nothing.png").symlink_to("gone.png")
    before = contents(pets)
    served = serve(pets, tmp_path)
    asked = {"photos": ids("cat/00.png", "dog/00.png"), "copies": True}
    assert served.ask("/api/photos/quarantine", asked)[1]["done"] == "Set 5 photos aside"
    assert counts(served) == {"cat": 4, "dog": 4}
    served.ask("/api/edits/undo", {})
    assert contents(pets) == before
    assert served.ask("/api/photos/quarantine", asked | {"copies": False})[1]["done"] == "Set 2 photos aside"


def test_photos_come_back_to_what_their_class_is_called_by_then(
    serve: Serve, parted: Path, tmp_path: Path
) -> None:
    before = contents(parted)
    served = serve(parted, tmp_path)
    served.ask(
        "/api/photos/quarantine", {"photos": ids("train/cat/00.png", "val/cat/00.png", "val/cat/01.png")}
    )
    served.ask("/api/classes/rename", {"from": "cat", "to": "kitty"})
    aside = served.ask("/api/photos?place=quarantine")[1]["photos"]
    assert [one["class"] for one in aside] == ["train/kitty", "val/kitty", "val/kitty"]
    served.ask("/api/photos/restore", {"photos": [aside[1]["id"]]})
    assert (counts(served), (parted / "val/kitty/00.png").is_file()) == ({"dog": 6, "kitty": 5}, True)
    served.ask("/api/classes/merge", {"classes": ["kitty"], "into": "dog"})
    aside = served.ask("/api/photos?place=quarantine")[1]["photos"]
    served.ask("/api/photos/restore", {"photos": [one["id"] for one in aside]})
    assert counts(served) == {"dog": 13}
    for _ in range(5):
        assert served.ask("/api/edits/undo", {})[0] == 200
    assert contents(parted) == before


def test_classes_are_renamed_and_merged(serve: Serve, parted: Path, tmp_path: Path) -> None:
    (parted / "train/cat/old").mkdir()
    shutil.move(parted / "train/cat/03.png", parted / "train/cat/old/03.png")
    (parted / "train/cat/.hidden").write_text("x")
    (parted / "train/cat/notes.txt").write_text("y")
    before = contents(parted)
    served = serve(parted, tmp_path)
    assert (
        served.ask("/api/classes/rename", {"from": "cat", "to": "lion"})[1]["done"] == "Renamed cat to lion"
    )
    assert counts(served) == {"dog": 6, "lion": 7}
    assert (parted / "train/lion/old/03.png").is_file()
    said = served.ask("/api/classes/merge", {"classes": ["lion", "dog"], "into": "dog"})[1]
    assert said["done"] == "Merged lion into dog, 7 photos"
    assert counts(served) == {"dog": 13}
    assert sorted(path.name for path in (parted / "train").iterdir()) == ["dog"]
    assert Counter(contents(parted).values()) == Counter(before.values())
    served.ask("/api/edits/undo", {})
    served.ask("/api/edits/undo", {})
    assert contents(parted) == before
    assert counts(served) == {"cat": 7, "dog": 6}


def test_classes_that_are_shown_alike_are_not_taken_for_each_other(serve: Serve, tmp_path: Path) -> None:
    names = [os.fsdecode(b"caf\xe9"), os.fsdecode(b"caf\xe8")]
    root = folders(tmp_path / "x", {names[0]: 2, "dog": 2})
    served = serve(root, tmp_path)
    served.ask("/api/photos/move", {"photos": ids("dog/00.png"), "to": "caf?"})
    assert counts(served) == {"caf?": 3, "dog": 1}
    folders(root, {names[1]: 1})
    error = f"{root}: 2 classes are shown as 'caf?', whose names are no UTF-8; rename their folders."
    for path, body in [
        ("/api/photos/move", {"photos": ids("dog/01.png"), "to": "caf?"}),
        ("/api/classes/rename", {"from": "caf?", "to": "tea"}),
        ("/api/classes/merge", {"classes": ["dog"], "into": "caf?"}),
        ("/api/photos?class=caf%3F", None),
    ]:
        assert served.ask(path, body) == (400, {"error": error})
    assert [len(list((root / name).iterdir())) for name in (*names, "dog")] == [3, 1, 1]


def test_photos_of_other_spellings_are_of_one_class(serve: Serve, tmp_path: Path) -> None:
    root = folders(tmp_path / "x", {"cafe\u0301": 2, "caf\u00e9": 3, "dog": 2})
    served = serve(root, tmp_path)
    (cafe, dog) = served.ask("/api/classes")[1]["classes"]
    assert (cafe["photos"], dog["photos"]) == (5, 2)
    served.ask("/api/photos/move", {"photos": ids("dog/00.png"), "to": "caf\u00e9"})
    assert sorted(path.name for path in root.iterdir()) == ["cafe\u0301", "caf\u00e9", "dog"]
    served.ask("/api/classes/rename", {"from": "caf\u00e9", "to": "tea"})
    assert sorted(path.name for path in root.iterdir()) == ["dog", "tea"]
    assert counts(served) == {"dog": 1, "tea": 6}
