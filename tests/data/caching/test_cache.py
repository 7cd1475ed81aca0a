"""Pixels are decoded once, found again, and made anew when a file changes; broken files are listed."""

import os

import numpy as np
import pytest

from convolens.data import list_images, load_pixels, read_pixels
from convolens.data.caching.place import cache_folder
from convolens.errors import DataError
from images import folders, photo, truncated_jpeg


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 5, "b": 4})


def test_second_time_from_cache(data):
    folder = list_images(data)
    told = []
    first = load_pixels(folder, (10, 12), progress=lambda done, total: told.append((done, total)))
    assert not first.from_cache
    assert told[-1] == (9, 9)
    assert first.array.shape == (9, 10, 12, 3)
    for i, path in enumerate(folder.paths):
        np.testing.assert_array_equal(first.array[i], read_pixels(path, size=(10, 12), shrink_early=True))
    second = load_pixels(folder, (10, 12))
    assert second.from_cache
    np.testing.assert_array_equal(second.array, first.array)
    for other in ({"size": (12, 10)}, {"color_mode": "grayscale"}, {"interpolation": "nearest"}):
        assert not load_pixels(folder, **{"size": (10, 12), **other}).from_cache


def test_a_changed_file_is_noticed(data):
    folder = list_images(data)
    load_pixels(folder, (8, 8))
    photo(99).save(data / "a" / "00.png")
    os.utime(data / "a" / "00.png", ns=(1, 1))
    again = load_pixels(folder, (8, 8))
    assert not again.from_cache
    np.testing.assert_array_equal(again.array[0], read_pixels(data / "a" / "00.png", size=(8, 8)))


def test_broken_files_are_skipped_and_remembered(data):
    truncated_jpeg(data / "a" / "cut.jpg")
    (data / "b" / "text.jpg").write_text("x")
    folder = list_images(data)
    for from_cache in (False, True):
        found = load_pixels(folder, (8, 8))
        assert found.from_cache == from_cache
        assert len(found.array) == len(found.indices) == 9
        assert [path.name for path, _ in found.skipped] == ["cut.jpg", "text.jpg"]
        assert "truncated" in found.skipped[0][1]
        assert isinstance(found.array, np.memmap)  # mapped, not in memory, whatever was skipped
        np.testing.assert_array_equal(
            found.array[-1], read_pixels(folder.paths[found.indices[-1]], size=(8, 8))
        )


def test_half_an_entry_is_not_believed(data):
    folder = list_images(data)
    whole = load_pixels(folder, (8, 8)).array.copy()
    entry = next(cache_folder().iterdir())
    pixels = entry / "pixels.npy"
    pixels.write_bytes(pixels.read_bytes()[:100])
    np.testing.assert_array_equal(load_pixels(folder, (8, 8)).array, whole)
    (entry / "index.json").write_text("{")
    assert not load_pixels(folder, (8, 8)).from_cache


def test_nothing_readable(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.jpg").write_text("x")
    with pytest.raises(DataError, match=r"none of 1 images can be read; the first: not an image"):
        load_pixels(list_images(tmp_path), (8, 8))
    assert not any(cache_folder().iterdir())


def test_no_room_for_a_cache(data, tmp_path, monkeypatch):
    """The photos are decoded at each use: slower, and the same."""
    truncated_jpeg(data / "a" / "cut.jpg")
    kept = load_pixels(list_images(data), (8, 8))
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="decoded again at every use"):
        streamed = load_pixels(list_images(data), (8, 8))
    assert streamed.array.shape == kept.array.shape == (9, 8, 8, 3)
    assert [path.name for path, _ in streamed.skipped] == ["cut.jpg"]
    for rows in (slice(2, 7), np.array([8, 0, 4]), slice(0, 0)):
        np.testing.assert_array_equal(streamed.array[rows], kept.array[rows])


def test_training_batches_of_streamed_pixels_are_the_same(data, tmp_path, monkeypatch):
    from convolens.augmentation import Augmentation, AugmentedBatches

    kept = load_pixels(list_images(data), (8, 8)).array
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="decoded again"):
        streamed = load_pixels(list_images(data), (8, 8)).array
    augmentation = Augmentation(rotation_range=30)
    one, other = (
        AugmentedBatches(pixels, np.arange(9), 4, augmentation, seed=1)[1] for pixels in (kept, streamed)
    )
    np.testing.assert_array_equal(one[0], other[0])
