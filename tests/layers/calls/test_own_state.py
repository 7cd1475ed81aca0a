"""Weights that a layer of one's own holds in attributes and lists, as in Keras 1, Keras 2 and tf.keras: all of them are trained and kept."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convolens.tensorflow as tf
from convolens import backend as K
from convolens import layers, models

X = np.random.default_rng(0).random((8, 4), "f")


class OfKeras1(layers.Layer):
    """With variables of the backend, and lists of what is trained."""

    def build(self, input_shape: Any) -> None:
        size = input_shape[-1]
        self.gamma = K.variable(np.ones(size), name="gamma")
        self.beta = K.zeros((size,))
        self.shift = K.variable(np.full(size, 0.5))
        self.trainable_weights = [self.gamma, self.beta]
        self.non_trainable_weights = [self.shift]
        super().build(input_shape)

    def call(self, x: Any, mask: Any = None) -> Any:
        self.add_update([], x)
        return x * self.gamma + self.beta - self.shift


class OfTensorFlow(layers.Layer):
    """With variables in attributes, as in TensorFlow's guides."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = tf.Variable(tf.random_normal_initializer()(shape=(4, 3), dtype=self.dtype))
        self.bias = tf.Variable(initial_value=tf.zeros_initializer()(shape=(3,)), trainable=True)
        self.runs = tf.Variable(0.0, trainable=False)
        self.count = tf.Variable(0, trainable=False)

    def call(self, x: Any) -> Any:
        return tf.matmul(x, self.kernel) + self.bias


@pytest.mark.parametrize(("kind", "trained", "still"), [(OfKeras1, 2, 1), (OfTensorFlow, 2, 1)])
def test_variables_of_a_layer_are_its_weights(kind: Any, trained: int, still: int, tmp_path: Path) -> None:
    inputs = layers.Input((4,))
    layer = kind()
    model = models.Model(inputs, layer(inputs))
    assert (len(layer.trainable_weights), len(layer.non_trainable_weights)) == (trained, still)
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((8, model.output_shape[-1])), verbose=0)
    changed = [(now != then).any() for now, then in zip(model.get_weights(), before, strict=True)]
    assert sum(changed) == trained
    assert [weight.requires_grad for weight in layer.weights] == changed
    predicted = model.predict(X, verbose=0)
    model.save_weights(tmp_path / "own.weights.h5")
    other = models.Model(inputs, kind()(inputs))
    other.load_weights(tmp_path / "own.weights.h5")
    np.testing.assert_allclose(other.predict(X, verbose=0), predicted)


def test_a_weight_is_what_its_attribute_is_given_last() -> None:
    layer = OfTensorFlow()
    layer.bias = tf.Variable([1.0, 2.0, 3.0])
    assert [tuple(weight.shape) for weight in layer.weights] == [(4, 3), (3,), ()]
    np.testing.assert_allclose(layer(np.zeros((1, 4), "f")), [[1, 2, 3]])


def test_what_layers_add_is_among_the_names_of_the_metrics() -> None:
    """In the order in which `evaluate` and `train_on_batch` give the values: programs zip the two."""
    from convolens import Input, Model
    from convolens.layers import Dense, Layer

    class Shown(Layer):
        def call(self, inputs: Any) -> Any:
            self.add_metric(inputs, name="mean_of_input")
            return inputs

    inputs = Input((4,))
    outputs = Dense(2)(Shown()(inputs))
    model = Model(inputs, outputs)
    model.add_metric(outputs, name="mean_of_output")
    model.compile("sgd", "mse", metrics=["mae"])
    assert sorted(model.metrics_names) == ["loss", "mae", "mean_of_input", "mean_of_output"]
    x, y = np.ones((3, 4), np.float32), np.zeros((3, 2), np.float32)
    told = model.evaluate(x, y, verbose=0, return_dict=True)
    assert set(told) == set(model.metrics_names) == set(model.fit(x, y, verbose=0).history)
    assert model.metrics_names == list(told)
    assert len(model.train_on_batch(x, y)) == len(model.metrics_names)


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize("how", ["added", "variables", "appended", "dict"])
def test_weights_in_lists_are_tracked_trained_and_saved(how: str, ending: str, tmp_path: Path) -> None:
    import convolens.tensorflow as tf
    from convolens import Input, Sequential
    from convolens.layers import Layer
    from convolens.models import load_model

    class Several(Layer):
        def build(self, input_shape: Any) -> None:
            def weight() -> Any:
                return tf.Variable(tf.ones((int(input_shape[-1]),)))

            if how == "added":
                self.ws: Any = [self.add_weight(name=f"w{i}", shape=(input_shape[-1],)) for i in range(2)]
            elif how == "variables":
                self.ws = [weight(), (weight(), tf.Variable(tf.ones((1,)), trainable=False))]
            elif how == "appended":
                self.ws = []
                for _ in range(2):
                    self.ws.append(weight())
            else:
                self.ws = {"a": weight(), "b": weight()}

        def call(self, inputs: Any) -> Any:
            first, second = self.ws.values() if isinstance(self.ws, dict) else self.ws
            return inputs * first + (second[0] * second[1] if isinstance(second, tuple) else second)

    model = Sequential([Input((4,)), Several()])
    assert len(model.trainable_weights) == 2
    assert len(model.non_trainable_weights) == (how == "variables")
    assert model.count_params() == 8 + (how == "variables")
    before = model.get_weights()
    model.compile("sgd", "mse")
    x = np.ones((8, 4), np.float32)
    model.fit(x, 0 * x, verbose=0)
    assert all((new != old).all() for new, old in zip(model.get_weights()[:2], before[:2], strict=True))
    if ending == ".weights.h5":
        model.save_weights(tmp_path / f"m{ending}")
        read = Sequential([Input((4,)), Several()])
        read.load_weights(tmp_path / f"m{ending}")
    else:
        model.save(tmp_path / f"m{ending}")
        read = load_model(tmp_path / f"m{ending}", custom_objects={"Several": Several})
    np.testing.assert_array_equal(read.predict(x), model.predict(x))
