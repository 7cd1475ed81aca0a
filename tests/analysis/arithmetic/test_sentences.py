"""What is said of a cell is true: the text, and the plain numbers, give the value when computed again."""

import json
import math
import re

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens.analysis.arithmetic import as_dict, convolve, count_numbers, pool, sentences
from convolens.errors import ArgumentError

WHOLE = st.integers(-99, 99)


@given(
    st.lists(st.lists(WHOLE, min_size=4, max_size=4), min_size=3, max_size=5),
    st.lists(st.lists(WHOLE, min_size=2, max_size=2), min_size=2, max_size=3),
    WHOLE,
    st.sampled_from([None, "relu"]),
)
def test_the_text_of_a_cell_computes_to_its_value(image, kernel, bias, activation):
    found = convolve(image, kernel, bias=bias, activation=activation)
    for row, column in np.ndindex(*found.sliding.places):
        text = sentences.cell_text(found, found.cell(row, column))
        where, steps = text.split(": ", 1)
        assert where == f"({row},{column})"
        products, *rest = re.split(r" = |; ", steps)
        total = eval(products)  # "5*-1 + 1*0" is Python too
        assert total == int(rest[0])
        if bias:
            assert (rest[1], int(rest[2])) == (f"+ bias {bias}", total + bias)
        if activation:
            assert rest[-1] == f"relu: {max(total + bias, 0)}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-12.0, "-12"),
        (1 / 3, "0.33333"),
        (1e20, "1e+20"),
        (math.nan, "."),
        (-2.5, "-2.5"),
    ],
)
def test_numbers(value, text):
    assert sentences.number(value) == text


def test_channels_are_named():
    image = np.arange(8).reshape(2, 2, 2)
    summed = convolve(image, np.ones((1, 1, 2, 1)))
    assert sentences.cell_text(summed, summed.cell(1, 0)) == "(1,0): [channel 0: 4*1] + [channel 1: 5*1] = 9"
    each = convolve(image, [[2]])
    assert sentences.cell_text(each, each.cell(1, 0, 1)) == "(1,0) channel 1: 5*2 = 10"


def test_padding_in_words():
    def words(padding, strides=1, size=(5, 5)):
        return sentences.sliding_text(convolve(np.ones(size), np.ones((3, 3)), strides, padding).sliding)

    assert words("valid") == "stride 1, padding valid"
    assert words("same") == "stride 1, padding same (1 on each side)"
    assert words("same", 2, (4, 5)) == "stride 2, padding same (1 below, 1 left, 1 right)"
    assert words("same", (2, 1), (3, 3)) == "stride 2 x 1, padding same (1 on each side)"
    assert words(0) == "stride 1, padding 0"
    assert words((1, 2)) == "stride 1, padding 1 above, 1 below, 2 left, 2 right"


def test_pooling_leaves_padding_out():
    pooling = pool([[5, 1], [3, 4]], "average", 2, 1, padding=(1, 0, 0, 0))
    assert sentences.pooling_text(pooling, pooling.cell(0, 0)) == "(0,0): average(5, 1) = 3"


@settings(max_examples=50)
@given(st.integers(1, 3), st.integers(1, 2), st.sampled_from([None, "max", "average"]), st.booleans())
def test_plain_numbers_are_whole(channels, strides, kind, per_channel):
    generator = np.random.default_rng(0)
    kernel = generator.normal(size=(2, 2)) if per_channel else generator.normal(size=(2, 2, channels, 2))
    found = convolve(generator.normal(size=(5, 4, channels)), kernel, strides, "same", bias=0.5)
    pooling = pool(found.result, kind, 2, 1, 1) if kind else None
    plain = json.loads(json.dumps(as_dict(found, pooling), allow_nan=False))
    np.testing.assert_array_equal(plain["feature_map"]["values"], found.result)
    np.testing.assert_array_equal(plain["input"]["values"], found.image)
    assert len(plain["cells"]) == found.result.size
    for cell in plain["cells"]:
        assert cell["value"] == found.result[cell["row"], cell["column"], cell["channel"]]
        assert math.fsum(np.ravel(cell["products"])) + cell["bias"] == pytest.approx(cell["value"])
    if pooling is not None:
        assert len(plain["pooling"]["cells"]) == pooling.result.size
        for cell in plain["pooling"]["cells"]:
            counted = [value for row in cell["values"] for value in row if value is not None]
            expected = max(counted) if kind == "max" else sum(counted) / len(counted)
            assert cell["value"] == pytest.approx(expected)
    numbers = len(re.findall(r"-?\d[\d.e+-]*", json.dumps(plain)))
    assert 0.5 * numbers < count_numbers(found, pooling) < 2 * numbers + 50


def test_one_cell_in_plain_numbers():
    found = convolve(np.ones((90, 80)), "edge")
    plain = as_dict(found, cell=(3, 70))
    assert "values" not in plain["input"]
    assert plain["feature_map"]["shape"] == [88, 78, 1]
    assert [(cell["row"], cell["column"]) for cell in plain["cells"]] == [(3, 70)]
    with pytest.raises(ArgumentError, match=r"the output has 88 x 78 cells .* received \(88, 0\)"):
        as_dict(found, cell=(88, 0))
