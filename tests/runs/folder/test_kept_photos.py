"""A run keeps some of its validation photos; what a killed writer left of one is none."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.runs.folder.kept_photos import KEPT, keep_photos, kept_photos
from convolens.runs.folder.run_folder import RunFolder


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("count", [1, KEPT, 50])
def test_they_are_the_pixels_evenly_taken(tmp_path: Path, count: int, channels: int) -> None:
    folder = RunFolder(tmp_path)
    assert kept_photos(folder) == []
    pixels = np.random.default_rng(0).integers(0, 256, (count, 5, 6, channels), np.uint8)
    keep_photos(folder, pixels)
    found = [np.asarray(Image.open(path)).reshape(5, 6, channels) for path in kept_photos(folder)]
    assert len(found) == min(count, KEPT)
    assert all(any(np.array_equal(one, photo) for photo in pixels) for one in found)
    assert np.array_equal(found[0], pixels[0])
    assert np.array_equal(found[-1], pixels[-1])


def test_half_a_photo_is_none(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    keep_photos(folder, np.zeros((3, 5, 6, 3), np.uint8))
    (folder.kept_photos / ".02.0123abcd.png").write_bytes(b"half")
    assert [path.name for path in kept_photos(folder)] == ["01.png", "02.png", "03.png"]
