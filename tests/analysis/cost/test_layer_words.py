"""Layers in words become the layers that are meant, and a wrong word is named."""

import pytest

from convolens import layers
from convolens.analysis.cost.layer_words import is_layers, parse_layers
from convolens.errors import ArgumentError, ShapeError, UnknownNameError


def test_every_form():
    model = parse_layers(
        "conv 8 3x5 stride 2x1 valid, MAXPOOL 3 stride 1 same, avgpool 2, conv 4 1, globalavgpool, dense 3",
        (31, 24, 2),
    )
    first, pool, average, one, _, dense = model.layers
    assert (first.filters, first.kernel_size, first.strides, first.padding) == (8, (3, 5), (2, 1), "valid")
    assert (pool.pool_size, pool.strides, pool.padding) == ((3, 3), (1, 1), "same")
    assert (average.pool_size, average.strides, average.padding) == ((2, 2), (2, 2), "valid")
    assert one.padding == "same"
    assert isinstance(dense, layers.Dense)
    assert [layer.output_shape[1:] for layer in model.layers] == [
        (15, 20, 8), (15, 20, 8), (7, 10, 8), (7, 10, 4), (4,), (3,)
    ]  # fmt: skip
    assert parse_layers("flatten, dense 2", (4, 4, 3)).output_shape == (None, 2)
    assert parse_layers("dense 2", (4,)).output_shape == (None, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "conv",
            r"LAYERS, layer 1 \('conv'\): FILTERS must be a whole number of at least 1; received nothing\.",
        ),
        ("conv 0 3", "FILTERS must be a whole number of at least 1; received '0'"),
        ("conv 8", "KERNEL must be one whole number, or two .* received nothing"),
        ("conv 8 3x3x3", r"KERNEL must be .* received '3x3x3'\. Write: conv FILTERS KERNEL"),
        ("conv 8 -3", "KERNEL must be .* received '-3'"),
        ("conv 8 3 stride 1.5", "stride must be one whole number, .* received '1.5'"),
        ("conv 8 3 stride", "stride must be .* received nothing"),
        ("conv 8 3 padding -1", r"unexpected word 'padding'\."),
        ("conv 8 3 smae", r"unexpected word 'smae'\. Did you mean 'same'\?"),
        ("conv 8 3, maxpool", r"LAYERS, layer 2 \('maxpool'\): WINDOW must be"),
        ("dense 3 4", "unexpected word '4'. Write: dense UNITS"),
        ("flatten 2", "unexpected word '2'"),
        ("conv 8 3,", "LAYERS, layer 2: is empty; give conv FILTERS"),
        ("conv ⁸ 3", "FILTERS must be a whole number"),
    ],
)
def test_the_wrong_word_is_named(text, message):
    with pytest.raises(ArgumentError, match=message):
        parse_layers(text, (8, 8, 3))


def test_unknown_layers_and_shapes_that_do_not_fit():
    with pytest.raises(
        UnknownNameError, match=r"layer 2 \('flaten'\): unknown layer 'flaten'. Did you mean 'flatten'\?"
    ):
        parse_layers("conv 8 3, flaten", (8, 8, 3))
    with pytest.raises(
        ShapeError, match=r"layer 1 \('conv 8 9 valid'\): does not fit there: .* smaller than the window"
    ):
        parse_layers("conv 8 9 valid", (8, 8, 3))
    with pytest.raises(ShapeError, match=r"layer 2 \('conv 8 3'\): does not fit there"):
        parse_layers("dense 3, conv 8 3", (8,))


def test_what_is_meant_as_layers():
    assert not is_layers("conv-model")
    assert is_layers("Conv")
    assert is_layers("conw 3 3")
