"""The curves show each epoch where it was, and circle the best and the last."""

import math

import hypothesis.strategies as st
import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.colors import same_color
from PIL import Image

from convolens.analysis import plot_curves
from convolens.errors import ArgumentError, ShapeError, UnknownNameError, WriteError

HISTORY = {
    "loss": [2.0, 1.5, 1.0, 0.6],
    "accuracy": [0.2, 0.4, 0.6, 0.8],
    "val_loss": [2.1, 1.4, 1.6, 1.9],
    "val_accuracy": [0.3, 0.5, 0.55, 0.52],
    "learning_rate": [0.1, 0.1, 0.1, 0.1],
}


def line(axes, label):
    """(epochs, values) of the line whose label begins so, or None."""
    found = [item for item in axes.lines if str(item.get_label()).startswith(label)]
    assert len(found) <= 1
    return (list(found[0].get_xdata()), list(found[0].get_ydata())) if found else None


def circle(axes, label):
    """(epoch, value) of a circle, or None; its colour is checked."""
    found = [item for item in axes.lines if str(item.get_label()).startswith(f"{label}:")]
    if not found:
        return None
    (item,) = found
    assert item.get_marker() == "o"
    assert item.get_markerfacecolor() == "none"
    assert same_color(item.get_markeredgecolor(), {"best": "green", "last": "purple"}[label])
    return item.get_xdata()[0], item.get_ydata()[0]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_two_panels_with_circles_and_legend():
    loss, accuracy = plot_curves(HISTORY).axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy")
    assert loss.get_xlabel() == accuracy.get_xlabel() == "epoch"
    for axes, name in ((loss, "loss"), (accuracy, "accuracy")):
        assert line(axes, "training") == ([1, 2, 3, 4], HISTORY[name])
        assert line(axes, "validation") == ([1, 2, 3, 4], HISTORY[f"val_{name}"])
        assert circle(axes, "best") == (2, HISTORY[f"val_{name}"][1])
        assert circle(axes, "last") == (4, HISTORY[f"val_{name}"][3])
    assert legend(loss) == [
        "training",
        "validation",
        "best: epoch 2, val_loss 1.4",
        "last: epoch 4, val_loss 1.9",
    ]
    assert legend(accuracy)[2:] == ["best: epoch 2, val_accuracy 0.5", "last: epoch 4, val_accuracy 0.52"]


@pytest.mark.parametrize(
    ("arguments", "best"),
    [
        ({"monitor": "val_accuracy"}, 3),
        ({"monitor": "val_accuracy", "mode": "min"}, 1),
        ({"monitor": "val_loss", "mode": "max"}, 1),
        ({"monitor": "loss"}, 4),
        ({"monitor": "learning_rate"}, 1),
        ({"best_epoch": 3}, 3),
        ({"best_epoch": 3, "monitor": "nonsense"}, 3),
    ],
)
def test_which_is_best(arguments, best):
    for axes in plot_curves(HISTORY, **arguments).axes:
        assert circle(axes, "best")[0] == best


@settings(max_examples=15)
@given(
    values=st.lists(
        st.floats(-1e6, 1e6) | st.just(math.nan) | st.just(math.inf) | st.just(-math.inf),
        min_size=1,
        max_size=30,
    ),
    mode=st.sampled_from(["min", "max"]),
)
def test_best_is_the_first_of_the_finite_extremes(values, mode):
    figure = plot_curves({"loss": [1.0] * len(values), "val_loss": values}, mode=mode)
    finite = [value for value in values if math.isfinite(value)]
    drawn = circle(figure.axes[0], "best")
    if finite:
        extreme = (min if mode == "min" else max)(finite)
        assert drawn == (values.index(extreme) + 1, extreme)
    else:
        assert drawn is None
    assert circle(figure.axes[0], "last")[0] == len(values)
    figure.canvas.draw()  # whatever is in it


@pytest.mark.parametrize("epochs", [1, 2, 7, 25, 300])
def test_epochs_are_whole_numbers_within_the_picture(epochs):
    figure = plot_curves({"loss": list(np.linspace(2, 1, epochs))})
    figure.canvas.draw()
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    assert low < 1 <= epochs < high
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks
    assert all(tick == int(tick) >= 1 for tick in ticks if tick > 0.5)
    assert (axes.lines[0].get_marker() == ".") == (epochs <= 60)


def test_without_validation():
    (axes,) = plot_curves({"loss": [3.0, 1.0, 2.0]}).axes
    assert line(axes, "validation") is None
    assert circle(axes, "best") is None
    assert circle(axes, "last") == (3, 2.0)
    (axes,) = plot_curves({"loss": [3.0, 1.0, 2.0]}, monitor="loss").axes
    assert circle(axes, "best") == (2, 1.0)


def test_validation_of_some_epochs():
    history = {"loss": [6.0, 5.0, 4.0, 3.0, 2.0, 1.0], "val_loss": [3.0, 4.0]}
    (axes,) = plot_curves(history).axes
    assert line(axes, "validation") == ([5, 6], [3.0, 4.0])
    (axes,) = plot_curves(history, val_epochs=[3, 6]).axes
    assert line(axes, "validation") == ([3, 6], [3.0, 4.0])
    assert (circle(axes, "best"), circle(axes, "last")) == ((3, 3.0), (6, 4.0))
    (axes,) = plot_curves(history, val_epochs=[3, 6], best_epoch=4).axes
    assert circle(axes, "best") is None  # no validation there


@pytest.mark.parametrize("name", ["acc", "binary_accuracy", "sparse_categorical_accuracy"])
def test_accuracy_under_its_other_names(name):
    _, axes = plot_curves({"loss": [1.0], "val_loss": [1.0], name: [0.5], f"val_{name}": [0.4]}).axes
    assert axes.get_ylabel() == name.replace("_", " ")
    assert circle(axes, "last") == (1, 0.4)


def test_pixels_of_the_file(tmp_path):
    path = tmp_path / "new" / "folder" / "curves.png"
    figure = plot_curves(HISTORY, path)
    assert [item.name for item in path.parent.iterdir()] == ["curves.png"]
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    width, height = figure.canvas.get_width_height()
    assert pixels.shape == (height, width, 3)
    for color, epoch in (((0, 128, 0), 2), ((128, 0, 128), 4)):
        for axes, name in zip(figure.axes, ("val_loss", "val_accuracy"), strict=True):
            x, y = axes.transData.transform((epoch, HISTORY[name][epoch - 1]))
            row, column = height - round(y), round(x)
            around = pixels[row - 14 : row + 15, column - 14 : column + 15]
            assert (np.abs(around - color).max(axis=2) < 30).sum() > 30
    again = tmp_path / "again.png"
    plot_curves(HISTORY, again)
    assert again.read_bytes() == path.read_bytes()


def test_no_global_state():
    before = dict(matplotlib.rcParams)
    plot_curves(HISTORY)
    assert dict(matplotlib.rcParams) == before


def test_what_is_wrong_is_said(tmp_path):
    with pytest.raises(ArgumentError, match=r"no loss of any epoch; it has nothing\. Give History\.history"):
        plot_curves({})
    with pytest.raises(ArgumentError, match=r"no loss of any epoch; it has loss"):
        plot_curves({"loss": []})
    with pytest.raises(UnknownNameError, match=r"has no 'val_los'\. Did you mean 'val_loss'\?"):
        plot_curves(HISTORY, monitor="val_los")
    with pytest.raises(UnknownNameError, match=r"plot_curves: mode must be one of 'auto', 'min', 'max'"):
        plot_curves(HISTORY, mode="least")
    with pytest.raises(ArgumentError, match=r"best_epoch 5 is not in the history of 4 epochs; count from 1"):
        plot_curves(HISTORY, best_epoch=5)
    with pytest.raises(ArgumentError, match=r"best_epoch must be an integer of at least 1; received 0"):
        plot_curves(HISTORY, best_epoch=0)
    with pytest.raises(ShapeError, match=r"val_epochs has 1 epochs, but val_loss has 4 values"):
        plot_curves(HISTORY, val_epochs=[1])
    with pytest.raises(ArgumentError, match=r"curves\.svg: pictures are written as PNG"):
        plot_curves(HISTORY, tmp_path / "curves.svg")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match=r"cannot write .*curves\.png"):
        plot_curves(HISTORY, tmp_path / "file" / "curves.png")
