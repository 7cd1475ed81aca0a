"""The pictures show what was computed: numbers in their cells, outlines where the window is, maps that fill up."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from convolens.analysis.arithmetic import convolve, pool
from convolens.analysis.arithmetic.animation import save_gif
from convolens.analysis.arithmetic.frames import (
    choose,
    convolution_frames,
    is_small,
    limit_of,
    pooling_frames,
)
from convolens.analysis.arithmetic.panels import (
    MARK,
    PALE,
    Pen,
    diverging,
    greys,
    grid,
    picture,
    short,
    shrink,
)
from convolens.analysis.arithmetic.result_picture import plot_convolution

SMALL = np.arange(30.0).reshape(5, 6) % 7
PHOTO = np.random.default_rng(0).integers(0, 256, (60, 90)).astype(float)


def marks(image):
    """(top, left, bottom, right) of the orange in a picture."""
    rows, columns = np.nonzero((np.asarray(image) == MARK).all(axis=2))
    return rows.min(), columns.min(), rows.max(), columns.max()


@given(st.integers(1, 300), st.integers(1, 300), st.integers(2, 60))
def test_windows_are_chosen_evenly(rows, columns, most):
    chosen = choose((rows, columns), most)
    assert chosen == sorted(set(chosen))
    assert all(0 <= row < rows and 0 <= column < columns for row, column in chosen)
    assert len(chosen) <= most
    assert len(chosen) == rows * columns or len(chosen) >= most / 3
    assert chosen[0] == (0, 0)
    assert chosen[-1] == (rows - 1, columns - 1)


def test_colours():
    colours = diverging(np.array([[-1.0, 0.0, 1.0]]), 1.0).astype(int)
    assert colours[0, 0, 2] > colours[0, 0, 0] + 50  # blue
    assert colours[0, 1].min() > 240  # white
    assert colours[0, 2, 0] > colours[0, 2, 2] + 50  # red
    assert greys(np.array([[0.0, 5.0, 10.0]]), 0.0, 10.0)[0, :, 0].tolist() == [0, 128, 255]
    assert greys(np.full((1, 1), 3.0), 3.0, 3.0).shape == (1, 1, 3)


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (0.0625, "0.0625"), (-123.4, "-123"), (1e-7, "1e-07")]
)
def test_short_numbers(value, text):
    assert short(value) == text


def test_a_grid_marks_its_cells_and_hides_what_is_not_done():
    fills = np.full((2, 3, 3), 200, np.uint8)
    image = grid(Pen(), np.arange(6.0).reshape(2, 3), fills, cell=30, marked=[(1, 2)], shown=4)
    assert image.size == (91, 61)
    assert marks(image) == (30, 60, 60, 90)
    pixels = np.asarray(image)
    assert pixels[5, 5].tolist() == [200, 200, 200]
    assert pixels[45, 45].tolist() == [255, 255, 255]  # cell 4, not done yet
    assert (pixels[2:29, 32:59] < 100).any()  # the number of cell 1


@pytest.mark.parametrize("box", [(0, 0, 3, 3), (57, 87, 3, 3), (20, 40, 30, 20)])
def test_a_picture_outlines_the_window_where_it_is(box):
    image = picture(greys(PHOTO, 0, 255), 270, PHOTO.shape, box)
    assert image.size == (272, 182)
    top, left, bottom, right = marks(image)
    middle = ((top + bottom) / 2, (left + right) / 2)
    expected = (3 * (box[0] + box[2] / 2), 3 * (box[1] + box[3] / 2))
    assert np.abs(np.subtract(middle, expected)).max() <= 4


def test_small_frames_one_a_cell_each_another():
    convolution = convolve(SMALL, "sobel-x", padding="same", strides=2, bias=1, activation="relu")
    frames = list(convolution_frames(convolution, is_image=False))
    assert len(frames) == 9
    assert len({frame.tobytes() for frame in frames}) == 9
    assert len({frame.size for frame in frames}) == 1
    assert np.asarray(frames[0])[:5].min() == 255  # a white ground
    pooling = pool(convolution.result, "max", 2, 1)
    pooled = list(pooling_frames(pooling, limit_of(convolution, False)))
    assert len(pooled) == 4
    assert len({frame.tobytes() for frame in pooled}) == 4


def test_frames_of_odd_forms():
    generator = np.random.default_rng(1)
    for image, kernel, dilation in [
        (np.ones((1, 1)), [[2.0]], 1),
        (generator.normal(size=(4, 5, 3)), generator.normal(size=(2, 3, 3, 2)), 1),
        (generator.normal(size=(30, 30)), generator.normal(size=(9, 9)), 1),
        (generator.normal(size=(9, 9)), generator.normal(size=(3, 2)), 2),
        (np.zeros((5, 5)), np.zeros((3, 3)), 1),
    ]:
        convolution = convolve(image, kernel, dilation=dilation)
        assert len(list(convolution_frames(convolution, False, most=5))) <= 5
        pooling = pool(convolution.result, "average", 1)
        assert list(pooling_frames(pooling, limit_of(convolution, False), 3))


def test_the_feature_map_of_a_photo_fills_up():
    convolution = convolve(PHOTO, "sobel-y")
    frames = list(convolution_frames(convolution, is_image=True, most=12))
    assert len(frames) == 12

    def pale(frame):
        right = np.asarray(frame)[:, frame.width - 270 :]
        return int((right == PALE).all(axis=2).sum())

    counts = [pale(frame) for frame in frames]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 10_000
    assert counts[-1] < 100


@pytest.mark.parametrize("size", [(1700, 2), (2, 900), (30, 40), (1601, 1603), (1, 1)])
def test_large_maps_are_averaged_down(size):
    values = np.random.default_rng(0).normal(size=size) + np.linspace(0, 9, size[0])[:, None]
    found = shrink(values, 800)
    assert max(found.shape) <= 800
    assert found.mean() == pytest.approx(values.mean(), abs=0.1)
    assert found[0].mean() <= found[-1].mean()
    assert picture(greys(found, 0, 1), 250, size, (0, 0, 1, 1)).width <= 252


def test_a_blurred_photo_stays_grey_and_an_edge_is_signed():
    assert limit_of(convolve(PHOTO, "box-blur"), True) is None
    edges = convolve(PHOTO, "sobel-x")
    assert 0 < limit_of(edges, True) < np.abs(edges.result).max()
    small = convolve(SMALL, "sobel-x")
    assert limit_of(small, False) == np.abs(small.result).max()
    assert not is_small(PHOTO)


def test_gif(tmp_path):
    frames = list(convolution_frames(convolve(SMALL, "sobel-x"), False))
    frames.append(frames[0].crop((0, 0, 200, 100)))
    save_gif(frames, tmp_path / "a.gif", 100, last=700)
    with Image.open(tmp_path / "a.gif") as read:
        assert read.n_frames == len(frames)
        assert read.info["loop"] == 0
        for place, frame in enumerate(frames[:-1]):
            read.seek(place)
            assert read.info["duration"] == 100
            shown, drawn = np.asarray(read.convert("RGB")).astype(int), np.asarray(frame).astype(int)
            assert np.abs(shown - drawn).max() <= 64  # of letters' soft edges
            assert np.abs(shown - drawn).mean() < 0.5
            kept = (drawn == 255).all(axis=2) | (drawn == MARK).all(axis=2)
            np.testing.assert_array_equal(shown[kept], drawn[kept])  # white is white, and the outline orange
        read.seek(len(frames) - 1)
        assert read.info["duration"] == 700
        assert np.asarray(read.convert("RGB"))[150:].min() == 255  # nothing of the frame before


def test_result_picture_of_a_matrix(tmp_path):
    convolution = convolve(SMALL, "vertical-edge")
    pooling = pool(convolution.result)
    figure = plot_convolution(convolution, pooling, tmp_path / "r.png", kernel_name="vertical-edge")
    titled = {axes.get_title(): axes for axes in figure.axes if axes.get_title()}
    assert list(titled) == [
        "input 5 x 6",
        "kernel vertical-edge 3 x 3",
        "feature map 3 x 4",
        "max pooled 1 x 2",
    ]
    texts = [text.get_text() for text in titled["feature map 3 x 4"].texts]
    assert texts == [short(value) for value in convolution.result.flat]
    low, high = titled["feature map 3 x 4"].images[0].get_clim()
    assert low == -high == -np.abs(convolution.result).max()  # white is zero
    with Image.open(tmp_path / "r.png") as read:
        assert read.width > 800


def test_result_picture_of_colours():
    image = np.random.default_rng(0).integers(0, 256, (30, 900, 3)).astype(float)
    figure = plot_convolution(convolve(image, "sobel-x", flip=True), is_image=True)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles.count("kernel, turned 3 x 3") == 1  # once for all channels
    assert "feature map, channel 2, 28 x 898" in titles
    assert max(axes.images[0].get_array().shape[1] for axes in figure.axes if axes.images) <= 800
    wide = plot_convolution(convolve(np.ones((20, 20)), np.ones((13, 13))))
    assert "kernel 13 x 13" in [axes.get_title() for axes in wide.axes]
