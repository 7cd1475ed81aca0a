"""Moves on disk: all or none, never over anything, empty folders gone, the others kept."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens.errors import DataError
from convolens.studio.editing.moving import free_place, move_all
from convolens.studio.editing.names import LONGEST, shortened


def tree(root: Path) -> dict[str, str]:
    return {
        os.fspath(path.relative_to(root)): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def write(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"content of {name}")
    return root


def test_what_was_moved_is_moved_back_where_one_cannot_be(tmp_path: Path) -> None:
    root = write(tmp_path, "a/1", "a/2", "a/3", "b/3")
    before = tree(root)
    moves = [(root / "a/1", root / "new/deep/1"), (root / "a/2", root / "b/2"), (root / "a/3", root / "b/3")]
    with pytest.raises(DataError, match=r"b/3: something is there already; nothing was changed\."):
        move_all(moves, stay=[root])
    assert tree(root) == before
    assert sorted(os.listdir(root)) == ["a", "b"]
    with pytest.raises(DataError, match=r"a/9: is no longer there"):
        move_all([moves[0], (root / "a/9", root / "b/9")], stay=[root])
    assert tree(root) == before


def test_folders_that_are_empty_go_but_for_those_that_stay(tmp_path: Path) -> None:
    root = write(tmp_path, "photos/a/deep/1", "photos/b/2")
    move_all(
        [(root / "photos/a/deep/1", root / "aside/1"), (root / "photos/b/2", root / "aside/2")],
        stay=[root / "photos"],
    )
    assert os.listdir(root / "photos") == []
    assert tree(root) == {"aside/1": "content of photos/a/deep/1", "aside/2": "content of photos/b/2"}


def test_links_are_moved_as_links(tmp_path: Path) -> None:
    root = write(tmp_path, "a/1")
    (root / "a/link").symlink_to("1")
    (root / "a/nowhere").symlink_to("gone")
    move_all([(root / "a/link", root / "b/link"), (root / "a/nowhere", root / "b/nowhere")], stay=[root])
    assert os.readlink(root / "b/link") == "1"
    assert os.readlink(root / "b/nowhere") == "gone"
    assert (root / "a/1").is_file()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second file system")
def test_another_disk_gets_whole_copies(tmp_path: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        if os.stat(place).st_dev == os.stat(tmp_path).st_dev:
            pytest.skip("there is no second file system")
        root, other = write(tmp_path, "a/1"), Path(place)
        changed = (root / "a/1").stat().st_mtime_ns
        move_all([(root / "a/1", other / "b/1")], stay=[root, other])
        assert not (root / "a").exists()
        assert (other / "b/1").read_text() == "content of a/1"
        assert (other / "b/1").stat().st_mtime_ns == changed
        assert os.listdir(other / "b") == ["1"]
        write(root, "a/2")
        with pytest.raises(DataError, match="something is there already"):
            move_all([(root / "a/2", other / "b/1")], stay=[root, other])
        assert (other / "b/1").read_text() == "content of a/1"


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=90),
        max_size=5,
    )
)
def test_free_places_are_free_and_fit(names: list[str]) -> None:
    taken: set[Path] = set()
    folder = Path("/no/such/folder")
    usable = [name for name in names if name not in (".", "..")]
    places = [free_place(folder, shortened(name), taken) for name in usable * 3]
    assert len(set(places)) == len(places)
    assert all(len(os.fsencode(place.name)) <= LONGEST and place.parent == folder for place in places)
