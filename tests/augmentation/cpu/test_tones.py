"""The operations on colours do what Pillow and colorsys do, give or take their rounding to bytes."""

import colorsys

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from PIL import Image, ImageEnhance, ImageOps

from convolens.augmentation.cpu import tones
from convolens.augmentation.draw import tone_codes as tone

# Code: what Pillow does, and how far its rounding may lead away.
FACTORS = {
    tone.BRIGHTNESS: (ImageEnhance.Brightness, 1.01),
    tone.CONTRAST: (ImageEnhance.Contrast, 2.01),
    tone.SATURATION: (ImageEnhance.Color, 2.01),
    tone.SHARPNESS: (ImageEnhance.Sharpness, 2.01),
}
IMAGES = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32), st.booleans())


def photo(drawn) -> np.ndarray:
    """Return noise, or a photo-like slope with little noise, in a narrow range."""
    rows, columns, seed, smooth = drawn
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, (rows, columns, 3))
    if smooth:
        slope = np.linspace(20, 180, rows * columns).reshape(rows, columns, 1) * random.uniform(0.4, 1.3, 3)
        noise = np.clip(slope + noise / 16, 0, 255)
    return noise.astype(np.uint8)


def changed(image, code, amount=0.0) -> np.ndarray:
    values = image.astype(np.float32)
    tones.change_tones(values, np.array([code], np.uint8), np.array([float(amount)]))
    return values


@pytest.mark.parametrize("code", FACTORS, ids=lambda code: tone.NAMES[code])
@given(drawn=IMAGES, factor=st.floats(0, 2))
def test_factors_are_pillows(code, drawn, factor):
    image = photo(drawn)
    enhancer, tolerance = FACTORS[code]
    theirs = np.asarray(enhancer(Image.fromarray(image)).enhance(factor), float)
    mine = changed(image, code, factor)
    assert np.abs(mine - theirs).max() <= tolerance
    assert 0 <= mine.min() <= mine.max() <= 255
    np.testing.assert_allclose(changed(image, code, 1.0), image, atol=1e-4)


@given(drawn=IMAGES, bits=st.integers(1, 8), threshold=st.integers(0, 255))
def test_tables_are_pillows(drawn, bits, threshold):
    image = photo(drawn)
    picture = Image.fromarray(image)
    np.testing.assert_array_equal(changed(image, tone.POSTERIZE, bits), ImageOps.posterize(picture, bits))
    np.testing.assert_array_equal(
        changed(image, tone.SOLARIZE, threshold), ImageOps.solarize(picture, threshold)
    )
    np.testing.assert_array_equal(changed(image, tone.EQUALIZE), ImageOps.equalize(picture))
    stretched = changed(image, tone.AUTOCONTRAST)
    assert np.abs(stretched - np.asarray(ImageOps.autocontrast(picture), float)).max() <= 1.001
    assert stretched.max() <= 255


@given(drawn=IMAGES, turn=st.floats(-0.5, 0.5))
def test_hue_is_that_of_colorsys(drawn, turn):
    image = photo(drawn)
    mine = changed(image, tone.HUE, turn)
    for before, after in zip(image.reshape(-1, 3)[:20], mine.reshape(-1, 3), strict=False):
        hue, saturation, value = colorsys.rgb_to_hsv(*(before / 255))
        np.testing.assert_allclose(
            after / 255, colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value), atol=2e-4
        )


@pytest.mark.parametrize("code", range(1, tone.LAST_TONE + 1), ids=lambda code: tone.NAMES[code])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_number_of_channels(code, channels):
    """Alpha stays, the rest of four is as of three; grey has no colour to change; compiled and interpreted agree."""
    image = np.random.default_rng(code).uniform(30, 200, (24, 25, channels)).astype(np.float32)
    amount = {tone.POSTERIZE: 3.0, tone.SOLARIZE: 99.0, tone.HUE: 0.3}.get(code, 1.7)
    result, interpreted = changed(image, code, amount), image.copy()
    tones.change_tones.py_func(interpreted, np.array([code], np.uint8), np.array([amount]))
    np.testing.assert_allclose(interpreted, result, atol=1e-3)
    if channels == 4:
        np.testing.assert_array_equal(result[..., 3], image[..., 3])
        np.testing.assert_allclose(
            result[..., :3], changed(np.ascontiguousarray(image[..., :3]), code, amount), atol=1e-4
        )
    if channels < 3 and code in (tone.SATURATION, tone.HUE):
        np.testing.assert_array_equal(result, image)
    else:
        assert not np.array_equal(result, image)


def test_operations_follow_each_other_in_their_order():
    image = np.random.default_rng(0).uniform(30, 200, (5, 5, 3)).astype(np.float32)
    both = image.copy()
    tones.change_tones(
        both, np.array([tone.BRIGHTNESS, tone.CONTRAST, tone.ROTATE], np.uint8), np.array([1.5, 0.3, 9])
    )
    one_by_one = changed(changed(image, tone.BRIGHTNESS, 1.5), tone.CONTRAST, 0.3)
    np.testing.assert_array_equal(both, one_by_one)
    other_way = changed(changed(image, tone.CONTRAST, 0.3), tone.BRIGHTNESS, 1.5)
    assert np.abs(both - other_way).max() > 1
