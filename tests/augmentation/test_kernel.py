"""The kernel's parts in plain Python, the same numbers compiled, and any number of threads the same bytes."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import ndimage

from convolens.augmentation import (
    Augmentation,
    AugmentedBatches,
    Draws,
    colours,
    kernel,
    matrices,
    sampling,
    transform_batch,
)
from convolens.errors import ArgumentError, ShapeError


@settings(max_examples=200)
@given(st.floats(-40, 40), st.integers(1, 9), st.sampled_from(["nearest", "reflect", "wrap"]))
def test_place_inside_is_scipys(place, length, mode):
    values = np.arange(length, dtype=float) * 10
    number = ["nearest", "constant", "reflect", "wrap"].index(mode)
    inside = sampling.place_inside.py_func(place, length, number)
    assert 0 <= inside <= length - 1
    low = int(inside)
    mine = values[low] + (inside - low) * (values[min(low + 1, length - 1)] - values[low])
    theirs = ndimage.map_coordinates(values, [[place]], order=1, mode=mode)[0]
    assert mine == pytest.approx(theirs, abs=1e-6)


def everything() -> Augmentation:
    return Augmentation(
        rotation_range=40, width_shift_range=0.2, height_shift_range=3, shear_range=10, zoom_range=0.3,
        channel_shift_range=30, brightness_range=(0.5, 1.5), horizontal_flip=True, vertical_flip=True,
    )  # fmt: skip


@pytest.mark.parametrize("fill_mode", ["nearest", "constant", "reflect", "wrap"])
@pytest.mark.parametrize("order", [0, 1])
def test_compiled_and_interpreted_agree(fill_mode, order):
    images = np.random.default_rng(0).integers(0, 256, (3, 6, 7, 3), dtype=np.uint8)
    augmentation = Augmentation(rotation_range=40, zoom_range=0.3, horizontal_flip=True, vertical_flip=True)
    draws = augmentation.draw(1, 0, [0, 1, 2], (6, 7))
    compiled, interpreted = np.empty((2, 3, 6, 7, 3), np.float32)

    arguments = (
        images, np.arange(3), matrices(draws, 6, 7), draws.flip_horizontal, draws.flip_vertical,
        draws.channel_shift, draws.brightness, ["nearest", "constant", "reflect", "wrap"].index(fill_mode), 3.0, order,
        1 / 255,
    )  # fmt: skip
    kernel.transform(*arguments, compiled, 0, 3)
    kernel.transform.py_func(*arguments, interpreted, 0, 3)
    np.testing.assert_allclose(compiled, interpreted, atol=1e-6)


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
        ({"width_shift_range": "wide"}, "width_shift_range must be a number"),
        ({"interpolation_order": 9}, "interpolation_order must be one of"),
    ],
    ids=str,
)
def test_bad_ranges(options, words):
    with pytest.raises(ArgumentError, match=words):
        Augmentation(**options)


def test_bad_shapes():
    with pytest.raises(ShapeError, match=r"received \(2, 2, 3\)"):
        transform_batch(np.zeros((2, 2, 3)), np.array([0]), Draws.of({}), Augmentation())
    with pytest.raises(ArgumentError, match="as many labels as images"):
        AugmentedBatches(np.zeros((2, 2, 2, 3), np.uint8), np.arange(3), 1, Augmentation(), seed=0)


def test_every_change_has_a_line():
    assert len(everything().describe()) == 9
    assert Augmentation(width_shift_range=[2, 5]).describe() == ["shift sideways: one of 2, 5, either way"]


@settings(max_examples=300)
@given(
    st.floats(-50, 50), st.one_of(st.floats(-3, 3), st.just(0.0), st.floats(-1e-9, 1e-9)),
    st.floats(0, 40), st.integers(0, 40),
)  # fmt: skip
def test_run_inside_holds_just_the_places_inside(start, step, limit, n):
    first, stop = sampling.run_inside.py_func(start, step, limit, n)
    inside = [j for j in range(n) if 0.0 <= start + j * step < limit]
    assert inside == list(range(first, stop))


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("step", [1, -1])
def test_row_inside_is_pixel_by_pixel(channels, step):
    image = np.random.default_rng(0).integers(0, 256, (9, 8, channels), dtype=np.uint8)
    width = 4 if channels == 3 else channels
    values, target = np.zeros(9 * 8 * width, np.float32), np.zeros(9 * channels, np.float32)
    careful = np.zeros(8 * channels, np.float32)
    factor, order = np.float32(0.5), range(1, 9)[::step]
    sampling.spread.py_func(image.reshape(-1), values, width)
    sampling.row_inside.py_func(
        values, width, 8, 1.2, 0.3, 5.5, -0.6, order[0], step, 8, factor, target, 0, channels
    )  # fmt: skip
    for place, j in enumerate(order):
        sampling.pixel.py_func(
            values, width, 9, 8, 1.2 + j * 0.3, 5.5 - j * 0.6, sampling.NEAREST, np.float32(0), 1, factor,
            careful, place * channels, channels,
        )  # fmt: skip
    np.testing.assert_allclose(target[: 8 * channels], careful, rtol=1e-5)
