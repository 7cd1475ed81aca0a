"""The photos that are open: as `list_images` has them, looked at anew where something changed, and only there."""

import os
import shutil
import time
from pathlib import Path

import pytest

from convolens.data.folders.folder import list_images
from convolens.errors import DataError, MissingFileError
from convolens.studio.workspace.listing import Listing
from convolens.studio.workspace.workspace import Workspace
from images import folders, photo


def listing(root: Path) -> Listing:
    return Listing(Workspace(root, root.parent / "runs", root.parent))


def test_they_are_those_of_list_images(tmp_path: Path) -> None:
    root = folders(tmp_path / "pets", {"dog": 3, "Cat": 4, "éa": 1, "ea": 1})
    (root / "dog/deep").mkdir()
    photo(9).save(root / "dog/deep/x.png")
    (root / "dog/notes.txt").write_text("x")
    (root / ".hidden").mkdir()
    shutil.copy(root / "dog/00.png", root / "dog/no-ending")
    found, expected = listing(root).photos(), list_images(root)
    assert [path for folder in found.folders for path in folder.photos] == [
        os.fspath(path) for path in expected.relative_paths
    ]
    assert [found.counts[name][""] for name in expected.class_names] == expected.counts().tolist()


def test_a_change_is_seen_at_once_and_nothing_else_is_read(tmp_path: Path) -> None:
    root = folders(tmp_path / "pets", {"cat": 3, "dog": 3})
    photos = listing(root)
    time.sleep(0.15)  # folders that changed just now may change again without showing it
    first = photos.photos()
    assert photos.photos() is first
    photo(1).save(root / "cat/new.png")
    second = photos.photos()
    assert second.version == first.version + 1
    assert second.folders[1] is first.folders[1]
    assert len(second.folders[0].photos) == 4
    (root / "dog/01.png").unlink()
    shutil.rmtree(root / "cat")
    third = photos.photos()
    assert [len(folder.photos) for folder in third.folders] == [2]
    assert third.version < 2**53  # JavaScript counts no further


def test_two_changes_within_a_tick_are_both_seen(tmp_path: Path) -> None:
    root = folders(tmp_path / "pets", {"cat": 1})
    photos = listing(root)
    for number in range(30):
        photo(number).save(root / f"cat/x{number}.png")
        assert len(photos.photos().folders[0].photos) == 2 + number


def test_sides_are_found(tmp_path: Path) -> None:
    root = folders(tmp_path / "pets/Train", {"cat": 1}).parent
    folders(root / "val", {"cat": 1, "dog": 2})
    found = listing(root).photos()
    assert (found.sides, found.names) == (("Train", "val"), ("cat", "dog"))
    assert found.page(None, "val", "", 1, 1)[1][0][0] == "val/dog/00.png"
    assert found.page("dog", None, "01", 0, 9)[0] == 1


def test_a_folder_that_is_gone_or_unclear_is_told(tmp_path: Path) -> None:
    root = folders(tmp_path / "pets/train", {"cat": 1}).parent
    photos = listing(root)
    assert photos.state()[1] is None
    assert [item.topic for item in photos.watch()] == ["photos"]
    photos._next_watch = 0.0
    folders(root / "Training", {"cat": 1})
    with pytest.raises(DataError, match="which both mean train"):
        photos.photos()
    assert "which both mean train" in (photos.watch()[0].values["problem"] or "")
    shutil.rmtree(root)
    with pytest.raises(MissingFileError, match="is no longer there; bring it back"):
        photos.photos()
