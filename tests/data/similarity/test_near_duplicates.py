"""Near-duplicates: every copy that people make is found, and no two photos that only look alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from convolens.data.similarity.near_duplicates import find_near_duplicates
from convolens.datasets import digits
from convolens.errors import ShapeError
from photographs import copies, pieces, recompressed


def thumbnails(images):
    return np.stack(
        [np.asarray(i.resize((32, 32), Image.Resampling.BILINEAR).convert("RGB")) for i in images]
    )


@pytest.mark.parametrize("side", [48, 106])
def test_every_copy_is_found_and_nothing_else(side):
    """48 pixels a side are as small as photos come; 38 distinct pieces of two photographs are near one another at best."""
    photos = pieces(side)[:60]
    n = len(photos)
    assert n > 30
    for place, how in enumerate(["jpeg", "small", "bright", "all", "mirrored"]):
        made = [list(copies(photo))[place][1] for photo in photos]
        found = find_near_duplicates(thumbnails([*photos, *made]))
        assert found.pairs.tolist() == [[i, n + i] for i in range(n)], how
        assert (found.mirrored == (how == "mirrored")).all()
        assert found.similarity.min() >= found.bar >= 0.97


def test_digits_look_alike_by_nature_so_the_bar_is_higher():
    """Of 600 digits the most alike correlate by 0.99; no two are copies. Copies of 60 are found all the same."""
    images = [
        Image.fromarray(image).resize((32, 32), Image.Resampling.BILINEAR)
        for image in digits.load_data()[0][:600]
    ]
    found = find_near_duplicates(thumbnails(images))
    assert found.bar > 0.99
    assert len(found.pairs) == 0
    made = [recompressed(image.convert("RGB")) for image in images[:60]]
    found = find_near_duplicates(thumbnails([*images, *made]))
    assert found.pairs.tolist() == [[i, 600 + i] for i in range(60)]


def test_colour_counts():
    """The same shapes in other colours are another photo."""
    photos = thumbnails(pieces()[:6])
    changed = photos.copy()
    changed[..., 0], changed[..., 2] = photos[..., 2], photos[..., 0]
    found = find_near_duplicates(np.concatenate([photos, changed]))
    colourful = [
        i
        for i, photo in enumerate(photos)
        if np.corrcoef(photo.ravel(), photo[..., ::-1].ravel())[0, 1] < 0.9
    ]
    assert len(colourful) >= 3
    assert not {a for a, _ in found.pairs.tolist()} & set(colourful)


def test_what_shows_nothing_is_not_compared():
    blank = np.full((3, 32, 32, 3), 200, np.uint8)
    blank[1] += np.arange(32, dtype=np.uint8)[:, None] // 8  # almost nothing
    found = find_near_duplicates(np.concatenate([blank, thumbnails(pieces()[:2])]))
    assert found.pairs.tolist() == []
    assert found.smooth.tolist() == [0, 1, 2]


@given(st.integers(0, 30), st.floats(0.8, 1.2), st.floats(-15, 15), st.booleans())
def test_brightness_contrast_and_side_change_nothing(place, gain, offset, mirror):
    photos = thumbnails(pieces()[:31]).astype(np.float32) * 0.6 + 40  # room on both sides
    other = photos[place] * gain + offset
    changed = np.clip(other[:, ::-1] if mirror else other, 0, 255)
    found = find_near_duplicates(np.concatenate([photos, changed[None]]).astype(np.uint8))
    assert found.pairs.tolist() == [[place, 31]]
    assert found.mirrored.tolist() == [mirror]
    assert found.similarity[0] > 0.995


def test_every_pair_is_looked_at_in_pieces_too(monkeypatch):
    import convolens.data.similarity.near_duplicates as module

    photos = thumbnails(pieces()[:20])
    whole = find_near_duplicates(np.concatenate([photos, photos[::-1]]))
    monkeypatch.setattr(module, "_AT_ONCE", 90)
    told = []
    pieced = find_near_duplicates(
        np.concatenate([photos, photos[::-1]]), lambda done, total: told.append((done, total))
    )
    assert pieced.pairs.tolist() == whole.pairs.tolist() == [[i, 39 - i] for i in range(20)]
    assert told[-1] == (40, 40)
    assert len(told) == 20


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_or_blank_photos(count):
    assert len(find_near_duplicates(np.zeros((count, 32, 32, 3), np.uint8)).pairs) == 0


def test_another_shape():
    with pytest.raises(ShapeError, match=r"must be of shape \(n, 32, 32, 3\); received \(2, 8, 8, 3\)"):
        find_near_duplicates(np.zeros((2, 8, 8, 3), np.uint8))
