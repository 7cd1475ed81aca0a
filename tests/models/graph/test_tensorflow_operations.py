"""Functions in a graph as tf.keras 2 wrote them: as its `Node.serialize` and `TFOpLambda.get_config` do, and as files of it show."""

from typing import Any

import numpy as np
import pytest

from convolens.errors import ArgumentError
from convolens.models import model_from_config
from convolens.models.graph.operations import kinds
from convolens.models.graph.tensorflow_operations import _FUNCTIONS

X, Y = np.random.default_rng(3).random((2, 2, 4, 3), np.float32)


def network(*steps: tuple[str, list[Any]]) -> Any:
    """Return a model of two inputs and of functions of TensorFlow, called one after another; the last gives its result."""
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "config": {"name": name, "batch_input_shape": [None, 4, 3]},
            "name": name,
            "inbound_nodes": [],
        }
        for name in ("x", "y")
    ]
    for function, call in steps:
        name = f"tf.{function}"
        kind = "SlicingOpLambda" if function.endswith("getitem") else "TFOpLambda"
        config = {"name": name, "trainable": True, "dtype": "float32", "function": function}
        layers.append({"class_name": kind, "config": config, "name": name, "inbound_nodes": [call]})
    config = {
        "name": "model",
        "layers": layers,
        "input_layers": [["x", 0, 0], ["y", 0, 0]],
        "output_layers": [[name, 0, 0]],
    }
    return model_from_config({"class_name": "Functional", "config": config})


ALL = {"start": None, "stop": None, "step": None}


@pytest.mark.parametrize(
    ("function", "call", "wanted"),
    [
        ("__operators__.add", ["x", 0, 0, {"y": ["y", 0, 0], "name": None}], X + Y),
        ("math.truediv", ["x", 0, 0, {"y": 255.0, "name": None}], X / 255),
        ("math.subtract", ["_CONSTANT_VALUE", -1, 1.0, {"y": ["x", 0, 0], "name": None}], 1 - X),
        ("math.multiply", ["x", 0, 0, {"y": [[[1.0, 2.0, 3.0]]]}], X * [1, 2, 3]),
        ("math.negative", ["x", 0, 0, {}], -X),
        ("math.pow", ["x", 0, 0, {"y": 2}], X**2),
        ("math.reduce_mean", ["x", 0, 0, {"axis": [1, 2], "keepdims": True}], X.mean((1, 2), keepdims=True)),
        ("nn.relu", ["x", 0, 0, {"name": None}], X),
        ("nn.bias_add", ["x", 0, 0, {"bias": [-1.0, 0.0, 1.0], "data_format": None}], X + np.array([-1, 0, 1])),
        ("concat", [["x", 0, 0, {"axis": -1}], ["y", 0, 0, {"axis": -1}]], np.concatenate([X, Y], -1)),
        ("expand_dims", ["x", 0, 0, {"axis": 1}], X[:, None]),
        ("compat.v1.transpose", ["x", 0, 0, {"perm": [0, 2, 1]}], X.transpose(0, 2, 1)),
        ("cast", ["x", 0, 0, {"dtype": "int32"}], X.astype("int32")),
        ("__operators__.getitem", ["x", 0, 0, {"slice_spec": [ALL, 0]}], X[:, 0]),
        ("__operators__.getitem", ["x", 0, 0, {"slice_spec": [{"class_name": "__ellipsis__"}, None, ALL | {"stop": 2}]}], X[..., None, :2]),
        ("__operators__.getitem", ["x", 0, 0, {"slice_spec": {"start": 1, "stop": None, "step": None}}], X[1:]),
    ],
)  # fmt: skip
def test_a_function_of_tensorflow_gives_its_values(
    function: str, call: list[Any], wanted: np.ndarray
) -> None:
    model = network((function, call))
    np.testing.assert_allclose(model.predict([X, Y], verbose=0), wanted, rtol=1e-6)


def test_functions_follow_each_other_and_are_written_in_keras_3s_words() -> None:
    model = network(
        ("math.multiply", ["x", 0, 0, {"y": 2.0}]),
        ("__operators__.add", ["tf.math.multiply", 0, 0, {"y": ["y", 0, 0]}]),
    )
    np.testing.assert_allclose(model.predict([X, Y], verbose=0), 2 * X + Y, rtol=1e-6)
    described = model.get_config()["layers"][-1]
    assert (described["module"], described["class_name"], described["name"]) == (
        "keras.src.ops.numpy",
        "Add",
        "tf.__operators__.add",
    )


@pytest.mark.parametrize("function", _FUNCTIONS)
def test_each_function_is_one_of_keras_3s_operations(function: str) -> None:
    ours, *words = _FUNCTIONS[function].split()
    kind = kinds()[ours]
    assert len(kind.called) <= len(words) <= len(kind.called + kind.options)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (["x", 0, 0, {"axis": 1, "weights": 2}], "with weights=2 is not supported"),
        (["x", 0, 0, {"axis": ["y", 0, 0]}], "takes a tensor where a number is expected"),
    ],
)
def test_what_ours_do_not_take_is_refused(call: list[Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        network(("math.reduce_mean", call))
