"""Contact sheets hold every picture, unharmed, and captions that fit."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from convolens.analysis import contact_sheet
from convolens.analysis.charts.contact_sheet import wrap
from convolens.errors import ArgumentError, ShapeError

GAP = 8


def noise(rows, columns, channels, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, channels), np.uint8)


def test_small_images_are_enlarged_by_whole_pixels():
    images = [noise(8, 8, 3, i) for i in range(5)]
    sheet = np.asarray(contact_sheet(images, [""] * 5, columns=3, cell=32))
    assert sheet.shape == (GAP + 2 * (32 + GAP), GAP + 3 * (32 + GAP), 3)
    for i, image in enumerate(images):
        top, left = GAP + i // 3 * (32 + GAP), GAP + i % 3 * (32 + GAP)
        np.testing.assert_array_equal(
            sheet[top : top + 32, left : left + 32], image.repeat(4, axis=0).repeat(4, axis=1)
        )
    assert (sheet[GAP + 32 + GAP :, GAP + 2 * (32 + GAP) :] == 255).all()  # the cell that is left over
    assert (sheet[:GAP] == 255).all()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("size", [(20, 20), (10, 30), (33, 40), (300, 100), (1, 500), (40, 39)])
def test_pictures_keep_their_proportions_in_the_middle(size, channels):
    image = np.zeros((*size, channels), np.uint8)
    if channels == 4:
        image[..., 3] = 255
    sheet = np.asarray(contact_sheet([image], [""], cell=40))
    assert sheet.shape == (40 + 2 * GAP, 40 + 2 * GAP, 3)
    rows, columns = np.nonzero((sheet == 0).all(axis=2))
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    assert len(rows) == height * width
    longest = max(size)
    scale = 40 // longest if longest <= 40 else 40 / longest
    assert (height, width) == tuple(max(1, round(side * scale)) for side in size)
    assert abs(rows.min() + rows.max() - (sheet.shape[0] - 1)) <= 1
    assert abs(columns.min() + columns.max() - (sheet.shape[1] - 1)) <= 1


def test_transparency_lies_on_white():
    image = np.zeros((16, 16, 4), np.uint8)
    image[:, :8, 3] = 128
    sheet = np.asarray(contact_sheet([image], [""], cell=16))[GAP:-GAP, GAP:-GAP]
    assert (np.abs(sheet[:, :8].astype(int) - 127) <= 1).all()
    assert (sheet[:, 8:] == 255).all()


@pytest.mark.parametrize("count", [1, 2, 7, 24])
def test_pages_are_wider_than_high(count):
    sheet = contact_sheet([noise(4, 4, 1)] * count, [""] * count, cell=16)
    columns, rows = (sheet.width - GAP) // (16 + GAP), (sheet.height - GAP) // (16 + GAP)
    assert columns * rows >= count > columns * (rows - 1)
    assert columns >= rows


@pytest.mark.parametrize("text", ["word", "größer, 0.93", "a_very_long_name_of_a_file_without_blanks" * 3])
def test_captions_stand_below_their_own_picture(text):
    images = [np.full((16, 16, 3), 255, np.uint8)] * 3
    plain = contact_sheet(images, ["", "", ""], columns=3, cell=64)
    sheet = contact_sheet(images, ["", text, ""], columns=3, cell=64)
    assert sheet.height > plain.height
    dark = np.nonzero(np.asarray(sheet.convert("L")) < 128)
    assert dark[0].size > 20
    assert dark[0].min() >= GAP + 64
    assert dark[0].max() < sheet.height - 1
    left = GAP + 64 + GAP
    assert left - 2 <= dark[1].min() <= dark[1].max() <= left + 64 + 2


def test_letters_beyond_ascii_are_not_all_the_same_box():
    image = [np.full((16, 16, 3), 255, np.uint8)]
    drawn = {contact_sheet(image, [letter]).tobytes() for letter in "äößéŁžЖΩ"}
    assert len(drawn) == 8


def test_title():
    image = [noise(8, 8, 3)]
    plain, titled = contact_sheet(image, ["x"]), contact_sheet(image, ["x"], title="Mistakes")
    extra = titled.height - plain.height
    assert extra > 18
    np.testing.assert_array_equal(np.asarray(titled)[extra + GAP :], np.asarray(plain)[GAP:])
    assert (np.asarray(titled)[:extra] < 128).any()


def test_file(tmp_path):
    path = tmp_path / "new" / "sheet.PNG"
    sheet = contact_sheet([noise(8, 8, 3)], ["x"], path)
    with Image.open(path) as read:
        assert (read.format, read.mode) == ("PNG", "RGB")
        np.testing.assert_array_equal(np.asarray(read), np.asarray(sheet))


def test_a_batch_as_one_array():
    batch = np.stack([noise(8, 8, 3, i) for i in range(4)])
    assert contact_sheet(batch, "abcd").tobytes() == contact_sheet(list(batch), list("abcd")).tobytes()


@given(st.text("ab \n", max_size=60), st.integers(2, 12), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_before_the_ellipsis(text, width, most):
    lines = wrap(text, width, len, most)
    assert len(lines) <= most
    assert all(0 < len(line) <= width for line in lines)
    letters, kept = "".join(text.split()), "".join("".join(lines).split())
    if kept.endswith("…"):
        assert letters.startswith(kept[:-1])
        assert len(wrap(text, width, len, 1000)) > most
    else:
        assert kept == letters


def test_words_are_broken_only_where_they_must_be():
    assert wrap("one two three", 7, len, 3) == ["one two", "three"]
    assert wrap("abcdefgh ij", 4, len, 3) == ["abcd", "efgh", "ij"]
    assert wrap("ab", 0, len, 3) == ["a", "b"]  # nothing fits: a letter a line
    assert wrap("true: cat\nguess: dog", 20, len, 3) == ["true: cat", "guess: dog"]


def test_what_is_wrong_is_said():
    with pytest.raises(ArgumentError, match=r"contact_sheet: there are no images"):
        contact_sheet([], [])
    with pytest.raises(ShapeError, match=r"2 images need as many captions; received 1"):
        contact_sheet([noise(4, 4, 3)] * 2, ["x"])
    with pytest.raises(
        ShapeError, match=r"image 1 must be a uint8 array; received float32\. Scale to 0\.\.255"
    ):
        contact_sheet([noise(4, 4, 3), np.zeros((4, 4, 3), np.float32)], ["x", "y"])
    with pytest.raises(ShapeError, match=r"image 0 must be a uint8 array; received Image"):
        contact_sheet([Image.new("RGB", (4, 4))], ["x"])
    for shape in ((4, 4), (4, 4, 2), (0, 4, 3)):
        with pytest.raises(ShapeError, match=r"must be of shape \(rows, columns, 1, 3 or 4\); received \("):
            contact_sheet([np.zeros(shape, np.uint8)], ["x"])
    with pytest.raises(ArgumentError, match=r"cell must be an integer of at least 16"):
        contact_sheet([noise(4, 4, 3)], ["x"], cell=8)
    with pytest.raises(ArgumentError, match=r"columns must be an integer of at least 1"):
        contact_sheet([noise(4, 4, 3)], ["x"], columns=0)
    with pytest.raises(ArgumentError, match=r"sheet\.jpg: pictures are written as PNG"):
        contact_sheet([noise(4, 4, 3)], ["x"], "sheet.jpg")


def test_trimmed_rows_are_as_low_as_their_pictures():
    """Two rows of pictures twice as wide as high, in cells of 64: each row is 32 pixels lower."""
    wide = [np.zeros((16, 32, 3), np.uint8)] * 4
    plain, trimmed = (contact_sheet(wide, ["a"] * 4, columns=2, cell=64, trim=trim) for trim in (False, True))
    assert plain.width == trimmed.width
    assert plain.height - trimmed.height == 2 * 32
    assert (np.asarray(trimmed) == 0).all(2).sum() >= 4 * 32 * 64
