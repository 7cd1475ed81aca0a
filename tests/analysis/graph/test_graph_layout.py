"""Whatever the graph: boxes never overlap, and no edge runs through a box."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from convolens.analysis.graph.graph_layout import layered


@st.composite
def graphs(draw):
    """Boxes of any size, and edges from earlier ones to later ones."""
    count = draw(st.integers(1, 14))
    sizes = draw(
        st.lists(st.tuples(st.integers(20, 200), st.integers(10, 60)), min_size=count, max_size=count)
    )
    pairs = [(start, end) for end in range(count) for start in range(end)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    return sizes, edges


def points(steps):
    """Follow an edge in small steps."""
    x = y = 0.0
    for kind, (to_x, to_y) in steps:
        for t in (place / 20 for place in range(21)):
            if kind == "L":
                yield x + t * (to_x - x), y + t * (to_y - y)
            elif kind == "C":
                half = (y + to_y) / 2
                across = x * (1 - t) ** 2 * (1 + 2 * t) + to_x * t**2 * (3 - 2 * t)
                down = y * (1 - t) ** 3 + 3 * half * t * (1 - t) + to_y * t**3
                yield across, down
        x, y = to_x, to_y


def inside(point, corner, size):
    slack = 0.01
    return all(
        low + slack < at < low + long - slack for at, low, long in zip(point, corner, size, strict=True)
    )


@given(graphs(), st.sampled_from([100.0, 300.0, 10_000.0]))
def test_nothing_overlaps(graph, longest):
    sizes, edges = graph
    layout = layered(sizes, edges, longest)
    rectangles = list(zip(layout.places, sizes, strict=True))
    for number, ((x, y), (width, height)) in enumerate(rectangles):
        assert x >= -0.01
        assert x + width <= layout.width + 0.01
        assert y >= -0.01
        assert y + height <= layout.height + 0.01
        for (other_x, other_y), (other_width, other_height) in rectangles[:number]:
            apart_across = x + width <= other_x or other_x + other_width <= x
            assert apart_across or y + height <= other_y or other_y + other_height <= y
    for (start, end), steps in zip(edges, layout.edges, strict=True):
        (x, y), (width, height) = rectangles[start]
        assert steps[0] == ("M", (pytest.approx(x + width / 2), pytest.approx(y + height)))
        (x, y), (width, _) = rectangles[end]
        assert steps[-1][1] == (pytest.approx(x + width / 2), pytest.approx(y))
        assert not any(inside(point, *box) for point in points(steps) for box in rectangles)


def test_a_chain_goes_on_in_another_column_and_branches_stay_together():
    sizes = [(50, 20)] * 40
    edges = [(place, place + 1) for place in range(39)]
    layout = layered(sizes, edges, 600)
    assert len({x for x, _ in layout.places}) == 4
    assert layout.height < 620
    skipping = layered(sizes, [*edges, (0, 39)], 600)
    assert skipping.height > 1500, "an edge over everything cannot be cut"


def test_branches_are_side_by_side():
    layout = layered([(50, 20)] * 4, [(0, 1), (0, 2), (1, 3), (2, 3)], 1000)
    (top, left, right, bottom) = layout.places
    assert left[1] == right[1]
    assert top[0] == bottom[0] == pytest.approx((left[0] + right[0]) / 2)
