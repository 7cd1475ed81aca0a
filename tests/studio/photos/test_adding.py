"""Photos that are sent: each looked at, placed, never over another, not twice; zips that are traps are refused in a line."""

import io
import os
import resource
import shutil
import signal
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image

from convolens.studio.photos import adding
from convolens.studio.workspace.identity import identity
from convolens.studio.workspace.workspace import Workspace
from images import bomb_png, folders, photo

Serve = Callable[..., Any]


def png(seed: int = 0) -> bytes:
    file = io.BytesIO()
    photo(seed).save(file, "png")
    return file.getvalue()


def send(served: Any, body: bytes, path: str = "/api/photos/add", **query: str) -> tuple[int, Any]:
    return served.ask(f"{path}?{urlencode({name.rstrip('_'): value for name, value in query.items()})}", body)


def zipped(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return folders(tmp_path / "pets", {"cat": 3, "dog": 2})


def test_a_photo_is_added_to_a_class(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    status, said = send(served, png(5), class_="dog", name="new.png")
    assert (status, said["done"], said["new"], said["class"]) == (200, "Added new.png", True, "dog")
    assert (pets / "dog/new.png").read_bytes() == png(5)
    assert os.stat(pets / "dog/new.png").st_mode & 0o777 == 0o666 & ~_umask()
    assert served.ask(f"/api/pictures/{said['photo']}")[0] == 200
    assert send(served, png(6), class_="dog", name="new.png")[1]["done"] == "Added new-2.png"
    assert send(served, png(7), class_="ライオン", name="a.png")[1]["class"] == "ライオン"
    assert (pets / "ライオン/a.png").is_file()
    assert not list((tmp_path / ".convolens/pets").glob(".sent*"))


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def test_the_same_bytes_are_not_added_twice(
    serve: Serve, pets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "_FRESH", 0.0)
    served = serve(pets, tmp_path)
    bytes_ = (pets / "cat/01.png").read_bytes()
    status, said = send(served, bytes_, class_="dog", name="other.png")
    assert (status, said["done"], said["new"], said["class"]) == (
        200,
        "01.png is there already, in cat",
        False,
        "cat",
    )
    assert send(served, png(9), name="x.png")[1]["done"] == "Added x.png"
    assert send(served, png(9), name="y.png")[1]["done"] == "x.png is there already, without a class"
    shutil.copy(pets / "cat/01.png", pets / "dog/copy.png")
    assert send(served, bytes_, class_="dog", name="other.png")[1]["new"] is False
    both = [send(served, bytes_, class_=name, name="a.png")[1] for name in ("cat", "dog", "cow")]
    assert [(one["class"], one["elsewhere"]) for one in both] == [
        ("cat", False),
        ("dog", False),
        ("cat", True),
    ]
    (pets / "dog/copy.png").unlink()
    assert (
        send(served, bytes_, class_="dog", name="other.png")[1]["done"] == "01.png is there already, in cat"
    )
    (pets / "cat/01.png").unlink()
    assert send(served, bytes_, class_="dog", name="other.png")[1]["new"] is True


def test_what_lies_in_another_folder_is_not_there(serve: Serve, pets: Path, tmp_path: Path) -> None:
    other = folders(tmp_path / "others", {"cat": 1, "dog": 1}, seed=9)
    served = serve(pets, tmp_path)
    assert send(served, png(5), class_="cat", name="x.png")[1]["new"] is True
    served.ask("/api/begin/open", {"folder": identity("others")})
    assert send(served, png(5), class_="cat", name="x.png")[1]["done"] == "Added x.png"
    assert (other / "cat/x.png").is_file()
    served.ask("/api/begin/open", {"folder": identity("pets")})
    assert send(served, png(5), class_="cat", name="x.png")[1]["new"] is False


def test_a_photo_without_a_class_waits(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    assert send(served, png(5), name="x.png")[1]["photo"] is None
    assert (tmp_path / ".convolens/pets/unlabelled/x.png").is_file()
    assert served.ask("/api/label/sources")[1]["sources"] == [
        {"id": "added", "name": "photos added without a class", "photos": 1}
    ]


NAMES = [
    ("../../etc/cron.d/x.png", "x.png"),
    ("..\\..\\x.png", "x.png"),
    ("/etc/x.png", "x.png"),
    (".hidden.png", "hidden.png"),
    ("a\nb\0.png", "ab.png"),
    ("no ending", "no ending.png"),
    ("page.html", "page.html.png"),
    ("", "photo.png"),
    ("..", "photo.png"),
    ("ä" * 200 + ".png", "ä" * 125 + ".png"),
    ("<img src=x>.png", "<img src=x>.png"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_names_are_made_safe(serve: Serve, pets: Path, tmp_path: Path, given: str, kept: str) -> None:
    status, _ = send(serve(pets, tmp_path), png(5), class_="dog", name=given)
    assert status == 200
    assert sorted(path.name for path in (pets / "dog").iterdir()) == sorted(["00.png", "01.png", kept])


def test_what_is_no_photo_is_refused(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    bomb = bomb_png(tmp_path / "bomb.png").read_bytes()
    jpeg = io.BytesIO()
    photo(1, (80, 60)).save(jpeg, "jpeg")
    cases = [
        (b"hello", {"class_": "dog", "name": "a.png"}, 400, "a.png: not an image that can be read, whatever its name says."),
        (b"%PDF-1.4", {"class_": "dog", "name": "a.jpg"}, 400, "a.jpg: not an image that can be read: a PDF file, which is not decoded; save it as PNG or JPEG."),
        (bomb, {"class_": "dog", "name": "b.png"}, 400, "b.png: Image size (3600000000 pixels) exceeds limit of 178956970 pixels, could be decompression bomb DOS attack. Shrink it if it is a real photo."),
        (b"", {"class_": "dog", "name": "e.png"}, 400, "nothing was sent; send the bytes of a photo."),
        (png(5), {"class_": "..", "name": "e.png"}, 400, "'..' cannot be a class: folders of this name are hidden; give another name."),
        (b"PK", {"name": "e.zip", "path": "/api/photos/zip"}, 400, "e.zip: not a zip that can be read (File is not a zip file)."),
    ]  # fmt: skip
    for body, query, status, error in cases:
        assert send(served, body, **query) == (status, {"error": error})
    status, said = send(served, jpeg.getvalue()[:700], class_="dog", name="cut.jpg")
    assert status == 400
    assert said["error"].startswith("cut.jpg: damaged or truncated image")
    assert len(list((pets / "dog").iterdir())) == 2
    assert not list((tmp_path / ".convolens/pets").glob(".sent*"))


def test_a_file_of_too_many_bytes_is_refused(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    error = "big.jpg: has more than 64 MiB, which is more than a photo may have here; make it smaller."
    assert send(served, bytes(65 * 2**20), class_="dog", name="big.jpg") == (413, {"error": error})
    large = io.BytesIO()
    photo(3, (2000, 1500)).save(large, "bmp")
    assert send(served, large.getvalue(), class_="dog", name="large.bmp")[0] == 200


def test_a_zip_keeps_its_classes(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    served = serve(tmp_path / "photos", tmp_path)
    body = zipped({
        "pets/cat/1.png": png(1), "pets/cat/old/2.png": png(2), "pets/Hund/1.png": png(3), "pets/readme.txt": b"x",
        "__MACOSX/pets/cat/._1.png": b"x", "pets/.DS_Store": b"x", "pets/cat/twin.png": png(1), "loose.png": png(4),
    })  # fmt: skip
    status, said = send(served, body, "/api/photos/zip", name="pets.zip")
    assert (status, said["done"]) == (200, "Added 4 photos, 1 there already, 1 that are no images")
    assert said["classes"] == {"cat": 2, "Hund": 1, "": 1}
    assert said["refused"] == []
    assert {one["name"]: one["photos"] for one in served.ask("/api/classes")[1]["classes"]} == {
        "Hund": 1,
        "cat": 2,
    }


def test_a_photo_that_lies_in_another_class_is_told(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    send(served, png(3), name="waits.png")
    body = zipped({
        "cat/a.png": png(1), "dog/a.png": png(1), "cow/a.png": png(1), "cat/again.png": png(1), "dog/waits.png": png(3), "a.png": png(1),
    })  # fmt: skip
    said = send(served, body, "/api/photos/zip", name="several.zip")[1]
    assert said["done"] == "Added 1 photo, 5 there already, 3 of them not in their class"
    assert (said["same"], said["elsewhere"]) == (5, 3)
    both = [send(served, png(1), class_=name, name="a.png")[1]["elsewhere"] for name in ("cat", "dog")]
    assert both == [False, True]


def test_a_zip_keeps_its_sides(serve: Serve, tmp_path: Path) -> None:
    folders(tmp_path / "p/train", {"cat": 1, "dog": 1})
    folders(tmp_path / "p/valid", {"cat": 1, "dog": 1}, seed=4)
    served = serve(tmp_path / "p", tmp_path)
    body = zipped({"x/train/cat/n.png": png(1), "x/val/dog/n.png": png(2)})
    assert send(served, body, "/api/photos/zip", name="x.zip")[1]["classes"] == {"cat": 1, "dog": 1}
    assert (tmp_path / "p/train/cat/n.png").is_file()
    assert (tmp_path / "p/valid/dog/n.png").is_file()


def test_a_zip_goes_whole_into_the_folder_that_was_open(
    serve: Serve, pets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folders(tmp_path / "others", {"cat": 1})
    served = serve(pets, tmp_path)

    def tell(topic: str, **values: Any) -> None:
        if topic == "adding":
            assert served.ask("/api/begin/open", {"folder": identity("others")})[0] == 200

    monkeypatch.setattr(served.studio.news, "tell", tell)
    body = zipped({f"cat/n{number}.png": png(number) for number in range(5)})
    assert send(served, body, "/api/photos/zip", name="new.zip")[1]["classes"] == {"cat": 5}
    assert (len(list((pets / "cat").iterdir())), len(list((other / "cat").iterdir()))) == (8, 1)


def test_a_zip_that_is_a_trap_is_refused(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    link = zipfile.ZipInfo("cat/link.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../out.png", png(1))
        archive.writestr("/abs.png", png(2))
        archive.writestr("cat/..\\..\\back.png", png(3))
        archive.writestr("C:/drive.png", png(4))
        archive.writestr(link, "/etc/passwd")
        archive.writestr("cat/bomb.png", bomb_png(tmp_path / "bomb.png").read_bytes())
        archive.writestr("cat/zeros.png", bytes(70 * 2**20))
        archive.writestr("cat/good.png", png(5))
    status, said = send(served, file.getvalue(), "/api/photos/zip", name="trap.zip")
    assert status == 200
    assert said["classes"] == {"cat": 1}
    assert said["refused"] == [
        "trap.zip: '../out.png' leads out of the zip; it was left out.",
        "trap.zip: '/abs.png' leads out of the zip; it was left out.",
        "trap.zip: 'cat/..\\\\..\\\\back.png' leads out of the zip; it was left out.",
        "trap.zip: 'C:/drive.png' leads out of the zip; it was left out.",
        "trap.zip: 'cat/link.png' is a link; it was left out.",
        "bomb.png: Image size (3600000000 pixels) exceeds limit of 178956970 pixels, could be decompression bomb DOS attack. Shrink it if it is a real photo.",
        "cat/zeros.png: has more than 64 MiB, which is more than a photo may have here; make it smaller.",
    ]
    assert sorted(os.listdir(tmp_path)) == [".convolens", "bomb.png", "pets"]


def test_dropped_folders_are_arranged(serve: Serve, pets: Path, tmp_path: Path) -> None:
    served = serve(pets, tmp_path)
    said = served.ask(
        "/api/photos/arrange",
        {"paths": ["a/cat/1.jpg", "a/val/1.jpg", "train/1.jpg", "x.jpg", "d/train/c/1.jpg"]},
    )[1]
    assert [(one["side"], one["class"]) for one in said["places"]] == [
        (None, "cat"), (None, "val"), (None, "train"), (None, None), ("train", "c"),
    ]  # fmt: skip


def test_a_full_disk_loses_nothing(tmp_path: Path, serve: Serve, pets: Path) -> None:
    """A limit on the size of files stands for a disk that is full: the log cannot be written, and nothing is moved."""
    served = serve(pets, tmp_path)
    before = sorted(path.name for path in (pets / "cat").iterdir())
    assert served.ask("/api/photos/move", {"photos": [identity("cat/00.png")], "to": "dog"})[0] == 200
    log = Workspace(pets, tmp_path / "runs", tmp_path).state / "edits.jsonl"
    size = log.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
        status, said = served.ask("/api/photos/move", {"photos": [identity("cat/01.png")], "to": "dog"})
        added = send(served, png(8), class_="dog", name="late.png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert status == 507
    assert said["error"].startswith(f"cannot write {log}: File too large")
    assert added[0] == 507
    assert log.stat().st_size == size
    assert sorted(path.name for path in (pets / "cat").iterdir()) == before[1:]
    assert served.ask("/api/edits/undo", {})[0] == 200


def test_an_unreadable_photo_has_a_picture_that_says_so(serve: Serve, pets: Path, tmp_path: Path) -> None:
    (pets / "cat/broken.png").write_bytes(b"no photo")
    served = serve(pets, tmp_path)
    broken = next(one for one in served.ask("/api/photos")[1]["photos"] if one["name"] == "broken.png")
    assert served.ask(f"/api/pictures/{broken['id']}")[0] == 400
    status, picture = served.ask(f"/api/pictures/{broken['id']}?placeholder=true")
    assert (status, picture[:4]) == (200, b"<svg")
    Image.new("RGB", (8, 8)).save(pets / "cat/broken.png")
    assert served.ask(f"/api/pictures/{broken['id']}?placeholder=true")[1].startswith(b"\xff\xd8")
