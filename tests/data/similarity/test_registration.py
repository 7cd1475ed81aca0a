"""register: moved copies lie over each other and correlate; different photos do not."""

import numpy as np
import pytest
from PIL import Image

from convolens.data.similarity.registration import SIDE, register
from convolens.errors import ShapeError
from photographs import pieces

SIZE = 200
PIECES = pieces(SIZE)


def squashed(image: Image.Image) -> np.ndarray:
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX))


def moved(piece: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, bool]:
    """Return a piece turned by up to 5 degrees, cropped to 0.8 to 0.9 of its side, and perhaps mirrored."""
    side = round(SIZE * rng.uniform(0.8, 0.9))
    left, top = 10 + rng.integers(0, SIZE - 20 - side + 1, 2)
    copy = piece.rotate(rng.uniform(-5, 5), Image.Resampling.BICUBIC).crop(
        (left, top, left + side, top + side)
    )
    mirrored = bool(rng.integers(2))
    return (copy.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else copy), mirrored


def test_what_was_moved_lies_over_its_origin():
    """Of 80 copies of pieces of photographs at least nine tenths do, the right way round; their pixels are then the same."""
    rng = np.random.default_rng(0)
    chosen = [PIECES[place] for place in rng.integers(0, len(PIECES), 80)]
    copies, mirrored = zip(*(moved(piece, rng) for piece in chosen), strict=True)
    found = register(np.stack([squashed(a) for a in chosen]), np.stack([squashed(b) for b in copies]))
    lies = found.similarity > 0.95
    assert lies.mean() >= 0.9
    np.testing.assert_array_equal(found.mirrored[lies], np.array(mirrored)[lies])
    assert (found.colour[lies] > 0.9).all()


def test_different_photos_do_not():
    photos = np.stack([squashed(piece) for piece in PIECES + pieces()[::3]])
    first, second = np.triu_indices(len(photos), 1)
    apart = (first >= len(PIECES)) | (second < len(PIECES))  # a small piece may lie within a large one
    first, second = first[apart], second[apart]
    found = register(photos[first], photos[second])
    assert found.similarity.max() < 0.95
    given_up = register(photos[first], photos[second], worth=0.85)
    assert (given_up.similarity == -1).mean() > 0.9
    kept = given_up.similarity > -1
    np.testing.assert_allclose(given_up.similarity[kept], found.similarity[kept], atol=1e-4)


def test_another_colour_is_seen():
    photo = squashed(PIECES[0])
    found = register(photo[None], photo[None, :, :, ::-1].copy())
    assert found.colour[0] < register(photo[None], photo[None]).colour[0]


def test_blank_photos_and_bad_shapes():
    blank = np.full((1, SIDE, SIDE, 3), 128, np.uint8)
    assert register(blank, blank).similarity[0] <= 0, "nothing to see is nothing alike"
    told = []
    register(np.repeat(blank, 70, 0), np.repeat(blank, 70, 0), advance=lambda *done: told.append(done))
    assert told == [(64, 70), (70, 70)]
    assert len(register(blank[:0], blank[:0]).similarity) == 0
    with pytest.raises(ShapeError, match=r"photos must be of shape \(n, 48, 48, 3\), as many on both sides"):
        register(blank, np.repeat(blank, 2, 0))
