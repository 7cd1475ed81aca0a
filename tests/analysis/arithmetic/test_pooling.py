"""Pooling equals torch's and our own layers', and each cell is made of what lies below its window."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, reject, settings

from convolens import layers
from convolens.analysis.arithmetic import pool
from convolens.errors import ArgumentError, ShapeError, UnknownNameError

PAIRS = st.tuples(st.integers(1, 4), st.integers(1, 4))
SIZES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))
LECTURE = [
    [5, 1, 3, 5, 7, 9],
    [3, 4, 4, 0, 7, 8],
    [6, 1, 8, 6, 3, 4],
    [1, 3, 5, 8, 4, 6],
    [1, 1, 5, 3, 1, 2],
    [1, 2, 2, 6, 4, 6],
]


def noise(size):
    return np.random.default_rng(0).normal(size=size)


@given(SIZES, PAIRS, PAIRS, PAIRS, st.sampled_from(["max", "average"]))
def test_equal_to_torch(size, window, strides, padding, kind):
    padding = tuple(min(pad, w // 2) for pad, w in zip(padding, window, strict=True))  # torch's limit
    assume(not (any(window[i] > size[i] + 2 * padding[i] for i in (0, 1))))
    image = noise(size)
    x = torch.from_numpy(image).permute(2, 0, 1)[None]
    if kind == "max":
        expected = F.max_pool2d(x, window, strides, padding)
    else:
        expected = F.avg_pool2d(x, window, strides, padding, count_include_pad=False)
    found = pool(image, kind, window, strides, padding)
    np.testing.assert_allclose(found.result, expected[0].permute(1, 2, 0).numpy(), rtol=1e-6, atol=1e-12)


@given(SIZES, PAIRS, st.one_of(st.none(), PAIRS), st.sampled_from(["valid", "same"]), st.booleans())
def test_equal_to_our_layers(size, window, strides, padding, largest):
    assume(not (padding == "valid" and any(window[i] > size[i] for i in (0, 1))))
    image = noise(size).astype(np.float32)
    layer = (layers.MaxPooling2D if largest else layers.AveragePooling2D)(window, strides, padding)
    found = pool(image, "max" if largest else "average", window, strides, padding)
    np.testing.assert_allclose(found.result, layer(image[None])[0], rtol=1e-5, atol=1e-6)


@settings(max_examples=60)
@given(
    SIZES,
    PAIRS,
    PAIRS,
    st.sampled_from(["valid", "same", 1, (0, 1, 1, 0)]),
    st.sampled_from(["max", "average"]),
)
def test_each_cell_is_made_of_its_window(size, window, strides, padding, kind):
    try:
        found = pool(noise(size), kind, window, strides, padding)
    except (ShapeError, ArgumentError):
        reject()
    for place in np.ndindex(found.result.shape):
        cell = found.cell(*place)
        assert (cell.top, cell.left) == (place[0] * strides[0], place[1] * strides[1])
        assert cell.values.shape == window
        counted = cell.values[~np.isnan(cell.values)]
        expected = counted.max() if kind == "max" else counted.mean()
        assert cell.value == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_the_lectures_example():
    assert pool(LECTURE, "max", 2, 2).result[..., 0].tolist() == [[5, 5, 9], [6, 8, 6], [2, 6, 6]]
    assert pool(LECTURE).cell(0, 2).values.tolist() == [[7, 9], [7, 8]]
    assert pool(LECTURE, "average").result[..., 0].tolist()[0] == [3.25, 3.0, 7.75]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"pool_size": 7}, ShapeError, r"pool: a pooling window of 7 x 7 \(rows x columns\) is larger than the padded feature map of 6 x 6"),
        ({"pool_size": 0}, ArgumentError, r"pool: pool_size must be an integer of at least 1; received 0"),
        ({"strides": 0}, ArgumentError, r"pool: strides must be an integer of at least 1; received 0"),
        ({"padding": -1}, ArgumentError, r"pool: padding must be an integer of at least 0; received -1"),
        ({"padding": 2}, ArgumentError, r"padding must be smaller than the window of 2 x 2, or a window would hold nothing; received 2"),
        ({"kind": "mean"}, UnknownNameError, r"kind must be one of 'max', 'average'; received 'mean'"),
        ({"image": [[math.nan]]}, ArgumentError, r"pool: the input must be finite numbers"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(arguments, error, words):
    with pytest.raises(error, match=words):
        pool(**{"image": LECTURE, **arguments})


def test_cells_that_are_not_there():
    with pytest.raises(ArgumentError, match=r"the output has 3 x 3 cells .* received \(0, 3\)"):
        pool(LECTURE).cell(0, 3)
    with pytest.raises(ArgumentError, match=r"channel must be in 0\.\.0; received 2"):
        pool(LECTURE).cell(0, 0, 2)
