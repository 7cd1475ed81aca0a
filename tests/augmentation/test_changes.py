"""Crops, padding, erasing and colour jitter: in their ranges, as likely as they should be, doing what they say."""

import numpy as np
import pytest

from convolens.augmentation import Augmentation, augment_batch, matrices, transform_batch
from convolens.augmentation.draw import tone_codes as tone
from convolens.errors import ArgumentError

MANY = np.arange(20_000)


def draw(shape=(40, 60), **fields):
    """Return the extras of many images."""
    return Augmentation(**fields).draw(3, 1, MANY, shape).extras


def test_crops_lie_inside_and_are_of_the_asked_area():
    rows, columns = 40, 60
    crop = draw(random_resized_crop=(0.3, 0.9), random_resized_crop_ratio=(0.5, 2.0)).crop
    top, left, height, width = crop.T
    assert top.min() >= 0
    assert left.min() >= 0
    assert (top + height).max() <= rows
    assert (left + width).max() <= columns
    area, ratio = height * width / (rows * columns), (width / columns) / (height / rows)
    assert 0.3 - 1e-9 <= area.min() <= area.max() <= 0.9 + 1e-9
    assert area.mean() == pytest.approx(0.6, abs=0.005)
    assert area.std() == pytest.approx(0.6 / np.sqrt(12), abs=0.005)
    assert 0.5 - 1e-9 <= ratio.min() < 0.55 < 1.8 < ratio.max() <= 2 + 1e-9
    assert np.log(ratio).mean() == pytest.approx(0, abs=0.01)
    middle = (top + height / 2).mean() / rows, (left + width / 2).mean() / columns
    assert middle == pytest.approx((0.5, 0.5), abs=0.005)


def test_a_crop_becomes_the_whole_image():
    """On slopes the interpolated values are known exactly; nothing comes from outside."""
    row, column = np.meshgrid(np.arange(40.0), np.arange(60.0), indexing="ij")
    slopes = np.stack([row, column, row * 0], -1)[np.newaxis].astype(np.float32)
    augmentation = Augmentation(random_resized_crop=(0.1, 1.0), fill_mode="constant", cval=255)
    for index in range(30):
        draws = augmentation.draw(0, 0, [index], (40, 60))
        top, left, height, width = draws.extras.crop[0]
        out = transform_batch(slopes, np.array([0]), draws, augmentation)[0]
        np.testing.assert_allclose(out[:, 7, 0], np.linspace(top, top + height - 1, 40), atol=1e-3)
        np.testing.assert_allclose(out[5, :, 1], np.linspace(left, left + width - 1, 60), atol=1e-3)
        assert out[..., 2].max() == 0
    whole = Augmentation(random_resized_crop=(1, 1)).draw(0, 0, [0], (40, 60))
    np.testing.assert_array_equal(matrices(whole, 40, 60), np.eye(3)[np.newaxis, :2])


@pytest.mark.parametrize("flips", [(False, False), (True, False), (False, True), (True, True)], ids=str)
@pytest.mark.parametrize(
    "jitter", [None, (0, 0, 0, 0)], ids=["rescaled by the kernel", "rescaled at the end"]
)
def test_pad_and_crop_is_numpys(flips, jitter):
    images = np.random.default_rng(0).integers(0, 256, (40, 10, 12, 3), dtype=np.uint8)
    augmentation = Augmentation(
        pad_and_crop=4, cval=7, horizontal_flip=flips[0], vertical_flip=flips[1], colour_jitter=jitter
    )
    draws = augmentation.draw(0, 0, range(40), (10, 12))
    out = augment_batch(images, np.arange(40), draws, augmentation, 1 / 255)
    for i, (down, across) in enumerate(draws.extras.shift):
        padded = np.pad(images[i], ((4, 4), (4, 4), (0, 0)), constant_values=7)
        theirs = padded[4 + down : 14 + down, 4 + across : 16 + across]
        theirs = theirs[:, ::-1] if draws.flip_horizontal[i] else theirs
        theirs = theirs[::-1] if draws.flip_vertical[i] else theirs
        np.testing.assert_allclose(out[i], theirs / 255, atol=1e-6)


def test_shifts_are_all_equally_likely():
    shift = draw(pad_and_crop=3).shift
    for axis in (0, 1):
        values, counts = np.unique(shift[:, axis], return_counts=True)
        assert values.tolist() == [-3, -2, -1, 0, 1, 2, 3]
        assert np.abs(counts / len(MANY) - 1 / 7).max() < 0.01
    assert abs(np.corrcoef(shift.T)[0, 1]) < 0.03
    with pytest.raises(
        ArgumentError, match="pad_and_crop must be smaller than the images, which are 5 rows x 9"
    ):
        Augmentation(pad_and_crop=5).draw(0, 0, [0], (5, 9))


def test_erased_boxes():
    rows, columns = 40, 60
    boxes = draw(random_erasing=0.3, random_erasing_area=(0.1, 0.4), random_erasing_ratio=(0.5, 2.0)).erased
    hit = boxes[:, 2] > 0
    assert hit.mean() == pytest.approx(0.3, abs=0.015)
    top, left, height, width = boxes[hit].T
    assert top.min() >= 0
    assert left.min() >= 0
    assert (top + height).max() <= rows
    assert (left + width).max() <= columns
    assert top.min() == left.min() == 0
    area = height * width / (rows * columns)
    assert area.min() > 0.08
    assert area.max() < 0.42
    assert area.mean() == pytest.approx(0.25, abs=0.005)
    assert 0.45 < (height / width).min() < (height / width).max() < 2.2
    cutout = draw(
        random_erasing=1, random_erasing_area=(0.04, 0.04), random_erasing_ratio=(1, 1), shape=(50, 50)
    ).erased
    assert (cutout[:, 2:] == 10).all()


def test_erasing_writes_its_value_there_and_nothing_elsewhere():
    images = np.random.default_rng(0).integers(1, 200, (30, 16, 18, 3), dtype=np.uint8)
    augmentation = Augmentation(random_erasing=0.7, random_erasing_value=204)
    draws = augmentation.draw(0, 0, range(30), (16, 18))
    out = augment_batch(images, np.arange(30), draws, augmentation, 1 / 255)
    expected = images.astype(np.float32) * np.float32(1 / 255)
    for image, (top, left, height, width) in zip(expected, draws.extras.erased, strict=True):
        image[top : top + height, left : left + width] = np.float32(204 / 255)
    np.testing.assert_array_equal(out, expected)


def test_jitter_draws_in_its_ranges_and_every_order():
    extras = draw(colour_jitter=(0.4, 0.2, 1.5, 0.1))
    ranges = {
        tone.BRIGHTNESS: (0.6, 1.4), tone.CONTRAST: (0.8, 1.2), tone.SATURATION: (0, 2.5), tone.HUE: (-0.1, 0.1)
    }  # fmt: skip
    for code, (low, high) in ranges.items():
        drawn = extras.amounts[extras.codes == code]
        assert len(drawn) == len(MANY)
        assert low <= drawn.min() <= drawn.max() <= high
        assert drawn.mean() == pytest.approx((low + high) / 2, abs=0.02 * (high - low))
        assert drawn.std() == pytest.approx((high - low) / np.sqrt(12), rel=0.03)
    orders, counts = np.unique(extras.codes, axis=0, return_counts=True)
    assert len(orders) == 24
    assert np.abs(counts / len(MANY) - 1 / 24).max() < 0.006
    only_hue = draw(colour_jitter=(0, 0, 0, 0.1)).codes
    assert set(np.unique(only_hue)) == {tone.NOTHING, tone.HUE}
