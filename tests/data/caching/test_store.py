"""A PixelStore reads each image once, and the next store of the same photos reads none."""

import errno
import gc
import subprocess
import sys
from collections import Counter

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens.data import list_images, load_pixels, read_pixels
from convolens.data.caching.pixel_file import PixelFile
from convolens.data.caching.place import cache_folder, clear_cache
from convolens.data.caching.store import PixelStore
from convolens.errors import ImageError
from images import folders

SHAPE, HOW = (6, 7, 3), ("rgb", "nearest", "squash")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return list_images(folders(tmp_path_factory.mktemp("store") / "data", {"a": 6, "b": 5}))


def store_of(folder):
    """Return a store, and how often it read each image."""
    reads = Counter()

    def decode(i, data):
        reads[i] += 1
        return read_pixels(folder.paths[i], size=SHAPE[:2], interpolation="nearest", data=data)

    return PixelStore(folder.root, names_of(folder), SHAPE, HOW, decode), reads


def names_of(folder):
    return [path.as_posix() for path in folder.relative_paths]


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 10), max_size=8), max_size=6))
def test_images_are_right_and_read_once(folder, batches):
    clear_cache()
    store, reads = store_of(folder)
    for places in batches:
        images = store[np.array(places, np.int64)]
        assert images.shape == (len(places), *SHAPE)
        for i, image in zip(places, images, strict=True):
            np.testing.assert_array_equal(
                image, read_pixels(folder.paths[i], size=SHAPE[:2], interpolation="nearest")
            )
    assert max(reads.values(), default=0) <= 1


def test_a_whole_pass_is_found_again(folder):
    store, reads = store_of(folder)
    first = store[np.arange(11)].copy()
    assert sum(reads.values()) == 11
    again, reads = store_of(folder)
    np.testing.assert_array_equal(again[np.arange(11)], first)
    assert not reads
    np.testing.assert_array_equal(store[np.arange(11)], first)


def test_half_a_pass_is_left_by_nobody(folder):
    store, _ = store_of(folder)
    store[np.arange(5)]
    assert len(list(cache_folder().iterdir())) == 1
    del store
    gc.collect()
    assert list(cache_folder().iterdir()) == []


def test_a_broken_image_is_raised_and_tried_again(folder):
    calls = []

    def decode(i, data):
        calls.append(i)
        if len(calls) == 1:
            raise ImageError("broken")
        return np.zeros(SHAPE, np.uint8)

    store = PixelStore(folder.root, names_of(folder), SHAPE, HOW, decode)
    with pytest.raises(ImageError, match="broken"):
        store[np.array([3])]
    assert store[np.array([3])].sum() == 0
    assert calls == [3, 3]


@pytest.mark.parametrize("reason", ["no room", "too large"])
def test_without_a_cache_every_use_reads(folder, tmp_path, monkeypatch, reason):
    if reason == "no room":
        (tmp_path / "file").write_text("x")
        monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "file"))
        with pytest.warns(UserWarning, match="decoded again"):
            store, reads = store_of(folder)
    else:
        monkeypatch.setenv("CONVOLENS_CACHE_LIMIT", "0.000001")
        store, reads = store_of(folder)
    for _ in range(2):
        assert store[np.array([2, 2])].shape == (2, *SHAPE)
    assert reads[2] == 2
    assert store[np.array([], np.int64)].shape == (0, *SHAPE)


def test_a_disk_that_is_full_in_the_middle(folder, monkeypatch):
    """What was read is given all the same; from then on every use reads."""
    written, write = [], PixelFile.write

    def full(self, place, image):
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(place)
        write(self, place, image)

    monkeypatch.setattr(PixelFile, "write", full)
    store, reads = store_of(folder)
    with pytest.warns(UserWarning, match="No space left on device.*decoded again at every use"):
        images = store[np.arange(11)]
    for _ in range(2):
        np.testing.assert_array_equal(store[np.arange(11)], images)
    assert set(reads.values()) == {3}
    with pytest.warns(UserWarning, match="No space left on device.*decoded again at every use"):
        pixels = load_pixels(folder, SHAPE[:2], interpolation="nearest")
    np.testing.assert_array_equal(pixels.array[np.arange(11)], images)
    del store
    gc.collect()
    assert list(cache_folder().iterdir()) == []


def test_a_limit_on_file_sizes_is_no_crash(folder, tmp_path):
    """The system refuses the file when it is made: real, in a process of its own."""
    program = (
        "import resource, sys, warnings, numpy as np\n"
        "from convolens.data import list_images, load_pixels\n"
        "folder = list_images(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    warnings.simplefilter('always')\n"
        "    pixels = load_pixels(folder, (6, 7))\n"
        "print(pixels.array[np.arange(11)].shape, ' '.join(str(w.message) for w in told))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(folder.root)], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("(11, 6, 7, 3) The cache")
    assert "(File too large); the photos are decoded again at every use" in said
