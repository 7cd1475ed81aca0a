"""Small pictures of photos: a browser keeps each version of one, and shows a photo anew that has changed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from images import folders, photo

KEPT, ASKED_AGAIN = "private, max-age=31536000, immutable", "private, no-cache"
COLOUR = """async () => {
  const image = document.querySelector("#wall .tile img");
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def test_a_picture_is_kept_only_as_the_version_that_it_is_of(
    serve: Callable[..., Any], visit: Any, tmp_path: Path
) -> None:
    served = serve(folders(tmp_path / "photos", {"cat": 1, "dog": 1}), tmp_path)
    ask = visit(served).request.get

    def listed() -> tuple[str, str]:
        first = served.ask("/api/photos")[1]["photos"][0]
        return f"{served.address}/api/pictures/{first['id']}?side=96", first["version"]

    address, before = listed()
    assert ask(f"{address}&version={before}").headers["cache-control"] == KEPT
    assert ask(address).headers["cache-control"] == ASKED_AGAIN
    tag = ask(address).headers["etag"]
    assert ask(address, headers={"if-none-match": tag}).status == 304

    photo(9).save(tmp_path / "photos/cat/00.png")
    assert listed()[1] != before
    changed = ask(f"{address}&version={before}", headers={"if-none-match": tag})
    assert (changed.status, changed.headers["cache-control"]) == (200, ASKED_AGAIN)
    assert ask(f"{address}&version={listed()[1]}").headers["cache-control"] == KEPT


def test_the_same_size_and_second_in_another_folder_is_another_version(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    versions = set()
    for name in ("one", "other"):
        root = folders(tmp_path / name, {"cat": 1, "dog": 1})
        os.utime(root / "cat/00.png", (0, 0))
        versions.add(serve(root, tmp_path).ask("/api/photos")[1]["photos"][0]["version"])
    assert len(versions) == 2


def test_a_changed_photo_is_shown_anew(serve: Callable[..., Any], visit: Any, tmp_path: Path) -> None:
    root = folders(tmp_path / "photos", {"cat": 1, "dog": 1})
    for colour in ("red", "blue"):
        Image.new("RGB", (60, 60), colour).save(root / "cat/00.png")
        if colour == "red":
            shown = visit(serve(root, tmp_path), "/photos")
        else:
            shown.reload()
        shown.locator("#wall .tile img").first.wait_for()
        red, _, blue = shown.evaluate(COLOUR)
        assert (red > 200, blue > 200) == (colour == "red", colour == "blue")


def test_pictures_in_the_window_come_first(serve: Callable[..., Any], visit: Any, tmp_path: Path) -> None:
    root = folders(tmp_path / "photos", {"cat": 60, "dog": 1})
    shown = visit(serve(root, tmp_path), "/photos", viewport={"width": 600, "height": 700})
    shown.locator("#wall .tile img").first.wait_for()
    found = shown.evaluate(
        "[...document.querySelectorAll('#wall img')].map((image) => [image.getBoundingClientRect().top < innerHeight, image.fetchPriority])"
    )
    assert {(seen, priority) for seen, priority in found} == {(True, "high"), (False, "low")}
