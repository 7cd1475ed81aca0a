"""Edits of photos and classes: on disk, undone, done again; wrong ones in one line; nothing is ever lost."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.editing import journal
from images import folders
from studio_edits import contents, counts, ids

Serve = Callable[..., Any]


def test_photos_are_moved_and_moved_back(serve: Serve, pets: Path, tmp_path: Path) -> None:
    before = contents(pets)
    served = serve(pets, tmp_path)
    status, said = served.ask(
        "/api/photos/move", {"photos": ids("cat/00.png", "cat/01.png", "dog/00.png"), "to": "dog"}
    )
    assert (status, said["done"], said["undo"]) == (200, "Moved 2 photos to dog", 1)
    assert counts(served) == {"cat": 3, "dog": 6}
    assert sorted(said["photos"]) == sorted(ids("dog/00-2.png", "dog/01-2.png"))
    assert served.ask("/api/edits/undo", {})[1] == {"done": "Undone: Moved 2 photos to dog", "undo": None, "redo": 1, "photos": ids("cat/01.png", "cat/00.png")}  # fmt: skip
    assert contents(pets) == before
    assert served.ask("/api/edits/redo", {})[1]["done"] == "Moved 2 photos to dog"
    assert counts(served) == {"cat": 3, "dog": 6}
    assert served.ask("/api/edits/undo", {"edit": 1})[0] == 200
    assert contents(pets) == before


def test_a_class_that_was_empty_is_empty_again(serve: Serve, pets: Path, tmp_path: Path) -> None:
    """Undo takes back what an edit did, not the class that it filled: an older edit has that one's name to take back."""
    (pets / "empty").mkdir()
    served = serve(pets, tmp_path)
    served.ask("/api/classes/rename", {"from": "empty", "to": "owl"})
    served.ask("/api/photos/move", {"photos": ids("dog/00.png"), "to": "owl"})
    for _ in range(2):
        assert served.ask("/api/edits/undo", {})[0] == 200
        assert served.ask("/api/edits/redo", {})[0] == 200
        assert served.ask("/api/edits/undo", {})[0] == 200
    assert counts(served) == {"cat": 5, "dog": 4, "empty": 0}
    served.ask("/api/classes/merge", {"classes": ["cat", "empty"], "into": "dog"})
    served.ask(
        "/api/photos/quarantine", {"photos": [one["id"] for one in served.ask("/api/photos")[1]["photos"]]}
    )
    assert list(pets.iterdir()) == []
    aside = [one["id"] for one in served.ask("/api/photos?place=quarantine")[1]["photos"]]
    assert served.ask("/api/photos/restore", {"photos": aside})[0] == 200
    for _ in range(3):
        assert served.ask("/api/edits/undo", {})[0] == 200
    assert counts(served) == {"cat": 5, "dog": 4, "empty": 0}


def test_what_cannot_be_is_told(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    cases = [
        ("/api/classes/rename", {"from": "cat", "to": "dog"}, 400, "there is a class dog already; merge cat into it instead."),
        ("/api/classes/rename", {"from": "cow", "to": "x"}, 404, "there is no class 'cow'; it was renamed, merged or emptied. Reload the page."),
        ("/api/classes/merge", {"classes": ["cat"], "into": "cat"}, 400, "name the classes that are to become cat."),
        ("/api/classes/merge", {"classes": [], "into": "cat"}, 400, "name the classes that are to become cat."),
        ("/api/photos/move", {"photos": [], "to": "dog"}, 400, "no photos are chosen; choose some."),
        ("/api/photos/move", {"photos": ids("cat"), "to": "dog"}, 400, "'cat' is no photo; choose photos."),
        ("/api/photos/move", {"photos": ids("../x"), "to": "dog"}, 400, f"'../x' does not lie in {pets}, the folder that is open."),
        ("/api/photos/move", {"photos": ids("cat/99.png"), "to": "dog"}, 404, f"{pets}/cat/99.png: is no longer there; it was moved or removed. Reload the page."),
        ("/api/photos/move", {"photos": ids("cat/00.png"), "to": "dog", "place": "else"}, 400, "there are no photos in 'else'; choose photos, quarantine, unlabelled or home."),
        ("/api/edits/undo", {}, 400, "there is nothing to undo."),
        ("/api/edits/undo", {"edit": 7}, 400, "there is no edit 7 to undo or to do again; reload the page."),
        ("/api/edits/redo", {}, 400, "there is nothing to do again."),
        ("/api/photos/move", {"to": "dog"}, 400, "photos: Field required; it was \"{'to': 'dog'}\"."),
    ]  # fmt: skip
    for path, body, status, error in cases:
        assert served.ask(path, body) == (status, {"error": error})
    assert served.ask("/api/photos?class=cow") == (
        404,
        {"error": "there is no class 'cow' any more; choose another."},
    )
    assert counts(served) == {"cat": 5, "dog": 4}


def test_undo_refuses_what_others_changed(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    served.ask("/api/photos/move", {"photos": ids("cat/00.png", "cat/01.png"), "to": "cow"})
    moved = pets / "cow/00.png"
    kept = moved.read_bytes()
    moved.write_bytes(b"another")
    assert (
        served.ask("/api/edits/undo", {})[1]["error"]
        == f"{moved}: was changed since, so that nothing was undone."
    )
    moved.unlink()
    assert (
        served.ask("/api/edits/undo", {})[1]["error"]
        == f"{moved}: was moved or removed since, so that nothing was undone."
    )
    served.ask("/api/photos/move", {"photos": ids("cat/02.png"), "to": "cow"})
    (pets / "cat/02.png").write_bytes(kept)
    assert (
        served.ask("/api/edits/undo", {})[1]["error"]
        == f"{pets}/cat/02.png: something else is there now, so that nothing was undone."
    )
    assert (pets / "cow/01.png").is_file()
    assert (pets / "cat/02.png").read_bytes() == kept


def test_the_log_is_readable_and_bears_damage(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    for photo in ("cat/00.png", "cat/01.png", "cat/02.png"):
        served.ask("/api/photos/move", {"photos": ids(photo), "to": "Käfer"})
    log = tmp_path / ".convolens/pets/edits.jsonl"
    lines = log.read_text("utf-8").splitlines()
    assert [json.loads(line).get("said") for line in lines[::2]] == ["Moved 1 photo to Käfer"] * 3
    assert json.loads(lines[0])["moves"][0][:2] == ["cat/00.png", "Käfer/00.png"]
    lines[2] = lines[2][:40]
    log.write_text("\n".join(lines) + '\n{"edit": 4, "time"', "utf-8")
    said = served.ask("/api/edits")[1]
    assert (
        said["problem"] == "edits.jsonl: line 3, 7 is damaged; what it said cannot be undone, all else can."
    )
    assert [one["edit"] for one in said["edits"]] == [3, 1]
    assert served.ask("/api/edits/undo", {})[1]["done"] == "Undone: Moved 1 photo to Käfer"
    assert served.ask("/api/edits/undo", {})[0] == 200
    assert counts(served) == {"Käfer": 1, "cat": 4, "dog": 4}
    assert served.ask("/api/photos/move", {"photos": ids("dog/00.png"), "to": "cat"})[1]["undo"] == 6


def test_a_log_of_a_stranger_leads_nowhere(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path / "home")
    (tmp_path / "home").mkdir()
    state = tmp_path / ".convolens/pets"
    state.mkdir(parents=True)
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    entry = {
        "edit": 1,
        "time": "",
        "said": "a trick",
        "moves": [["cat/a.png", "../secret.png", [1, secret.stat().st_mtime_ns]]],
    }
    (state / "edits.jsonl").write_text(json.dumps(entry) + '\n{"done": 1}\n')
    assert (
        served.ask("/api/edits/undo", {})[1]["error"]
        == "the log of edits names '../secret.png', which lies outside the folders that are open."
    )
    assert secret.is_file()


def test_a_link_leads_no_edit_out_of_the_folder(serve: Serve, pets: Path, tmp_path: Path) -> None:
    outside = folders(tmp_path / "outside", {"cow": 3})
    (pets / "cow").symlink_to(outside / "cow")
    (pets / "cow/deep").mkdir()
    before = contents(pets, outside)
    served = serve(pets, tmp_path)
    assert counts(served) == {"cat": 5, "cow": 3, "dog": 4}
    error = f"{pets}/cow does not lie in {pets}, the folder that is open: a link leads out of it."
    cases = [
        ("/api/classes/merge", {"classes": ["cow"], "into": "dog"}),
        ("/api/classes/merge", {"classes": ["dog"], "into": "cow"}),
        ("/api/photos/move", {"photos": ids("cat/00.png"), "to": "cow"}),
    ]
    for path, body in cases:
        assert served.ask(path, body) == (400, {"error": error})
    added = served.ask("/api/photos/add?class=cow&name=new.png", (pets / "cat/00.png").read_bytes() + b"x")
    assert added == (400, {"error": error})
    assert contents(pets, outside) == before
    assert served.ask("/api/classes/rename", {"from": "cow", "to": "bull"})[0] == 200  # the link itself
    assert ((pets / "bull").is_symlink(), len(list((outside / "cow").iterdir()))) == (True, 4)


def test_an_edit_that_was_killed_is_put_right(serve: Serve, pets: Path, tmp_path: Path) -> None:
    before = contents(pets)
    served = serve(pets, tmp_path)
    served.ask("/api/photos/move", {"photos": ids("cat/00.png", "cat/01.png", "cat/02.png"), "to": "dog"})
    log = tmp_path / ".convolens/pets/edits.jsonl"
    log.write_text(log.read_text().splitlines()[0] + "\n")  # killed before its end
    os.rename(pets / "dog/01-2.png", pets / "cat/01.png")  # this one was not moved yet
    os.link(pets / "dog/02-2.png", pets / "cat/02.png")  # and this one had both names
    served.ask("/api/photos/quarantine", {"photos": ids("dog/00.png")})
    served.ask("/api/edits/undo", {})
    assert contents(pets) == before
    assert [json.loads(line) for line in log.read_text().splitlines()][1] == {"given_up": 1}


def test_two_studios_edit_one_folder(serve: Serve, pets: Path, tmp_path: Path) -> None:
    import threading

    folders(pets, {"cat": 30, "dog": 30})
    before = Counter(contents(pets).values())
    both = [serve(pets, tmp_path), serve(pets, tmp_path)]
    answers: list[int] = []

    def work(number: int) -> None:
        for i in range(number, 30, 2):
            answers.append(
                both[number].ask("/api/photos/move", {"photos": ids(f"cat/{i:02d}.png"), "to": "dog"})[0]
            )

    threads = [threading.Thread(target=work, args=[number]) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 30
    assert Counter(contents(pets).values()) == before
    assert counts(both[0]) == {"dog": 60}
    assert both[0].ask("/api/edits/undo", {})[0] == 200
    assert counts(both[1]) == {"cat": 1, "dog": 59}


def test_an_edit_that_waits_is_of_the_folder_that_was_open(
    serve: Serve, pets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folders(tmp_path / "others", {"cat": 1, "dog": 1})
    served = serve(pets, tmp_path)
    read = journal.read

    def opened_meanwhile(path: Path) -> journal.Log:
        served.studio.workspace.photos = other
        return read(path)

    monkeypatch.setattr(journal, "read", opened_meanwhile)
    assert served.ask("/api/photos/move", {"photos": ids("cat/00.png"), "to": "dog"})[0] == 200
    assert sorted(contents(pets, other)) == [
        *(f"others/{name}/00.png" for name in ("cat", "dog")),
        *(f"pets/cat/0{number}.png" for number in (1, 2, 3, 4)),
        *(f"pets/dog/{name}.png" for name in ("00-2", "00", "01", "02", "03")),
    ]
