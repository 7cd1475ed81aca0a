"""The cache grows to its limit, is listed and cleared, and may be built by several programs at once."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from convolens.data import list_images, load_pixels
from convolens.data.caching.content import content_hashes
from convolens.data.caching.place import (
    ABANDONED,
    cache_folder,
    cache_limit,
    clear_cache,
    list_cache,
    prune_cache,
)
from convolens.errors import ArgumentError
from images import folders


@pytest.fixture
def folder(tmp_path):
    return list_images(folders(tmp_path / "data", {"a": 6, "b": 5}))


def test_entries_are_listed_and_cleared(folder):
    assert list_cache() == []
    load_pixels(folder, (8, 9))
    load_pixels(folder, (16, 16))
    entries = list_cache()
    assert {entry.size for entry in entries} == {(8, 9), (16, 16)}
    assert all(entry.images == 11 and entry.root == str(folder.root) for entry in entries)
    assert all(entry.bytes > 11 * entry.size[0] * entry.size[1] * 3 for entry in entries)
    assert clear_cache() >= sum(entry.bytes for entry in entries)
    assert list_cache() == []
    assert clear_cache() == 0


def test_the_least_recently_used_goes_first(folder, monkeypatch):
    sizes = [(32, 32), (33, 33), (34, 34)]
    for age, size in zip((300, 200, 100), sizes, strict=True):
        load_pixels(folder, size)
        entry = next(entry for entry in list_cache() if entry.size == size)
        os.utime(entry.path / "index.json", (time.time() - age,) * 2)
    load_pixels(folder, sizes[0])  # used again: now the newest
    limit = 2.5 * 33 * 33 * 3 * 11
    monkeypatch.setenv("CONVOLENS_CACHE_LIMIT", str(limit / 2**30))
    removed = prune_cache()
    assert [entry.size for entry in removed] == [sizes[1]]
    monkeypatch.setenv("CONVOLENS_CACHE_LIMIT", "0.0000001")
    load_pixels(folder, (8, 8))
    assert [entry.size for entry in list_cache()] == [(8, 8)], "the one in use stays"


def test_the_limit_must_be_a_number(monkeypatch):
    monkeypatch.setenv("CONVOLENS_CACHE_LIMIT", "much")
    with pytest.raises(ArgumentError, match="must be a number of GiB; it is 'much'"):
        cache_limit()


def test_what_a_killed_program_left_is_removed_after_a_day(folder):
    load_pixels(folder, (8, 8))
    fresh, old = cache_folder() / ".x.1", cache_folder() / ".x.2"
    for path in (fresh, old):
        path.mkdir()
    os.utime(old, (time.time() - ABANDONED - 60,) * 2)
    prune_cache()
    assert fresh.exists()
    assert not old.exists()


def test_photos_that_moved_are_found_by_content(folder, tmp_path):
    load_pixels(folder, (8, 8))
    folder.root.rename(tmp_path / "moved")
    assert load_pixels(list_images(tmp_path / "moved"), (8, 8)).from_cache


def test_content_is_remembered_and_changes_are_noticed(folder):
    before = content_hashes(folder)
    assert content_hashes(folder) == before
    path = folder.paths[3]
    data, state = path.read_bytes(), path.stat()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))  # same size
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))  # same time
    after = content_hashes(folder)
    assert [a == b for a, b in zip(after, before, strict=True)] == [i != 3 for i in range(len(folder))]


def test_several_programs_at_once(folder):
    program = (
        "import sys; from convolens.data import list_images, load_pixels\n"
        "print(int(load_pixels(list_images(sys.argv[1]), (24, 24)).array.astype('int64').sum()))"
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", program, str(folder.root)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    sums = {worker.communicate(timeout=120)[0] for worker in workers}
    assert all(worker.returncode == 0 for worker in workers)
    assert sums == {f"{load_pixels(folder, (24, 24)).array.astype(np.int64).sum()}\n"}
    assert [path.name for path in cache_folder().iterdir() if path.name.startswith(".")] == []
    assert len(list_cache()) == 1


def test_ctrl_c_leaves_nothing(folder):
    def pressed(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_pixels(folder, (8, 8), progress=pressed)
    assert list(cache_folder().iterdir()) == []
