"""The hash of a file is that of the bytes that were read, and is remembered for as long as the file stays."""

import hashlib
import shutil

import numpy as np
import pytest

from convolens.data import list_images, read_pixels
from convolens.data.caching import content
from convolens.data.caching.content import Contents, content_hashes
from convolens.data.caching.store import PixelStore
from images import folders

SHAPE, HOW = (6, 7, 3), ("rgb", "nearest", "squash")


def names_of(folder):
    return [path.as_posix() for path in folder.relative_paths]


@pytest.fixture
def folder(tmp_path):
    return list_images(folders(tmp_path / "data", {"a": 4, "b": 3}))


@pytest.fixture
def opened(monkeypatch):
    """The places that are read, in order."""
    read, places = Contents.read, []

    def told(self, place):
        places.append(place)
        return read(self, place)

    monkeypatch.setattr(Contents, "read", told)
    return places


def store_of(folder):
    def decode(i, data):
        return read_pixels(folder.paths[i], size=SHAPE[:2], interpolation="nearest", data=data)

    return PixelStore(folder.root, names_of(folder), SHAPE, HOW, decode)


def test_hashes_are_those_of_the_bytes(folder, opened):
    expected = [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.paths]
    contents = Contents(folder.root, names_of(folder))
    assert not contents.are_known()
    assert contents.hashes() == expected
    assert sorted(opened) == list(range(7))
    again = Contents(folder.root, names_of(folder))
    assert again.are_known()
    assert again.hashes() == content_hashes(folder) == expected
    assert len(opened) == 7


@pytest.mark.parametrize("size", [0, 99, 100, 101])
def test_large_files_are_hashed_but_not_given(tmp_path, monkeypatch, size):
    monkeypatch.setattr(content, "AT_ONCE", 100)
    data = bytes(range(size))
    (tmp_path / "a").write_bytes(data)
    contents = Contents(tmp_path, ["a"])
    assert contents.read(0) == (data if size <= 100 else None)
    assert contents.hashes() == [hashlib.sha256(data).hexdigest()]


def test_a_file_that_is_gone_has_the_hash_of_its_path_and_is_not_remembered(tmp_path):
    contents = Contents(tmp_path, ["gone"])
    assert contents.read(0) is None
    before = contents.hashes()
    (tmp_path / "gone").write_bytes(b"back")
    after = Contents(tmp_path, ["gone"]).hashes()
    assert after == [hashlib.sha256(b"back").hexdigest()]
    assert before != after


def test_a_first_pass_reads_each_file_once(folder, opened):
    store_of(folder)[np.arange(7)]
    assert sorted(opened) == list(range(7))


def test_a_copy_of_the_photos_is_known_by_its_content(folder, tmp_path, opened):
    first = store_of(folder)[np.arange(7)]
    shutil.copytree(folder.root, tmp_path / "copy")
    copied = store_of(list_images(tmp_path / "copy"))
    assert copied.missing == set()
    np.testing.assert_array_equal(copied[np.arange(7)], first)
    assert len(opened) == 14  # decoded once, hashed twice


def test_a_file_that_changes_during_the_first_pass_misleads_nobody(folder):
    """What is kept belongs to the bytes that were decoded, not to those that are there at the end."""
    store = store_of(folder)
    before = store[np.arange(3)]
    kept = folder.paths[0].read_bytes()
    shutil.copyfile(folder.paths[6], folder.paths[0])
    store[np.arange(7)]
    changed = store_of(folder)
    assert changed.missing == set(range(7))
    np.testing.assert_array_equal(changed[np.array([0])], changed[np.array([6])])
    folder.paths[0].write_bytes(kept)
    restored = store_of(folder)
    assert restored.missing == set()
    np.testing.assert_array_equal(restored[np.arange(3)], before)
