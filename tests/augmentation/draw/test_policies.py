"""RandAugment and TrivialAugment: which operations, how strong, and their geometry as one matrix."""

import numpy as np
import pytest

from convolens.augmentation import Augmentation, Draws, matrices
from convolens.augmentation.draw import tone_codes as tone
from convolens.augmentation.draw.policies import OPERATIONS

MANY = np.arange(20_000)


def draw(shape=(40, 60), **fields):
    """Return the extras of many images."""
    return Augmentation(**fields).draw(3, 1, MANY, shape).extras


def amount_of(extras, code):
    return extras.amounts[extras.codes == code]


def test_randaugment_draws_every_operation_at_its_magnitude():
    extras = draw(randaugment=(3, 15))
    assert extras.codes.shape == (len(MANY), 3)
    shares = [(extras.codes == code).mean() for code in OPERATIONS]
    np.testing.assert_allclose(shares, 1 / 14, atol=0.004)
    expected = {
        tone.SHEAR_X: 0.15, tone.SHEAR_Y: 0.15, tone.TRANSLATE_X: 75 / 331 * 60, tone.TRANSLATE_Y: 75 / 331 * 40,
        tone.ROTATE: 15, tone.BRIGHTNESS: 0.45, tone.CONTRAST: 0.45, tone.SATURATION: 0.45, tone.SHARPNESS: 0.45,
    }  # fmt: skip
    for code, strength in expected.items():
        drawn = amount_of(extras, code) - (1 if code <= tone.SHARPNESS else 0)
        np.testing.assert_allclose(np.abs(drawn), strength)
        assert (drawn > 0).mean() == pytest.approx(0.5, abs=0.03)
    assert set(amount_of(extras, tone.POSTERIZE)) == {6}
    assert set(amount_of(extras, tone.SOLARIZE)) == {127.5}


def test_trivialaugment_draws_one_operation_of_any_magnitude():
    extras = draw(trivialaugment=True)
    assert extras.codes.shape == (len(MANY), 1)
    levels = np.unique(np.abs(amount_of(extras, tone.ROTATE)))
    np.testing.assert_allclose(levels, np.arange(31) * 4.5)
    assert np.abs(amount_of(extras, tone.TRANSLATE_X)).max() == 32
    assert set(amount_of(extras, tone.POSTERIZE)) == {2, 3, 4, 5, 6, 7, 8}
    assert amount_of(extras, tone.SHEAR_Y).mean() == pytest.approx(0, abs=0.05)


def test_policies_geometry_is_kerass_about_the_middle():
    """A rotation alone, a shift alone and a shear alone, told by what was drawn."""
    draws = Augmentation(trivialaugment=True).draw(0, 0, range(400), (40, 60))
    found = matrices(draws, 40, 60)
    middle, seen = np.array([19.5, 29.5, 1.0]), set()
    for matrix, (code,), (amount,) in zip(found, draws.extras.codes, draws.extras.amounts, strict=True):
        seen.add(int(code))
        if code == tone.ROTATE:
            np.testing.assert_allclose(matrix, matrices(Draws.of({"theta": amount}), 40, 60)[0], atol=1e-9)
        elif code in (tone.TRANSLATE_X, tone.TRANSLATE_Y):
            name = "tx" if code == tone.TRANSLATE_X else "ty"
            np.testing.assert_allclose(matrix, matrices(Draws.of({name: amount}), 40, 60)[0], atol=1e-9)
        elif code in (tone.SHEAR_X, tone.SHEAR_Y):
            np.testing.assert_allclose(matrix @ middle, middle[:2])
            sheared = matrix[1, 0] if code == tone.SHEAR_X else matrix[0, 1]
            assert sheared == pytest.approx(amount)
        else:
            np.testing.assert_array_equal(matrix, np.eye(3)[:2])
    assert seen == set(OPERATIONS)


def test_two_operations_are_one_after_the_other():
    """Two shifts of a policy add up; a crop comes before them, a padding shift after."""
    augmentation = Augmentation(randaugment=(2, 30), pad_and_crop=5)
    draws = augmentation.draw(0, 0, range(2000), (40, 60))
    both = (draws.extras.codes >= tone.TRANSLATE_X).all(1) & (draws.extras.codes != tone.ROTATE).all(1)
    assert both.sum() > 10
    for i in np.flatnonzero(both):
        moved = np.zeros(2)
        for code, amount in zip(draws.extras.codes[i], draws.extras.amounts[i], strict=True):
            moved[0 if code == tone.TRANSLATE_Y else 1] += amount
        np.testing.assert_allclose(draws.extras.affine[i, :, 2], moved + draws.extras.shift[i], atol=1e-9)
