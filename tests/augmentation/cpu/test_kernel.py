"""The kernel against SciPy, in every type, and with any number of threads the same bytes."""

import itertools
import re

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given
from scipy import ndimage

from convolens.augmentation import Augmentation, AugmentedBatches, Draws, augment_batch, transform_batch
from convolens.augmentation.cpu import colours, kernel, places
from convolens.augmentation.draw.augmentation import FILL_MODES
from convolens.errors import ArgumentError, ShapeError


@given(
    st.lists(st.floats(-40, 40), min_size=1, max_size=9), st.integers(1, 9),
    st.sampled_from(["nearest", "reflect", "wrap"]), st.booleans(),
)  # fmt: skip
def test_places_are_brought_inside_as_scipy_does(places_, length, mode, compiled):
    values = np.arange(length, dtype=float) * 10
    inside = np.array(places_)
    function = places.bring_inside if compiled else places.bring_inside.py_func
    function(inside, length, FILL_MODES.index(mode))
    assert ((inside >= 0) & (inside <= length - 1)).all()
    mine = np.interp(inside, np.arange(length), values)
    theirs = ndimage.map_coordinates(values, [places_], order=1, mode=mode)
    assert mine == pytest.approx(theirs, abs=1e-6)


@given(
    rows=st.integers(1, 12), columns=st.integers(1, 12), channels=st.integers(1, 9), mode=st.sampled_from(FILL_MODES),
    turn=st.floats(-4, 4), zoom=st.floats(0.2, 4), shear=st.floats(-1, 1), flips=st.tuples(st.booleans(), st.booleans()),
    order=st.sampled_from([0, 1]), floats=st.booleans(), seed=st.integers(0, 2**31),
)  # fmt: skip
def test_the_geometry_is_scipys(rows, columns, channels, mode, turn, zoom, shear, flips, order, floats, seed):
    """Any matrix, any number of channels: what SciPy's own affine transform gives, plane by plane."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (1, rows, columns, channels)).astype(np.float32 if floats else np.uint8)
    linear = (
        zoom * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ [[1, shear], [0, 1]]
    )
    middle = np.array([rows / 2 - 0.5, columns / 2 - 0.5])
    matrix = np.column_stack([linear, middle - linear @ middle + random.uniform(-2, 2, 2)])[np.newaxis]
    received = np.empty(image.shape, np.float32)
    kernel.transform(
        image, np.array([0]), matrix, np.array([flips[0]]), np.array([flips[1]]), np.zeros(1), np.full(1, np.nan),
        FILL_MODES.index(mode), 7.5, order, 0.5, received, 0, 1,
    )  # fmt: skip
    expected = np.stack(
        [
            ndimage.affine_transform(
                image[0, :, :, c].astype(float), linear, matrix[0, :, 2], order=order, mode=mode, cval=7.5
            )
            for c in range(channels)
        ],
        axis=-1,
    )
    i, j = np.mgrid[:rows, :columns]
    went = [matrix[0, a, 2] + i * matrix[0, a, 0] + j * matrix[0, a, 1] for a in (0, 1)]
    # where a place falls on a jump, to within rounding, either side is right
    jump = np.any([np.abs(2 * place - np.round(2 * place)) < 1e-9 for place in went], axis=0)
    expected = np.where(jump[..., np.newaxis], np.nan, expected)
    expected = expected[:: -1 if flips[1] else 1, :: -1 if flips[0] else 1]
    difference = np.abs(received[0] - 0.5 * expected)
    assert np.nanmax(difference, initial=0.0) <= 0.5 * 0.01


def everything() -> Augmentation:
    return Augmentation(
        rotation_range=40, width_shift_range=0.2, height_shift_range=3, shear_range=10, zoom_range=0.3,
        channel_shift_range=30, brightness_range=(0.5, 1.5), horizontal_flip=True, vertical_flip=True,
    )  # fmt: skip


@pytest.mark.parametrize("channels", [1, 3, 4, 5])
def test_pixels_that_stay_are_copied(channels):
    images = np.random.default_rng(0).integers(0, 256, (2, 5, 6, channels), dtype=np.uint8)
    for across, down in itertools.product([False, True], repeat=2):
        flips = {"flip_horizontal": across, "flip_vertical": down}
        copied = transform_batch(images, np.array([1]), Draws.of(flips), Augmentation())[0]
        np.testing.assert_array_equal(copied, images[1][:: -1 if down else 1, :: -1 if across else 1])


@pytest.mark.parametrize(
    "extras", [{}, {"colour_jitter": (0.4, 0.4, 0.4, 0.1)}, {"random_erasing": 0.5}], ids=str
)
@pytest.mark.parametrize("colours_", [{}, {"channel_shift_range": 60.0}], ids=str)
def test_other_types_are_the_floats_rounded(extras, colours_):
    images = np.random.default_rng(0).integers(0, 256, (9, 6, 7, 3), dtype=np.uint8)
    augmentation = Augmentation(rotation_range=40, zoom_range=0.3, **extras, **colours_)
    draws, everyone = augmentation.draw(1, 0, range(9), (6, 7)), np.arange(9)
    floats = augment_batch(images, everyone, draws, augmentation)
    as_bytes = augment_batch(images, everyone, draws, augmentation, dtype=np.uint8)
    np.testing.assert_array_equal(as_bytes, np.clip(np.rint(floats), 0, 255).astype(np.uint8))
    for rescale in (1.0, 1 / 255):
        halves = augment_batch(images, everyone, draws, augmentation, rescale, dtype="bfloat16")
        whole = augment_batch(images, everyone, draws, augmentation, rescale)
        assert halves.dtype == torch.bfloat16
        assert torch.equal(halves, torch.from_numpy(whole).bfloat16())


def test_batches_of_other_types():
    images = np.random.default_rng(0).integers(0, 256, (5, 6, 7, 3), dtype=np.uint8)
    labels = np.arange(5)
    for augmentation in (Augmentation(rotation_range=30), Augmentation(rotation_range=30, mixup=0.4)):
        for dtype, kind in (("uint8", np.uint8), (torch.bfloat16, torch.bfloat16)):
            batches = AugmentedBatches(images, labels, 2, augmentation, seed=0, rescale=1, dtype=dtype)
            floats = AugmentedBatches(images, labels, 2, augmentation, seed=0, rescale=1)
            assert batches[1][0].dtype == kind
            difference = np.asarray(torch.as_tensor(batches[1][0]).float()) - floats[1][0]
            assert np.abs(difference).max() <= 0.5 + 1e-3
    with pytest.raises(ArgumentError, match=r"dtype 'uint8' needs rescale=1; received 0\.5"):
        AugmentedBatches(images, labels, 2, Augmentation(), seed=0, rescale=0.5, dtype="uint8")
    with pytest.raises(
        ArgumentError, match="dtype must be one of 'float32', 'uint8', 'bfloat16'; received 'float16'"
    ):
        AugmentedBatches(images, labels, 2, Augmentation(), seed=0, dtype="float16")


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("low", [0.0, -50.0], ids=["bytes", "beyond"])
def test_colours_compiled_and_interpreted_agree(channels, low):
    image = np.random.default_rng(0).uniform(low, 255, (5, 6, channels)).astype(np.float32)
    compiled, interpreted = image.copy(), image.copy()
    colours.change_colours(compiled, 20.0, 1.3, 1 / 255)
    colours.change_colours.py_func(interpreted, 20.0, 1.3, 1 / 255)
    np.testing.assert_allclose(compiled, interpreted, atol=2 / 255)
    assert not np.array_equal(compiled, image)


def test_threads_batches_and_order_do_not_change_a_sample():
    images = np.random.default_rng(0).integers(0, 256, (40, 64, 64, 3), dtype=np.uint8)
    augmentation = everything()
    everyone = np.arange(40)
    whole = transform_batch(
        images, everyone, augmentation.draw(5, 2, everyone, (64, 64)), augmentation, threads=1
    )
    for threads in (2, 3, 7):
        again = transform_batch(
            images, everyone, augmentation.draw(5, 2, everyone, (64, 64)), augmentation, threads=threads
        )
        np.testing.assert_array_equal(again, whole)
    for some in ([7], [39, 0, 21]):
        part = transform_batch(images, np.array(some), augmentation.draw(5, 2, some, (64, 64)), augmentation)
        np.testing.assert_array_equal(part, whole[some])


def test_epochs_and_seeds_differ():
    augmentation = everything()
    first = augmentation.draw(5, 0, [3], (10, 10)).parameters(0)
    assert augmentation.draw(5, 1, [3], (10, 10)).parameters(0) != first
    assert augmentation.draw(6, 0, [3], (10, 10)).parameters(0) != first
    assert augmentation.draw(5, 0, [4], (10, 10)).parameters(0) != first
    assert augmentation.draw(5, 0, [3], (10, 10)).parameters(0) == first


def test_names_mean_what_they_say():
    """A sideways shift moves columns, an up-and-down shift rows."""
    image = np.zeros((1, 20, 20, 1), np.uint8)
    image[0, 10, 10] = 255
    for name, moves in (("width_shift_range", (False, True)), ("height_shift_range", (True, False))):
        augmentation = Augmentation(**{name: [4]})
        moved = transform_batch(image, np.array([0]), augmentation.draw(0, 0, [0], (20, 20)), augmentation)
        row, column = np.unravel_index(moved[0, ..., 0].argmax(), (20, 20))
        assert (row != 10, column != 10) == moves


def test_nothing_asked_changes_nothing():
    images = np.random.default_rng(0).integers(0, 256, (4, 5, 6, 3), dtype=np.uint8)
    batches = AugmentedBatches(images, np.arange(4), 4, Augmentation(), seed=0, shuffle=False)
    x, y = batches[0]
    np.testing.assert_array_equal(x, images.astype(np.float32) * np.float32(1 / 255))
    assert y.tolist() == [0, 1, 2, 3]
    assert Augmentation().changes_nothing


def test_batches_hold_each_sample_once_an_epoch():
    batches = AugmentedBatches(np.zeros((23, 2, 2, 3), np.uint8), np.arange(23), 5, Augmentation(), seed=4)
    orders = []
    for epoch in (0, 1, 0):
        batches.set_epoch(epoch)
        orders.append(np.concatenate([batches[i][1] for i in range(len(batches))]).tolist())
    assert sorted(orders[0]) == list(range(23))
    assert orders[0] == orders[2] != orders[1]
    with pytest.raises(IndexError, match="batch 5 of 5"):
        batches[5]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rotation_range": -1}, "rotation_range must be a number in"),
        ({"zoom_range": 1.5}, "zoom_range must be below 1"),
        ({"zoom_range": (1, 2, 3)}, "one number or a pair"),
        ({"brightness_range": 0.5}, "brightness_range must be a pair"),
        ({"fill_mode": "neerest"}, "Did you mean 'nearest'"),
        (
            {"zoom_range": (1e308, 1e308)},
            "zoom_range must be below 1, or a pair (low, high) of factors above 0 up to 1e+06",
        ),
        (
            {"zoom_range": (1e-300, 1)},
            "zoom_range must be below 1, or a pair (low, high) of factors above 0 up to 1e+06",
        ),
        ({"width_shift_range": 10**30}, "width_shift_range must be a number in [0, 1e+06]"),
        ({"height_shift_range": [1e300]}, "height_shift_range must be a number in [0, 1e+06]"),
        ({"channel_shift_range": 1e308}, "channel_shift_range must be a number in [0, 1e+06]"),
        ({"brightness_range": (1e308, 1e308)}, "of factors from 0 to 1e+06"),
        ({"width_shift_range": "wide"}, "width_shift_range must be a number"),
        ({"interpolation_order": 9}, "interpolation_order must be one of"),
    ],
    ids=str,
)
def test_bad_ranges(options, words):
    with pytest.raises(ArgumentError, match=re.escape(words)):
        Augmentation(**options)


def test_bad_shapes():
    with pytest.raises(ShapeError, match=r"received \(2, 2, 3\)"):
        transform_batch(np.zeros((2, 2, 3)), np.array([0]), Draws.of({}), Augmentation())
    with pytest.raises(ArgumentError, match="as many labels as images"):
        AugmentedBatches(np.zeros((2, 2, 2, 3), np.uint8), np.arange(3), 1, Augmentation(), seed=0)


def test_every_change_has_a_line():
    assert len(everything().describe()) == 9
    assert Augmentation(width_shift_range=[2, 5]).describe() == ["shift sideways: one of 2, 5, either way"]


@given(
    rows=st.integers(1, 7), columns=st.integers(1, 7), channels=st.integers(1, 6), dtype=st.sampled_from(["f4", "u1", "u2"]),
    mode=st.integers(0, 3), still=st.booleans(), coloured=st.booleans(),
)  # fmt: skip
def test_a_slice_writes_its_own_images_and_all_of_them(rows, columns, channels, dtype, mode, still, coloured):
    """Vector instructions write four values at a time: never into the images that belong to another thread."""
    images = np.full((1, rows, columns, channels), 90, np.uint8)
    out = np.full((3, rows, columns, channels), 7, dtype)
    turned = np.array([[0.8, 0.3, 0.2], [-0.3, 0.8, 0.1]]) if not still else np.eye(3)[:2]
    kernel.transform(
        images, np.zeros(3, np.int64), np.tile(turned, (3, 1, 1)), np.zeros(3, bool), np.zeros(3, bool),
        np.full(3, 5.0 * coloured), np.full(3, np.nan), mode, 90.0, 1, 1.0, out, 1, 2,
    )  # fmt: skip
    assert (out[[0, 2]] == 7).all()
    bfloat16 = np.float32(90).view(np.uint32) >> 16
    assert (out[1] == (bfloat16 if dtype == "u2" else 90)).all()
