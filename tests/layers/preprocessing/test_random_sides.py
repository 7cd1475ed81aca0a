"""RandomHeight and RandomWidth: sizes within their bounds, one for a batch, as Keras 2 has them."""

from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
from hypothesis import given

from convolens import Input, layers
from convolens.errors import ArgumentError, UnknownNameError
from convolens.models import Sequential, model_from_json

X = np.random.default_rng(0).random((3, 12, 10, 2), np.float32)
KINDS = [layers.RandomHeight, layers.RandomWidth]


@given(st.sampled_from(KINDS), st.floats(0, 0.99), st.floats(-0.9, 0), st.floats(0, 2), st.booleans())
def test_sizes_are_those_of_keras_2(kind: Any, u: float, low: float, high: float, pair: bool) -> None:
    layer = kind((low, high) if pair else -low)
    bounds = (low, high) if pair else (low, -low)
    size = layer.draw(np.full((3, 1), u), X.shape)
    share = 1 + bounds[0] + u * (bounds[1] - bounds[0])
    side = kind.side - 1
    assert abs(size[side] - X.shape[1 + side] * share) <= 1
    assert size[1 - side] == X.shape[2 - side]


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("kind", KINDS)
def test_images_are_resized_as_by_keras(kind: Any, interpolation: str) -> None:
    layer = kind((0.4, 0.4), interpolation)
    size = layer.draw(np.zeros((3, 1)), X.shape)
    theirs = keras.layers.Resizing(*size, interpolation=interpolation)(X)
    np.testing.assert_allclose(layer(X, training=True), theirs.numpy(), atol=1e-5)
    np.testing.assert_array_equal(layer(X, training=False), X)


def test_in_a_network_that_trains() -> None:
    model = Sequential(
        [Input((12, 10, 2)), layers.RandomHeight(0.3, seed=1), layers.RandomWidth(0.3), layers.Conv2D(2, 3),
         layers.GlobalAveragePooling2D()]
    )  # fmt: skip
    assert model.layers[1].output_shape == (None, None, None, 2)
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((3, 2)), verbose=0)
    again = model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_bad_input() -> None:
    with pytest.raises(ArgumentError, match="factor must be above -1; received"):
        layers.RandomHeight((-1, 0))
    with pytest.raises(ArgumentError, match=r"factor must be a number in \[-100, 100\]; received inf"):
        layers.RandomHeight(float("inf"))
    with pytest.raises(UnknownNameError, match="interpolation"):
        layers.RandomWidth(0.1, "cubic")
