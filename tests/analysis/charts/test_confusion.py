"""The table of mistakes shows each count in its place, and stays readable from 2 to 100 classes."""

import itertools
import warnings

import numpy as np
import pytest
from PIL import Image

from convolens.analysis import plot_confusion_matrix
from convolens.analysis.charts.pictures import shorten
from convolens.errors import ArgumentError, ShapeError


def random_matrix(classes):
    return np.random.default_rng(classes).integers(0, 2000, (classes, classes))


def names(classes):
    return [f"class {i}" for i in range(classes)]


def boxes(figure):
    """The extents, in pixels, of all texts that are drawn."""
    figure.canvas.draw()
    axes, bar = figure.axes
    texts = [*axes.get_xticklabels(), *axes.get_yticklabels(), *bar.get_yticklabels()]
    labels = [axes.xaxis.label, axes.yaxis.label, bar.yaxis.label]
    return [text.get_window_extent() for text in [*texts, *labels] if text.get_text()]


@pytest.mark.parametrize("classes", [1, 2, 3, 10, 30, 31, 100])
@pytest.mark.parametrize("length", [3, 60])
def test_all_texts_are_in_the_picture_and_apart(classes, length):
    named = [f"{i}".rjust(length, "w") for i in range(classes)]
    figure = plot_confusion_matrix(random_matrix(classes), named)
    width, height = figure.canvas.get_width_height()
    for box in boxes(figure):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width + 1
        assert box.y1 <= height + 1
    axes = figure.axes[0]
    for labels, low, high in (
        (axes.get_xticklabels(), "x0", "x1"),
        (axes.get_yticklabels()[::-1], "y0", "y1"),
    ):
        extents = [label.get_window_extent() for label in labels]
        assert all(getattr(a, high) <= getattr(b, low) + 0.5 for a, b in itertools.pairwise(extents))
    assert axes.yaxis.label.get_window_extent().x1 <= min(
        label.get_window_extent().x0 for label in axes.get_yticklabels()
    )
    assert axes.xaxis.label.get_window_extent().y1 <= min(
        label.get_window_extent().y0 for label in axes.get_xticklabels()
    )


@pytest.mark.parametrize("classes", [2, 10, 30])
def test_counts_stand_in_their_cells(classes):
    matrix = random_matrix(classes)
    axes = plot_confusion_matrix(matrix, names(classes)).axes[0]
    assert len(axes.texts) == classes**2
    for text in axes.texts:
        column, row = text.get_position()
        assert text.get_text() == str(matrix[row, column])
    assert [label.get_text() for label in axes.get_yticklabels()] == names(classes)
    assert axes.get_ylabel() == "true class"
    assert axes.get_xlabel() == "predicted class"


def test_numbers_fit_their_cells():
    figure = plot_confusion_matrix(np.full((12, 12), 12_345_678), names(12))
    figure.canvas.draw()
    axes = figure.axes[0]
    cell = axes.get_window_extent().width / 12
    assert max(text.get_window_extent().width for text in axes.texts) < cell


def test_no_numbers_above_thirty_classes():
    assert not plot_confusion_matrix(random_matrix(31), names(31)).axes[0].texts


def test_colour_is_the_share_of_the_row():
    axes = plot_confusion_matrix([[3, 1, 0], [0, 0, 0], [10, 10, 20]], names(3)).axes[0]
    expected = [[0.75, 0.25, 0], [0, 0, 0], [0.25, 0.25, 0.5]]
    np.testing.assert_allclose(axes.images[0].get_array(), expected)
    assert axes.images[0].get_clim() == (0.0, 1.0)


def test_names_are_text_and_no_formula(tmp_path):
    odd = ["$a_{$", "gr_$x^2$", "猫"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = plot_confusion_matrix(np.eye(3, dtype=int), odd, tmp_path / "m.png")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == odd


def test_file_and_its_pixels(tmp_path):
    path = tmp_path / "new" / "matrix.png"
    figure = plot_confusion_matrix([[5, 0], [0, 5]], ["cat", "dog"], path)
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB"))
    box = figure.axes[0].get_window_extent()
    height = pixels.shape[0]
    quarter = box.width / 4

    def at(x, y):
        return pixels[height - round(y), round(x)].astype(int)

    left_top = at(box.x0 + quarter / 2, box.y1 - quarter / 2)  # beside the number
    right_top = at(box.x1 - quarter / 2, box.y1 - quarter / 2)
    assert left_top.sum() < 300 < 700 < right_top.sum()


@pytest.mark.parametrize("longest", [5, 8, 20])
def test_shortened_names_keep_both_ends(longest):
    for length in range(30):
        name = "".join(chr(97 + i % 26) for i in range(length))
        short = shorten(name, longest)
        assert len(short) == min(length, longest)
        if length <= longest:
            assert short == name
        else:
            head, tail = short.split("…")
            assert name.startswith(head)
            assert name.endswith(tail)


def test_what_is_wrong_is_said():
    with pytest.raises(ShapeError, match=r"expected a matrix of shape \(3, 3\) for 3 class names.*\(2, 2\)"):
        plot_confusion_matrix(np.eye(2), names(3))
    with pytest.raises(ShapeError, match=r"received \(0,\)"):
        plot_confusion_matrix([], [])
    with pytest.raises(ArgumentError, match=r"counts must be finite and not negative"):
        plot_confusion_matrix([[1, -1], [0, 1]], names(2))
    with pytest.raises(ArgumentError, match=r"m\.jpg: pictures are written as PNG"):
        plot_confusion_matrix(np.eye(2), names(2), "m.jpg")
