"""Functions in a graph, written and read: every one of Keras' operations that is here, both ways."""

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.ops import core as ops_core
from keras.src.ops import image as ops_image
from keras.src.ops import linalg as ops_linalg
from keras.src.ops import math as ops_math
from keras.src.ops import nn as ops_nn
from keras.src.ops import numpy as ops_numpy

import convolens
import convolens.tensorflow as tf
from convolens import backend as K
from convolens.errors import ArgumentError, UnknownNameError
from convolens.layers.calls.symbols import leaves, mapped
from convolens.models import Model, clone_model, load_model, model_from_json
from convolens.models.graph.operations import kinds
from operation_calls import CALLS, IMAGE_CALLS, default_calls

# How many of the calls can be drawn and read by Keras: its clip writes no arrays, its hypot takes no numbers, its repeat reads no list, its softmax as a
# layer takes one axis; of one argument, where has no shape.
FEWER = {"clip": 1, "hypot": 1, "log_softmax": 3, "repeat": 2, "softmax": 3, "where": 1}
# Functions that Keras has as operations and that are not written: what runs programs, what cannot be drawn on symbols (whole numbers,
# matrices that have an inverse, sizes that follow from values), and what differs.
NOT_WRITTEN = {
    "arange", "bitwise_and", "bitwise_or", "bitwise_xor", "cholesky", "cond", "conv_transpose", "convert_to_tensor", "einsum",
    "fft", "fft2", "fori_loop", "full", "ifft2", "inv", "linspace", "map", "meshgrid", "multi_hot", "ndim", "nonzero", "scan",
    "scatter_update", "size", "slice", "slice_update", "solve", "svd", "switch", "trace", "unique", "while_loop",
}  # fmt: skip
OPERATORS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: (x + y, 1 + x, x - y, 1 - x, x * 2, 2 / (x + 1), x / 255.0, -x, abs(x)),
    lambda x, y: (x**2, 2**x, x // 0.3, x % 0.3, x @ y, x > y, x >= 0.5, x < y, x <= 0.5),
    lambda x, y: (x[1], x[:, 0], x[..., None, 1:], x[:, ::2, -1], x * np.ones((3, 3), "float32")),
]
X, Y = np.random.default_rng(3).random((2, 4, 3, 3), np.float32)


def drawn(kit: Any, name: str) -> tuple[Any, list[np.ndarray]]:
    """Return a model of the calls of a function, whose arrays are inputs, and the arrays."""
    room = kit.ops.image if name in IMAGE_CALLS else kit.ops
    called = kinds()[name].called
    inputs: list[Any] = []
    arrays: list[np.ndarray] = []
    results: list[Any] = []

    def symbol(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray):
            return leaf
        arrays.append(leaf.astype("float32"))
        inputs.append(kit.Input(batch_shape=leaf.shape))
        return inputs[-1] if leaf.dtype == np.float32 else kit.ops.cast(inputs[-1], leaf.dtype.name)

    calls = {**CALLS, **IMAGE_CALLS}.get(name) or default_calls(name)
    for call in calls[: FEWER.get(name)]:
        given = [
            mapped(symbol, value) if place < len(called) or name == "average" else value
            for place, value in enumerate(call)
        ]
        results += leaves(getattr(room, name)(*given))
    return kit.Model(inputs[0] if len(inputs) == 1 else inputs, results), arrays


def outputs(model: Any, arrays: list[np.ndarray]) -> list[np.ndarray]:
    found = model(arrays if len(arrays) > 1 else arrays[0])
    return [
        np.asarray(keras.ops.convert_to_numpy(one))
        for one in (found if isinstance(found, (list, tuple)) else [found])
    ]


def assert_same(made: list[np.ndarray], wanted: list[np.ndarray]) -> None:
    assert len(made) == len(wanted)
    for one, other in zip(made, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", sorted(set(kinds()) - {"get_item"}))
def test_each_operation_goes_to_keras_and_comes_from_it(name: str, tmp_path: Path) -> None:
    ours, arrays = drawn(convolens, name)
    theirs, _ = drawn(keras, name)
    wanted = outputs(theirs, arrays)
    assert_same(outputs(ours, arrays), wanted)
    for model, ending in ((ours, "ours"), (theirs, "theirs")):
        file = tmp_path / f"{ending}.keras"
        model.save(file)
        assert_same(outputs(keras.saving.load_model(file), arrays), wanted)
        loaded = load_model(file)
        assert_same(outputs(loaded, arrays), wanted)
        assert_same(outputs(model_from_json(loaded.to_json()), arrays), wanted)  # what was read is written


def test_every_function_that_keras_has_as_an_operation_is_written_or_said_not_to_be() -> None:
    theirs = {
        name.lower()
        for module in (ops_numpy, ops_nn, ops_math, ops_linalg, ops_core, ops_image)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, keras.Operation)
    }
    rooms = dict.fromkeys(dir(convolens.ops), convolens.ops) | dict.fromkeys(
        convolens.ops.image.__all__, convolens.ops.image
    )
    names = {getattr(room, name).__name__ for name, room in rooms.items()}  # once where it has several
    ours = {name for name in names if name.replace("_", "") in theirs}
    assert ours - kinds().keys() == NOT_WRITTEN
    for kind in kinds().values():
        assert hasattr(importlib.import_module(kind.module), kind.class_name)


@pytest.mark.parametrize("place", range(len(OPERATORS)))
@pytest.mark.parametrize("kit", [convolens, keras])
def test_operators_are_written_and_read(place: int, kit: Any, tmp_path: Path) -> None:
    inputs = kit.Input((3, 3)), kit.Input((3, 3))
    model = kit.Model(list(inputs), list(OPERATORS[place](*inputs)))
    wanted = [np.asarray(one) for one in OPERATORS[place](X, Y)]
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")  # where Keras does not find its own operations
    for loaded in (
        load_model(tmp_path / "model.h5"),
        load_model(tmp_path / "model.keras"),
        keras.saving.load_model(tmp_path / "model.keras"),
        model_from_json(model.to_json()),
        Model.from_config(json.loads(json.dumps(model.get_config()))),
    ):
        assert_same(outputs(loaded, [X, Y]), wanted)


def test_a_program_of_a_graph_is_kept_with_its_weights(tmp_path: Path) -> None:
    x = inputs = convolens.Input((4, 4, 3))
    x = convolens.layers.Conv2D(3, 3, padding="same")(x / 255.0) + x
    x = convolens.ops.concatenate([convolens.ops.mean(x, (1, 2)), convolens.ops.max(x, axis=(1, 2))], axis=-1)
    model = convolens.Model(inputs, convolens.layers.Dense(2)(convolens.ops.relu(x)))
    model.compile("sgd", "mse")
    images = np.random.default_rng(1).random((8, 4, 4, 3), np.float32)
    best = convolens.callbacks.ModelCheckpoint(tmp_path / "best.keras")
    model.fit(images, images[:, 0, 0, :2], verbose=0, callbacks=[best])
    wanted = model.predict(images, verbose=0)
    copy = clone_model(model)
    copy.set_weights(model.get_weights())
    for other in (
        load_model(tmp_path / "best.keras"),
        keras.saving.load_model(tmp_path / "best.keras"),
        copy,
    ):
        np.testing.assert_allclose(other.predict(images, verbose=0), wanted, atol=1e-5)


def test_functions_of_tf_and_of_the_backend_are_written_as_those_that_they_are_made_of() -> None:
    x = convolens.Input((3, 3))
    for y, kinds_of_steps in (
        (tf.concat([x, tf.transpose(x, [0, 1, 2])], -1), ["Transpose", "Concatenate"]),
        (tf.nn.leaky_relu(tf.expand_dims(x, 1, name="more"), 0.1), ["ExpandDims", "LeakyRelu"]),
        (K.permute_dimensions(K.clip(K.pow(x, 2), 0.1, 0.9), (0, 2, 1)), ["Power", "Clip", "Transpose"]),
    ):
        model = convolens.Model(x, y)
        assert [layer["class_name"] for layer in model.get_config()["layers"]] == [
            "InputLayer",
            *kinds_of_steps,
        ]
        assert_same(outputs(model_from_json(model.to_json()), [X]), outputs(model, [X]))


def test_a_function_of_ones_own_is_cloned_and_not_written() -> None:
    x = convolens.Input((3,))
    model = convolens.Model(x, convolens.layers.operation.on_symbols(lambda t, by: t * by)(x, by=3.0))
    np.testing.assert_array_equal(clone_model(model).predict(X[0], verbose=0), 3 * X[0])
    with pytest.raises(ArgumentError, match="a function in a graph is a program, which no file holds"):
        model.to_json()


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda x: convolens.ops.relu(x, alpha=0.1), "Keras' Relu has no alpha, so no file holds it"),
        (lambda x: convolens.ops.clip(x, None, x), "a function in a graph is a program"),
        (lambda x: x[:, [0, 1]], "Keras takes no lists and arrays as a place"),
        (
            lambda x: x * convolens.tensor.Variable([1.0, 2.0, 3.0]),
            "takes a variable, which no description holds",
        ),
        (lambda x: convolens.layers.Lambda(convolens.ops.relu)(x), "a function in a graph is a program"),
    ],
)
def test_what_has_no_written_form_says_so(draw: Callable[[Any], Any], says: str) -> None:
    x = convolens.Input((3,))
    with pytest.raises(ArgumentError, match=says):
        convolens.Model(x, draw(x)).get_config()


def told(**changes: Any) -> str:
    """Return the JSON of a model of one operation, something in it changed."""
    x = convolens.Input((3,))
    description = json.loads(
        convolens.Model(
            x, convolens.ops.multiply(convolens.ops.mean(x, 1, True), np.ones(3, "float32"))
        ).to_json()
    )
    operation = description["config"]["layers"][changes.pop("layer", 1)]
    operation["config"] |= changes.pop("config", {})
    operation |= changes
    return json.dumps(description)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"class_name": "Maen"}, UnknownNameError, "unknown operation 'Maen'. Did you mean 'Mean'?"),
        ({"module": "keras.src.ops.core", "class_name": "Map"}, UnknownNameError, "unknown operation 'Map'"),
        ({"module": "os", "class_name": "system"}, UnknownNameError, "unknown layer class 'system'"),
        ({"class_name": "Lambda", "module": "keras.layers"}, UnknownNameError, "none is run from a file"),
        ({"config": {"dtype": "int8"}}, ArgumentError, "Mean 'mean' with dtype='int8' is not supported"),
        (
            {"class_name": "TFOpLambda", "config": {"function": "io.read_file"}},
            UnknownNameError,
            "runs tf.io.read_file, which is not read",
        ),
    ],
)
def test_a_description_of_something_else_is_refused(
    changes: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as raised:
        model_from_json(told(**changes))
    assert says in str(raised.value)


def test_an_array_of_objects_is_refused() -> None:
    with pytest.raises(ArgumentError, match="an array of 'object'; expected numbers"):
        model_from_json(
            told(layer=2).replace('"dtype": "float32"}}], "kwargs"', '"dtype": "object"}}], "kwargs"')
        )


def test_a_description_of_huge_results_takes_no_memory() -> None:
    x = convolens.Input((3,))
    json_string = (
        convolens.Model(x, convolens.ops.tile(x, (1, 2))).to_json().replace("[1, 2]", "[1, 1000000000000]")
    )
    assert model_from_json(json_string).output_shape == (None, 3_000_000_000_000)
