"""`keras.utils.layer_utils`: what programs of Keras 1 and 2 ask of layers, under all names of it."""

import importlib

import numpy as np
import pytest

import convolens as keras
from convolens.errors import ArgumentTypeError
from convolens.layers import Conv2D, Dense, Flatten, Input, add
from convolens.missing.place import place_of
from convolens.utils import layer_utils


def test_sources_are_found_once_each() -> None:
    a, b = Input((4,)), Input((4,))
    shared = Dense(4)
    end = add([shared(a), shared(b), shared(a)])
    assert [id(one) for one in keras.utils.get_source_inputs(end)] == [id(a), id(b)]
    assert isinstance(end, keras.KerasTensor)
    with pytest.raises(ArgumentTypeError, match="get_source_inputs: expected a symbolic tensor"):
        layer_utils.get_source_inputs(np.zeros(3))


def test_kernels_of_theano_give_what_theano_gave() -> None:
    model = keras.Sequential([Input((6, 7, 2)), Conv2D(3, (3, 2)), Flatten(), Dense(2)])
    before = model.get_weights()
    layer_utils.convert_all_kernels_in_model(model)
    after = model.get_weights()
    np.testing.assert_array_equal(after[0], before[0][::-1, ::-1])
    for one, other in zip(before[1:], after[1:], strict=True):
        np.testing.assert_array_equal(one, other)
    layer_utils.convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_counts_and_summaries() -> None:
    model = keras.Sequential([Input((2,)), Dense(3)])
    assert layer_utils.count_params(model.trainable_weights) == 9
    weight = np.zeros((2, 2))
    assert layer_utils.count_params([weight, weight]) == 4
    said: list[str] = []
    layer_utils.print_summary(model, line_length=70, print_fn=said.append)
    assert "Dense" in "".join(said)


def test_old_names_lead_here() -> None:
    for name in ("keras.utils.layer_utils", "tensorflow.python.keras.utils.layer_utils"):
        place = place_of(name)
        assert place is not None
        assert place.convert_all_kernels_in_model is layer_utils.convert_all_kernels_in_model
        assert place.to_categorical is keras.utils.to_categorical
    assert keras.utils.layer_utils.count_params is layer_utils.count_params
    assert keras.objectives.mean_squared_error is keras.losses.mean_squared_error
    assert keras.version() == importlib.import_module("keras").__version__.rpartition(".")[0] + ".0"
    with keras.name_scope("a"), keras.backend.name_scope("b"):
        pass
