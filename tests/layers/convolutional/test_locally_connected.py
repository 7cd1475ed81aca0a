"""LocallyConnected1D and 2D against sums written out, as Keras 2 has them; Keras 3 has none."""

import itertools
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens import Input, layers
from convolens.errors import ArgumentError, ShapeError
from convolens.models import Sequential, load_model

RANDOM = np.random.default_rng(0)


def written_out(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, size: Any, step: Any) -> np.ndarray:
    """Return tf.keras' local_conv: for each place, in rows, a kernel on what lies there, its values in the order of Keras' axes."""
    out = np.zeros((len(x), *bias.shape), np.float64)
    for number, place in enumerate(itertools.product(*map(range, bias.shape[:-1]))):
        window = tuple(slice(p * s, p * s + k) for p, s, k in zip(place, step, size, strict=True))
        seen = x[(slice(None), *window)].reshape(len(x), -1)
        out[(slice(None), *place)] = seen @ kernel[number] + bias[place]
    return out


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 2), st.tuples(*[st.integers(1, 3)] * 4), st.integers(1, 3), st.integers(1, 3))
def test_values_are_the_sums(axes: int, numbers: Any, channels: int, filters: int) -> None:
    size, step = numbers[:axes], numbers[2 : 2 + axes]
    kind: Any = layers.LocallyConnected1D if axes == 1 else layers.LocallyConnected2D
    layer = kind(filters, size, step)
    x = RANDOM.random((2, *(k + 2 for k in size), channels), np.float32)
    layer.build((None, *x.shape[1:]))
    kernel, bias = (RANDOM.random(w.shape, np.float32) for w in layer.get_weights())
    places = layer.compute_output_shape(x.shape)[1:-1]
    assert kernel.shape == (np.prod(places), np.prod(size) * channels, filters)
    assert bias.shape == (*places, filters)
    layer.set_weights([kernel, bias])
    np.testing.assert_allclose(layer(x), written_out(x, kernel, bias, size, step), rtol=1e-5)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_it_learns_and_is_saved(ending: str, tmp_path: Path) -> None:
    model = Sequential(
        [
            Input((6, 6, 2)),
            layers.LocallyConnected2D(3, 3, activation="relu", kernel_regularizer="l2"),
            layers.Reshape((-1, 3)),
            layers.LocallyConnected1D(2, 4, strides=4, use_bias=False),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    x, y = RANDOM.random((16, 6, 6, 2), np.float32), RANDOM.random((16, 1), np.float32)
    losses = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / f"model{ending}")
    read = load_model(tmp_path / f"model{ending}")
    np.testing.assert_array_equal(read.predict(x), model.predict(x))
    assert read.layers[0].kernel_regularizer is not None


def test_the_first_values_spread_as_those_of_keras() -> None:
    layer = layers.LocallyConnected2D(8, 3)
    layer.build((None, 10, 10, 4))
    kernel = layer.get_weights()[0]  # glorot_uniform of (64, 36, 8): the places count to both sides
    limit = np.sqrt(6 / (64 * 36 + 64 * 8))
    assert 0.95 * limit < np.abs(kernel).max() <= limit


def test_bad_input() -> None:
    with pytest.raises(
        ArgumentError, match=r'only padding="valid" and implementation=1 .*ZeroPadding2D before it pads'
    ):
        layers.LocallyConnected2D(3, 3, padding="same")
    with pytest.raises(ArgumentError, match="implementation=2"):
        layers.LocallyConnected1D(3, 3, implementation=2)
    with pytest.raises(ShapeError, match="the size of its inputs must be known"):
        layers.LocallyConnected2D(3, 3)(Input((None, 8, 3)))
    layer = layers.LocallyConnected1D(3, 3)
    layer.build((None, 8, 2))
    with pytest.raises(ShapeError, match=r"built for inputs of shape \(None, 8, 2\); received \(1, 9, 2\)"):
        layer(np.zeros((1, 9, 2), np.float32))
