"""Pixels that are decoded already are found again by content, whatever folder or order their photos come in."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from convolens.data.caching import cache as module
from convolens.data.caching.gathered import CONTENTS, GatheredPixels
from convolens.data.caching.place import cache_folder
from convolens.data.folders.folder import list_images
from images import folders, photo

SIZE = (12, 10)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many photos were decoded, each time."""
    counts: list[int] = []
    decode = module._decode

    def count(folder, *rest):
        counts.append(len(folder))
        return decode(folder, *rest)

    monkeypatch.setattr(module, "_decode", count)
    return counts


def _load(root: Path, **options):
    return module.load_pixels(list_images(root), SIZE, **options)


def _by_name(root: Path, pixels) -> dict[str, np.ndarray]:
    names = [path.name for path in list_images(root).relative_paths]
    return dict(zip(names, np.array(pixels.array[:]), strict=True))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = folders(tmp_path / "photos", {"a": 4, "b": 3})
    for path in root.glob("*/*"):
        path.rename(path.with_name(f"{path.parent.name}-{path.name}"))
    return root


def test_a_moved_photo_is_not_decoded_again(data: Path, decoded: list[int]) -> None:
    before = _by_name(data, _load(data))
    (data / "a/a-00.png").rename(data / "b/a-00.png")
    found = _load(data)
    assert decoded == [7]
    assert found.from_cache
    assert found.skipped == ()
    after = _by_name(data, found)
    assert before.keys() == after.keys()
    for name, pixels in before.items():
        np.testing.assert_array_equal(after[name], pixels)
    assert sum(path.is_dir() for path in cache_folder().iterdir()) == 1  # nothing is written twice


def test_a_part_is_found_in_the_whole_and_the_whole_in_its_parts(data: Path, decoded: list[int]) -> None:
    images = list_images(data)
    parts = [images.subset([0, 2, 4]), images.subset([1, 3, 5, 6])]
    for part in parts:
        module.load_pixels(part, SIZE)
    whole = module.load_pixels(images, SIZE)
    assert decoded == [3, 4]
    for part, places in zip(parts, ([0, 2, 4], [1, 3, 5, 6]), strict=True):
        np.testing.assert_array_equal(module.load_pixels(part, SIZE).array[:], whole.array[np.array(places)])


@pytest.mark.parametrize(
    "options", [{"interpolation": "nearest"}, {"resize": "crop"}, {"color_mode": "grayscale"}]
)
def test_what_is_decoded_in_another_way_is_another_thing(
    data: Path, decoded: list[int], options: dict[str, str]
) -> None:
    _load(data)
    (data / "a/a-00.png").rename(data / "b/a-00.png")
    _load(data, **options)
    assert decoded == [7, 7]


def test_a_new_photo_is_decoded(data: Path, decoded: list[int]) -> None:
    _load(data)
    photo(99).save(data / "a/new.png")
    assert len(_load(data).array) == 8
    assert decoded == [7, 8]


@pytest.mark.parametrize("damage", ["contents gone", "contents cut", "pixels gone", "pixels cut"])
def test_a_damaged_entry_is_not_believed(data: Path, decoded: list[int], damage: str) -> None:
    before = _by_name(data, _load(data))
    [entry] = [path for path in cache_folder().iterdir() if path.is_dir()]
    path = entry / (CONTENTS if "contents" in damage else "pixels.npy")
    whole = path.read_bytes()
    path.unlink() if "gone" in damage else path.write_bytes(whole[: len(whole) // 2])
    (data / "a/a-00.png").rename(data / "b/a-00.png")
    after = _by_name(data, _load(data))
    assert decoded == [7, 7]
    for name, pixels in before.items():
        np.testing.assert_array_equal(after[name], pixels)


def test_pixels_stay_readable_when_their_entry_is_removed(data: Path) -> None:
    before = _by_name(data, _load(data))
    (data / "a/a-00.png").rename(data / "b/a-00.png")
    found = _load(data)
    shutil.rmtree(cache_folder())
    assert isinstance(found.array, GatheredPixels)
    np.testing.assert_array_equal(_by_name(data, found)["a-00.png"], before["a-00.png"])


def test_photos_that_cannot_be_read_are_looked_at_again(data: Path, decoded: list[int]) -> None:
    (data / "a/broken.png").write_bytes(b"no picture")
    assert len(_load(data).skipped) == 1
    (data / "a/a-00.png").rename(data / "b/a-00.png")
    found = _load(data)
    assert [path.name for path, _ in found.skipped] == ["broken.png"]
    assert decoded == [8, 8]


def test_rows_come_in_any_order_and_as_often_as_wanted() -> None:
    first, second = np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1), np.full((1, 1, 1, 1), 9, np.uint8)
    pixels = GatheredPixels([first, second], np.array([0, 1, 0]), np.array([2, 0, 1]))
    assert (len(pixels), pixels.shape, pixels.dtype) == (3, (3, 1, 1, 1), np.uint8)
    assert pixels[np.array([2, 0, 2, 1])].ravel().tolist() == [1, 2, 1, 9]
    assert pixels[1:].ravel().tolist() == [9, 1]
    assert pixels[np.zeros(0, np.int64)].shape == (0, 1, 1, 1)
