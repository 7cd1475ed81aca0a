"""A key that is held down decides about one photo, and not about all that follow."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.workspace.identity import identity
from images import folders, overlapping

Serve = Callable[..., Any]


@pytest.fixture
def hold() -> Callable[[Any, str], None]:
    def held(page: Any, key: str) -> None:
        for _ in range(4):
            page.keyboard.down(key)
        page.keyboard.up(key)

    return held


def test_one_photo_is_labelled(serve: Serve, visit: Any, trained: Path, tmp_path: Path, hold: Any) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(trained / "photos", photos)
    overlapping(tmp_path / "more", {"circle": 6})
    (tmp_path / "more/circle").rename(tmp_path / "new")
    page = visit(serve(photos, tmp_path), f"/label?source=folder.{identity('new')}")
    page.locator("#desk:focus").wait_for()
    before = len(list((photos / "cross").iterdir()))
    hold(page, "2")
    page.locator("#count", has_text="5 photos left, 1 labelled just now.").wait_for()
    page.locator(".toast", has_text="Moved 1 photo to cross").wait_for()
    assert len(list((photos / "cross").iterdir())) == before + 1


def test_one_photo_is_set_aside(serve: Serve, visit: Any, tmp_path: Path, hold: Any) -> None:
    pets = folders(tmp_path / "pets", {"cat": 5, "dog": 4})
    page = visit(serve(pets, tmp_path), "/photos")
    page.locator("#wall .tile").nth(2).focus()
    hold(page, "q")
    page.locator("#class-list .tile", has_text="cat").filter(has_text="4").wait_for()
    page.locator("#wall .tile:focus").wait_for()
    assert page.locator(".toast").all_inner_texts() == ["Set 1 photo aside\nUndo"]
    assert len(list(pets.rglob("*.png"))) == 8


def test_one_mistake_is_set_aside(serve: Serve, visit: Any, trained: Path, tmp_path: Path, hold: Any) -> None:
    shutil.copytree(trained, tmp_path / "all")
    for name in ("run.toml", "predictions.csv"):
        path = tmp_path / "all/runs/first" / name
        path.write_text(path.read_text().replace(str(trained / "photos"), str(tmp_path / "all/photos")))
    page = visit(serve(tmp_path / "all/photos", tmp_path / "all"), f"/mistakes?run={identity('first')}")
    page.locator("#kind").select_option("all")
    page.locator(".tile").nth(5).wait_for()
    page.locator(".tile").first.click()
    page.locator("#look .nearest li").first.wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = page.locator("#look h2").inner_text()
    hold(page, "x")
    page.locator("#look h2", has_not_text=seen).wait_for()
    assert len([url for url in asked if url.endswith("/api/photos/quarantine")]) == 1
