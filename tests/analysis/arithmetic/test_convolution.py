"""The arithmetic equals torch's and our own layers', and each cell's steps add up to it."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given

from convolens import layers
from convolens.analysis.arithmetic import KERNELS, convolve
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError, UnknownNameError

LECTURE = [
    [5, 1, 3, 5, 7, 9],
    [3, 4, 4, 0, 7, 8],
    [6, 1, 8, 6, 3, 4],
    [1, 3, 5, 8, 4, 6],
    [1, 7, 5, 3, 1, 2],
    [7, 2, 2, 6, 4, 6],
]


def by_torch(image, kernel, strides, padding, dilation, bias):
    """The convolution (rows, columns, filters) that torch gives for (top, bottom, left, right) of zeros."""
    top, bottom, left, right = padding
    x = F.pad(torch.from_numpy(image).permute(2, 0, 1)[None], (left, right, top, bottom))
    weight = torch.from_numpy(kernel).permute(
        3, 2, 0, 1
    )  # (rows, columns, in, out) -> (out, in, rows, columns)
    result = F.conv2d(x, weight, torch.from_numpy(bias), stride=strides, dilation=dilation)
    return result[0].permute(1, 2, 0).numpy()


PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def cases(draw):
    """An image, a kernel that fits, and all the rest."""
    window, dilation, strides = draw(PAIRS), draw(PAIRS), draw(PAIRS)
    padding = draw(st.tuples(*[st.integers(0, 3)] * 4))
    least = [max(1, (window[i] - 1) * dilation[i] + 1 - padding[2 * i] - padding[2 * i + 1]) for i in (0, 1)]
    size = [n + draw(st.integers(0, 6)) for n in least]
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    image = generator.normal(size=(*size, channels)) * draw(st.sampled_from([1.0, 255.0, 1e-3]))
    kernel = generator.normal(size=(*window, channels, filters))
    return image, kernel, strides, padding, dilation, generator.normal(size=filters)


@given(cases())
def test_equal_to_torch(case):
    image, kernel, strides, padding, dilation, bias = case
    found = convolve(image, kernel, strides, padding, dilation, bias)
    np.testing.assert_allclose(
        found.result, by_torch(*case), rtol=1e-6, atol=1e-6 * np.abs(image).max(initial=0)
    )
    assert found.sliding.places == found.result.shape[:2]


@given(cases(), st.booleans())
def test_one_kernel_goes_over_each_channel_by_itself(case, flip):
    image, kernel, strides, padding, dilation, bias = case
    found = convolve(image, kernel[..., 0, 0], strides, padding, dilation, bias[0], flip=flip)
    laid = kernel[::-1, ::-1, :1, :1] if flip else kernel[..., :1, :1]
    for channel in range(image.shape[2]):
        expected = by_torch(
            image[..., channel : channel + 1], laid.copy(), strides, padding, dilation, bias[:1]
        )
        np.testing.assert_allclose(
            found.result[..., channel : channel + 1],
            expected,
            rtol=1e-6,
            atol=1e-6 * np.abs(image).max(initial=0),
        )


@given(cases(), st.sampled_from(["linear", "relu", "tanh", "softmax", "leaky_relu"]), st.booleans())
def test_the_steps_of_each_cell_add_up(case, activation, per_channel):
    image, kernel, strides, padding, dilation, bias = case
    kernel, bias = (kernel[..., 0, 0], bias[0]) if per_channel else (kernel, bias)
    found = convolve(image, kernel, strides, padding, dilation, bias, activation)
    top, _, left, _ = padding
    for place in np.ndindex(found.result.shape):
        cell = found.cell(*place)
        assert (cell.row, cell.column, cell.channel) == place
        for i, j in np.ndindex(cell.values.shape[:2]):
            row = cell.top + i * dilation[0] - top  # in the image without padding
            column = cell.left + j * dilation[1] - left
            inside = 0 <= row < image.shape[0] and 0 <= column < image.shape[1]
            channels = image[row, column] if inside else np.zeros(image.shape[2])
            expected = channels[place[2] : place[2] + 1] if per_channel else channels
            np.testing.assert_array_equal(cell.values[i, j], expected)
        np.testing.assert_array_equal(cell.products, cell.values * cell.weights)
        size = np.abs(cell.products).sum() + 1e-300
        assert abs(math.fsum(cell.products.flat) - cell.sum) <= 1e-12 * size
        if activation == "relu":
            assert cell.value == max(cell.sum + cell.bias, 0.0)
        if activation == "linear":
            assert cell.value == cell.sum + cell.bias


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    PAIRS,
    st.one_of(
        st.tuples(PAIRS, st.just((1, 1))), st.tuples(st.just((1, 1)), PAIRS)
    ),  # Keras takes one of both
    st.sampled_from(["same", "valid"]),
)
def test_equal_to_our_conv2d(size, window, steps, padding):
    strides, dilation = steps
    assume(not (padding == "valid" and any((window[i] - 1) * dilation[i] >= size[i] for i in (0, 1))))
    image = np.random.default_rng(1).normal(size=(*size, 2)).astype(np.float32)
    layer = layers.Conv2D(
        3, window, strides=strides, padding=padding, dilation_rate=dilation, activation="relu"
    )
    expected = layer(image[None])[0]
    kernel = layer.get_weights()[0]
    found = convolve(image, kernel, strides, padding, dilation, activation="relu")
    np.testing.assert_allclose(found.result, expected, rtol=1e-5, atol=1e-5)


def test_the_lectures_example():
    found = convolve(LECTURE, "prewitt-x")
    assert found.result[..., 0].tolist() == [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 5, -3, -3]]
    first = found.cell(0, 0)
    assert first.products[..., 0].tolist() == [[-5, 0, 3], [-3, 0, 4], [-6, 0, 8]]
    assert found.cell(0, 1).products[..., 0].tolist() == [[-1, 0, 5], [-4, 0, 0], [-1, 0, 6]]
    assert convolve(LECTURE, "prewitt-x", bias=1, activation="relu").result[2, :, 0].tolist() == [11, 7, 0, 0]


def test_the_lectures_stride_of_two_with_a_frame_of_zeros():
    matrix = [row[:5] for row in LECTURE[:5]]
    found = convolve(matrix, "identity", strides=2, padding=1)
    assert found.padded.shape == (7, 7, 1)
    assert [found.sliding.corner(0, column) for column in range(3)] == [(0, 0), (0, 2), (0, 4)]
    assert found.cell(0, 2).values[..., 0].tolist() == [[0, 0, 0], [5, 7, 0], [0, 7, 0]]
    assert found.result[..., 0].tolist() == [[5, 3, 7], [6, 8, 3], [1, 5, 1]]


def test_flip_turns_the_kernel_as_scipy_does():
    from scipy.signal import convolve2d

    image = np.random.default_rng(2).normal(size=(7, 8))
    kernel = np.random.default_rng(3).normal(size=(3, 2))
    np.testing.assert_allclose(
        convolve(image, kernel, flip=True).result[..., 0], convolve2d(image, kernel, "valid")
    )
    assert not np.allclose(convolve(image, kernel).result[..., 0], convolve2d(image, kernel, "valid"))


def test_integers_give_exact_integers():
    for name, rows in KERNELS.items():
        if all(float(weight).is_integer() for row in rows for weight in row):
            result = convolve(LECTURE, name).result
            np.testing.assert_array_equal(result, np.rint(result))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"kernel": np.ones((7, 2))}, ShapeError, r"convolve: a kernel of 7 x 2 \(rows x columns\) is larger than the padded input of 6 x 6; use a smaller kernel"),
        ({"dilation": 3}, ShapeError, r"kernel of 3 x 3 \(rows x columns\) \(it reaches over 7 x 7\) is larger"),
        ({"strides": 0}, ArgumentError, r"convolve: strides must be an integer of at least 1; received 0"),
        ({"strides": 1.5}, ArgumentError, r"strides must be an integer of at least 1; received 1\.5"),
        ({"strides": (1, 2, 3)}, ArgumentError, r"strides must be one integer or a pair"),
        ({"dilation": -1}, ArgumentError, r"dilation must be an integer of at least 1; received -1"),
        ({"padding": -1}, ArgumentError, r"padding must be an integer of at least 0; received -1"),
        ({"padding": (1, 2, 3)}, ArgumentError, r"padding must be 'valid', 'same', one integer, \(rows, columns\), or"),
        ({"padding": "some"}, UnknownNameError, r"padding must be one of 'valid', 'same'; received 'some'"),
        ({"padding": 10**5}, ArgumentError, r"the padded input would have 200,006 x 200,006 cells, more than"),
        ({"kernel": "sobl"}, UnknownNameError, r"unknown kernel 'sobl'\. Did you mean 'sobel"),
        ({"kernel": np.ones((3, 3, 3, 2))}, ShapeError, r"the kernel of shape \(3, 3, 3, 2\) is for 3 channels, but the input has 1"),
        ({"kernel": np.ones((3, 3, 1))}, ShapeError, r"the kernel must be \(rows, columns\) or .* received shape \(3, 3, 1\)"),
        ({"kernel": [[1, math.nan]]}, ArgumentError, r"the kernel must be finite numbers; received nan at \(0, 1\)"),
        ({"image": [[1, 2], [3]]}, ArgumentTypeError, r"the input must be numbers, with rows of one length; received list"),
        ({"image": [[1, math.inf]]}, ArgumentError, r"the input must be finite numbers; received inf at \(0, 1\)"),
        ({"image": [1, 2]}, ShapeError, r"the input must be a matrix .* received shape \(2,\)"),
        ({"image": np.ones((0, 3))}, ShapeError, r"not empty; received shape \(0, 3\)"),
        ({"bias": [1, 2]}, ShapeError, r"the bias must be one number or 1, one a channel of the result; received shape \(2,\)"),
        ({"bias": math.nan}, ArgumentError, r"the bias must be finite numbers"),
        ({"activation": "rleu"}, UnknownNameError, r"unknown activation 'rleu'\. Did you mean 'relu'"),
        ({"image": np.full((3, 3), 1e308)}, ArgumentError, r"the result is larger than a float64 can be"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(arguments, error, words):
    with pytest.raises(error, match=words):
        convolve(
            **{
                "image": LECTURE,
                "kernel": "edge" if "image" not in arguments else np.ones((1, 2)),
                **arguments,
            }
        )


def test_cells_that_are_not_there():
    found = convolve(LECTURE, "sobel-x")
    with pytest.raises(
        ArgumentError,
        match=r"the output has 4 x 4 cells \(rows x columns, counted from 0\); received \(4, 0\)",
    ):
        found.cell(4, 0)
    with pytest.raises(ArgumentError, match=r"row must be an integer of at least 0; received -1"):
        found.cell(-1, 0)
    with pytest.raises(ArgumentError, match=r"channel must be in 0\.\.0; received 1"):
        found.cell(0, 0, 1)
