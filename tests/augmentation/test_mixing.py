"""MixUp and CutMix: pixels and labels are mixed alike, partners come from the whole data set."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from convolens.augmentation import Augmentation, AugmentedBatches, mix_images
from convolens.augmentation.cpu import finishing_kernel
from convolens.augmentation.draw.mixing import label_rows
from convolens.errors import ArgumentError
from convolens.losses import Crossentropy

MANY = np.arange(20_000)


def drawn(size=50, shape=(20, 30), **fields):
    return Augmentation(**fields).draw_mixing(2, 0, MANY, shape, size)


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 3.0])
def test_shares_are_betas(alpha):
    share = drawn(mixup=alpha).share
    assert stats.kstest(share, stats.beta(alpha, alpha).cdf).pvalue > 0.001
    assert (drawn(mixup=alpha).box[:, 2] == -1).all()


def test_partners_come_from_the_whole_data_set():
    counts = np.bincount(drawn(mixup=0.2).partner, minlength=50)
    assert len(counts) == 50
    assert np.abs(counts / len(MANY) - 1 / 50).max() < 0.004


def test_boxes_are_cut_off_at_the_edges_and_the_share_is_that_of_the_pixels():
    mixing = drawn(cutmix=1.0)
    top, left, height, width = mixing.box.T
    assert (mixing.box >= 0).all()
    assert (top + height).max() == 20
    assert (left + width).max() == 30
    np.testing.assert_allclose(mixing.share, 1 - height * width / 600)
    inside = (top > 0) & (left > 0) & (top + height < 20) & (left + width < 30) & (height > 8)
    np.testing.assert_allclose(width[inside] / height[inside], 1.5, atol=0.3)


def test_both_take_half_each():
    mixing = drawn(mixup=0.2, cutmix=1.0)
    assert (mixing.box[:, 2] == -1).mean() == pytest.approx(0.5, abs=0.01)


@given(
    mixup=st.sampled_from([0.0, 0.3, 1.0]), cutmix=st.sampled_from([0.0, 0.5, 1.0]), seed=st.integers(0, 2**40),
    epoch=st.integers(0, 9), classes=st.integers(2, 6),
)  # fmt: skip
def test_labels_are_mixed_as_the_pixels_are(mixup, cutmix, seed, epoch, classes):
    """An image of class c has the value 1 in channel c alone: the mean pixel is then what the label must be."""
    if not mixup and not cutmix:
        return
    labels = np.arange(17) % classes
    pixels = np.zeros((17, 8, 9, classes), np.uint8)
    pixels[np.arange(17), :, :, labels] = 255
    batches = AugmentedBatches(
        pixels, labels, 5, Augmentation(mixup=mixup, cutmix=cutmix), seed, classes=classes
    )
    batches.set_epoch(epoch)
    for number in range(len(batches)):
        x, y = batches[number]
        assert y.dtype == np.float32
        assert y.shape == (len(x), classes)
        np.testing.assert_allclose(y.sum(1), 1, atol=1e-6)
        np.testing.assert_allclose(x.mean((1, 2)), y, atol=1e-5)
        assert y.min() >= 0


def test_both_sides_are_varied_on_their_own():
    """The partner is what it would be as a sample of its own in this epoch."""
    images = np.random.default_rng(0).integers(0, 256, (6, 10, 12, 3), dtype=np.uint8)
    fields = {"rotation_range": 40, "horizontal_flip": True, "colour_jitter": (0.4, 0.4, 0.4, 0.1)}
    plain, _ = AugmentedBatches(images, np.arange(6), 6, Augmentation(**fields), 3, shuffle=False)[0]
    for kind in ({"mixup": 0.5}, {"cutmix": 0.5}):
        augmentation = Augmentation(**fields, **kind)
        mixed, _ = AugmentedBatches(images, np.arange(6), 6, augmentation, 3, shuffle=False)[0]
        expected, how = plain.copy(), augmentation.draw_mixing(3, 0, np.arange(6), (10, 12), 6)
        mix_images(expected, plain[how.partner], how)
        np.testing.assert_array_equal(mixed, expected)
        assert not np.array_equal(mixed, plain)


def test_mix_compiled_and_interpreted_agree():
    how = Augmentation(mixup=0.5, cutmix=0.5).draw_mixing(0, 0, range(20), (5, 6), 20)
    x, partners = np.random.default_rng(0).uniform(0, 1, (2, 20, 5, 6, 3)).astype(np.float32)
    compiled, interpreted = x.copy(), x.copy()
    finishing_kernel.mix(compiled, partners, how.share, how.box, 0, 20)
    finishing_kernel.mix.py_func(interpreted, partners, how.share, how.box, 0, 20)
    np.testing.assert_allclose(compiled, interpreted, atol=1e-6)


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        (np.array([0, 2, 1]), None, np.eye(3)[[0, 2, 1]]),
        (np.array([[0], [1]], np.uint8), 4, np.eye(4)[[0, 1]]),
        (np.array([[1.0], [0.0]]), 2, [[1], [0]]),
        (np.array([[1, 1, 0]]), None, [[1, 1, 0]]),
        (np.array([0.5, 2.0]), None, [0.5, 2.0]),
        (np.array([True, False]), None, [1, 0]),
    ],
    ids=["numbers", "column of numbers", "one output", "several at once", "floats", "booleans"],
)
def test_rows_of_labels(labels, classes, expected):
    rows = label_rows(labels, classes)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, expected)


def test_the_loss_by_shape_takes_mixed_labels():
    prediction = [[0.25, 0.75]]
    mixed = float(Crossentropy()([[0.25, 0.75]], prediction))
    assert mixed == pytest.approx(-0.25 * np.log(0.25) - 0.75 * np.log(0.75))
    assert float(Crossentropy()([1], prediction)) == pytest.approx(-np.log(0.75))


def test_misuse_is_named():
    pixels, mixup = np.zeros((2, 4, 4, 3), np.uint8), Augmentation(mixup=0.2)
    for labels, classes, words in (
        (np.array([0, 3]), 3, "class numbers from 0 to 2; received 0 to 3"),
        (np.array([-1, 0]), None, "received -1 to 0"),
        (np.array(["cat", "dog"]), None, "labels, which must be numbers; .*return_inverse"),
    ):
        with pytest.raises(ArgumentError, match=words):
            AugmentedBatches(pixels, labels, 2, mixup, seed=0, classes=classes)
    with pytest.raises(ArgumentError, match="nothing is mixed here; give mixup or cutmix an alpha above 0"):
        Augmentation().draw_mixing(0, 0, [0], (4, 4), 2)
    with pytest.raises(ArgumentError, match="size must be an integer of at least 1; received 0"):
        mixup.draw_mixing(0, 0, [0], (4, 4), 0)
