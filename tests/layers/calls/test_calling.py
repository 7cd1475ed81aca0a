"""Layers and models called by hand, and functions drawn into graphs, against Keras."""

import operator
from collections.abc import Callable
from typing import Any

import keras as real_keras
import numpy as np
import pytest
import torch

from convolens import layers, models
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.layers.operation import on_symbols
from convolens.tensor import Tensor, as_tensor

X = np.random.default_rng(0).normal(size=(2, 5, 6, 3)).astype("float32")


@pytest.mark.parametrize("layer", [layers.Dropout(0.9), layers.BatchNormalization(epsilon=1e-6)], ids=str)
def test_a_layer_called_by_hand_infers_unless_it_is_told_to_train(layer: Any) -> None:
    np.testing.assert_allclose(layer(X), X, rtol=1e-5)
    np.testing.assert_allclose(layer(X, training=None), X, rtol=1e-5)
    assert not np.allclose(layer(X, training=True), X, atol=1e-3)
    assert not np.allclose(layer(as_tensor(X), training=True), X, atol=1e-3)


def test_tensors_give_tensors_in_the_order_of_keras_followed_by_autograd() -> None:
    layer = layers.Conv2D(4, 3)
    given = layer(as_tensor(X))
    assert isinstance(given, Tensor)
    assert given.shape == (2, 3, 4, 4)
    given.sum().backward()
    assert layer.weight.grad is not None
    arrays = layer(X)
    assert isinstance(arrays, np.ndarray)
    np.testing.assert_allclose(arrays.numpy(), given.numpy(), atol=1e-6)
    inside = layer(torch.from_numpy(X).permute(0, 3, 1, 2))
    assert type(inside) is torch.Tensor
    assert inside.shape == (2, 4, 3, 4)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float64"])
def test_layers_within_a_model_of_ones_own_take_whole_numbers(dtype: str) -> None:
    class Own(models.Model):
        def __init__(self) -> None:
            super().__init__()
            self.joined, self.scores = layers.Concatenate(), layers.Dense(2)

        def call(self, inputs: Any) -> Any:
            return self.scores(self.joined([inputs["a"], inputs["b"]]))

    model, whole = Own(), np.arange(6).reshape(2, 3)
    expected = model({"a": whole.astype("float32"), "b": whole.astype("float32")})
    np.testing.assert_allclose(
        model({"a": whole.astype(dtype), "b": whole.astype(dtype)}), expected, rtol=1e-6
    )


def test_inference_is_for_good_where_a_graph_says_so() -> None:
    base = models.Sequential([layers.BatchNormalization(input_shape=(5, 6, 3)), layers.Dropout(0.9)])
    x = layers.Input((5, 6, 3))
    model = models.Model(x, layers.Flatten()(base(x, training=False)))
    before = base.get_weights()
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((2, 90)), verbose=0)
    np.testing.assert_array_equal(base.get_weights()[2], before[2])
    again = models.Model.from_config(model.get_config())
    assert [node.training for node in again.module.nodes] == [None, False, None]
    np.testing.assert_allclose(model(X, training=True), model.predict(X, verbose=0), atol=1e-6)
    theirs = real_keras.Model.from_config(model.get_config())
    assert theirs.output_shape == (None, 90)


OPERATIONS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y,
    lambda x, y: 1.0 - x,
    lambda x, y: x / 255.0 - y * 2,
    lambda x, y: 2.0 / (x * x + 1.0) + x**2,
    lambda x, y: -x[:, 1:, ::2, 0],
    lambda x, y: x[..., 0:1] * y,
    lambda x, y: (
        (x > 0.1) * y
        if not isinstance(x, real_keras.KerasTensor)
        else real_keras.ops.cast(x > 0.1, "float32") * y
    ),
]


@pytest.mark.parametrize("place", range(len(OPERATIONS)))
def test_operators_on_symbols_give_what_keras_gives(place: int) -> None:
    operation = OPERATIONS[place]
    results, shapes = [], []
    for kit, kind in ((layers, models.Model), (real_keras.layers, real_keras.Model)):
        a, b = kit.Input((5, 6, 3)), kit.Input((5, 6, 3))
        out = operation(a, b)
        shapes.append(tuple(out.shape))
        results.append(kind([a, b], out).predict([X, 1 - X], verbose=0))
    assert shapes[0] == shapes[1]
    np.testing.assert_allclose(*results, atol=1e-5)


def test_functions_and_lambdas_become_layers() -> None:
    @on_symbols
    def mean(x: Any, axis: Any = None) -> Any:
        return x.mean(axis)

    x = layers.Input((None, None, 3))
    assert mean(x, axis=(1, 2)).shape == (None, 3)
    assert mean(as_tensor(X)).ndim == 0
    scaled = layers.Lambda(lambda t, factor: [t * factor, t.sum((1, 2))], arguments={"factor": 2.0})(x)
    assert [tensor.shape for tensor in scaled] == [(None, None, None, 3), (None, 3)]
    model = models.Model(x, [*scaled, mean(x, (1, 2))])
    given = model.predict(X, verbose=0)
    np.testing.assert_allclose(given[1], X.sum((1, 2)), atol=1e-5)
    np.testing.assert_allclose(given[2], X.mean((1, 2)), atol=1e-6)
    with pytest.raises(ArgumentError, match="a function in a graph is a program, which no file holds"):
        model.get_config()


def test_a_symbol_has_no_values_to_decide_by() -> None:
    x = layers.Input((3,))
    with pytest.raises(ArgumentTypeError, match="cannot decide an `if`"):
        bool(x)
    with pytest.raises(ArgumentTypeError, match="NumPy cannot compute with it"):
        np.sqrt(x)
    with pytest.raises(ShapeError, match="found by running it on zeros, and that fails: RuntimeError"):
        x + layers.Input((4,))
    assert operator.add(x, np.ones(3, "float32")).shape == (None, 3)


class Scale(layers.Layer):
    """What a program writes: a layer with weights, parts in a list, a loss and a mode."""

    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.parts_in_a_list = [layers.Dense(units), layers.Dropout(0.9)]

    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight(name="factor", shape=(input_shape[-1],), initializer="ones")
        self.seen = self.add_weight("seen", shape=(), initializer="zeros", trainable=False)
        super().build(input_shape)

    def call(self, inputs: Any, training: Any = None) -> Any:
        assert isinstance(inputs, Tensor)
        self.seen.assign_add(1.0)
        x = inputs * self.factor
        for part in self.parts_in_a_list:
            x = part(x, training=training)
        self.add_loss(x.mean())
        return x


def test_a_layer_of_ones_own_has_its_weights_and_those_of_its_parts() -> None:
    layer = Scale()
    layer.build((None, 5, 6, 3))
    assert [tuple(weight.shape) for weight in layer.get_weights()] == [(3,), (), (3, 4), (4,)]
    assert len(layer.trainable_weights) == 3
    before = layer(X)
    assert before.shape == (2, 5, 6, 4)
    layer.set_weights([2 * array for array in layer.get_weights()])
    np.testing.assert_allclose(layer(X), 4 * before, atol=1e-5)
    assert len(layer.losses) == 1
    assert layer.get_config()["units"] == 4


def test_a_layer_of_ones_own_is_part_of_a_network_that_trains() -> None:
    x = layers.Input((5, 6, 3))
    model = models.Model(x, Scale(2)(x)[:, 0, 0] / 2.0)
    assert model.output_shape == (None, 2)
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(X, np.ones((2, 2)), epochs=2, verbose=0)
    assert not np.array_equal(before[0], model.get_weights()[0])
    model.trainable = False
    assert not model.trainable_weights


def test_building_twice_changes_nothing() -> None:
    layer = layers.Dense(3)
    layer.build((None, 4))
    kernel = layer.weight
    layer.build((None, 4))
    layer(np.ones((1, 4)))
    assert layer.weight is kernel


def test_a_call_of_ones_own_may_ask_its_base() -> None:
    class Doubled(layers.Conv2D):
        def call(self, inputs: Any) -> Any:
            return 2 * super().call(inputs)

    doubled, plain = Doubled(4, 3), layers.Conv2D(4, 3)
    doubled.build((None, 5, 6, 3))
    plain.build((None, 5, 6, 3))
    plain.set_weights(doubled.get_weights())
    np.testing.assert_allclose(doubled(X), 2 * plain(X), atol=1e-5)


def test_what_programs_for_keras_2_read_off_a_symbolic_tensor() -> None:
    images = layers.Input((8, 8, 3))
    layer = layers.Conv2D(4, 3)
    layer(images)
    again = layer(images)
    assert again._keras_shape == (None, 6, 6, 4)
    assert again._keras_shape[-1] == 4
    assert again._keras_history == (layer, 1, 0)
    assert images._keras_history[0].output is images


def test_weights_made_within_a_function_are_refused() -> None:
    image = layers.Input((4,))
    inside = layers.Dense(3)
    for function in (lambda x: layers.Dense(3)(x), inside):
        with pytest.raises(
            ArgumentError,
            match=r"Lambda.*: its function makes the weights of Dense.*, which no network would train",
        ):
            layers.Lambda(lambda x, function=function: function(x) * 2)(image)
    inside.build((None, 4))
    assert layers.Lambda(lambda x: inside(layers.Flatten()(x)))(image).shape == (
        None,
        3,
    )  # built before, as in Keras
