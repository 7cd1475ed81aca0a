"""InputSpec: what a layer's `input_spec` takes and refuses is what Keras takes and refuses."""

from typing import Any

import keras as real_keras
import numpy as np
import pytest

import convolens
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError

SPECS: list[Any] = [
    {"ndim": 4},
    {"min_ndim": 3},
    {"max_ndim": 3},
    {"axes": {-1: 3}},
    {"axes": {1: None, -1: 5}},
    {"shape": (None, 5)},
    {"shape": (2, None, 3)},
    {"shape": (2, 5, 1), "allow_last_axis_squeeze": True},
    {"min_ndim": 2, "axes": {1: 5}},
]
SHAPES = [(2, 5), (2, 5, 3), (2, 4, 5, 3), (2, 5, 1), (3, 5, 3), (2, 3, 6, 5)]


def passing(kit: Any) -> Any:
    class Passing(kit.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs

        def compute_output_shape(self, input_shape: Any) -> Any:
            return input_shape

    return Passing()


def takes(layer: Any, x: Any) -> bool:
    try:
        layer(x)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("words", SPECS, ids=str)
def test_the_same_shapes_are_taken(words: dict[str, Any]) -> None:
    ours, theirs = passing(convolens), passing(real_keras)
    ours.input_spec, theirs.input_spec = convolens.InputSpec(**words), real_keras.InputSpec(**words)
    expected = [takes(theirs, np.zeros(shape, "float32")) for shape in SHAPES]
    assert [takes(ours, np.zeros(shape, "float32")) for shape in SHAPES] == expected
    assert [takes(ours, convolens.Input(batch_shape=shape)) for shape in SHAPES] == expected
    ours.input_spec = [ours.input_spec]
    assert [takes(ours, np.zeros(shape, "float32")) for shape in SHAPES] == expected
    again = convolens.InputSpec.from_config(ours.input_spec[0].get_config())
    assert again.get_config() == ours.input_spec[0].get_config()


def test_a_network_checks_photos_in_keras_order() -> None:
    layer = passing(convolens)
    model = convolens.Sequential([convolens.Input((None, None, 3)), layer])
    layer.input_spec = convolens.layers.InputSpec(axes={1: 4, -1: 3})
    assert model.predict(np.zeros((2, 4, 6, 3), "float32"), verbose=0).shape == (2, 4, 6, 3)
    with pytest.raises(
        ShapeError, match=r"input of shape \(None, 6, 4, 3\); its input_spec expects axis 1 of size 4"
    ):
        model.predict(np.zeros((2, 6, 4, 3), "float32"), verbose=0)


def test_several_inputs_and_what_cannot_be() -> None:
    layer = convolens.layers.Add()
    layer.input_spec = [convolens.InputSpec(ndim=2), convolens.InputSpec(ndim=2)]
    x = np.zeros((2, 3), "float32")
    assert takes(layer, [x, x])
    with pytest.raises(ShapeError, match="received 3 inputs; its input_spec expects 2"):
        layer([x, x, x])
    with pytest.raises(ArgumentTypeError, match="axes must be a dict"):
        convolens.InputSpec(axes=[3])
    with pytest.raises(ArgumentError, match="axes has axis 4; expected at most 1"):
        convolens.InputSpec(ndim=2, axes={4: 3})
