"""The picture of features: each class in its colour, odd names as they are."""

import numpy as np
import pytest
from PIL import Image

from convolens.analysis import plot_features
from convolens.analysis.charts.feature_picture import class_colours
from convolens.errors import ArgumentError, ShapeError


def test_each_class_is_drawn_once_a_panel(tmp_path):
    labels = np.arange(36) % 12
    names = [f"_class $^{i}" for i in range(12)]
    points = np.random.default_rng(0).normal(size=(36, 2))
    figure = plot_features({"PCA": points, "t-SNE": -points}, labels, names, tmp_path / "f.png", "Features")
    assert [axes.get_title() for axes in figure.axes] == ["PCA", "t-SNE"]
    for axes, sign in zip(figure.axes, (1, -1), strict=True):
        for number, drawn in enumerate(axes.collections):
            np.testing.assert_allclose(drawn.get_offsets(), sign * points[labels == number])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    assert Image.open(tmp_path / "f.png").size[0] > 1000


def test_colours_differ():
    for count in (1, 10, 11, 200):
        assert len(set(class_colours(count))) == count
    assert plot_features({"PCA": np.eye(2)}).legends == []


def test_what_makes_no_sense():
    with pytest.raises(ArgumentError, match="there are no points"):
        plot_features({})
    with pytest.raises(ShapeError, match=r"one a label; received \(2, 2\)"):
        plot_features({"PCA": np.eye(2)}, np.zeros(3, int), ["a"])
