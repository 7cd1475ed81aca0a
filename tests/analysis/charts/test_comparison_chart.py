"""The chart's areas are the parameters, and no name lies on another."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from convolens.analysis import Point, plot_comparison
from convolens.errors import ArgumentError


def boxes(figure):
    """Return the boxes of the names, and of the axes, in pixels."""
    axes, renderer = figure.axes[0], figure.canvas.get_renderer()
    names = [text for text in axes.texts if text.get_text()]
    return [text.get_window_extent(renderer) for text in names], axes.get_window_extent(renderer)


networks = st.lists(
    st.builds(
        Point,
        name=st.sampled_from(["a", "conv-model", "mobilenet-v3-large-with-a-long-name-indeed"]),
        multiply_accumulates=st.floats(1e3, 1e12) | st.sampled_from([1e6, 1.01e6]),
        accuracy=st.floats(0, 1) | st.sampled_from([0.5, 0.5001]),
        parameters=st.integers(1, 10**9),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=20)
@given(networks)
def test_no_name_lies_on_another_or_outside(points):
    names, frame = boxes(plot_comparison(points))
    assert len(names) == len(points)
    for number, box in enumerate(names):
        assert box.x0 >= frame.x0
        assert box.x1 <= frame.x1
        assert box.y0 >= frame.y0
        assert box.y1 <= frame.y1
        assert not any(box.overlaps(other) for other in names[number + 1 :])


@settings(max_examples=8)
@given(networks)
def test_areas_are_in_proportion_and_places_are_true(points):
    axes = plot_comparison(points).axes[0]
    circles = axes.collections[0]
    parameters = np.array([point.parameters for point in points], float)
    np.testing.assert_allclose(circles.get_sizes() / max(circles.get_sizes()), parameters / parameters.max())
    places = [(point.multiply_accumulates, 100 * point.accuracy) for point in points]
    np.testing.assert_allclose(circles.get_offsets(), places)
    legend = axes.get_legend()
    sizes = {
        text.get_text(): handle.get_markersize() ** 2
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    scale = max(circles.get_sizes()) / parameters.max()
    for words, area in sizes.items():
        number, _, letter = words.partition(" ")
        size = float(number) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[letter]
        assert area == pytest.approx(scale * size)


@pytest.mark.parametrize(("high", "scale"), [(7e6, "linear"), (9e6, "log")])
def test_a_large_range_is_logarithmic(high, scale):
    axes = plot_comparison([Point("a", 1e6, 0.5, 10), Point("b", high, 0.6, 20)]).axes[0]
    assert axes.get_xscale() == scale


def test_the_file(tmp_path):
    plot_comparison([Point("a", 1e6, 0.5, 10)], tmp_path / "new" / "c.png")
    assert Image.open(tmp_path / "new" / "c.png").size == (840, 520)


def test_what_cannot_be_drawn():
    with pytest.raises(ArgumentError, match="there is no network to draw"):
        plot_comparison([])
    with pytest.raises(ArgumentError, match="a has 0 multiply-accumulates and 5 parameters"):
        plot_comparison([Point("a", 0, 0.5, 5)])
