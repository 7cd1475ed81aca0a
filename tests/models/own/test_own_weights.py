"""What a class of the user's own adds to a layer or a model is trained, saved in every form, and resumed, as the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens import callbacks, layers, models, utils

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.random((8, 6, 6, 2), "float32"), RANDOM.random((8, 3), "float32")


@utils.register_keras_serializable("tests")
class ScaledDense(layers.Dense):
    """A layer of ours with a weight more, and with a layer inside."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.scale = self.add_weight(name="scale", shape=(self.units,), initializer="ones")
        self.norm = layers.BatchNormalization()

    def call(self, inputs: Any) -> Any:
        return self.norm(super().call(inputs) * self.scale)


@utils.register_keras_serializable("tests")
class ShiftedConv(layers.Conv2D):
    """The same of a convolution, with a weight that is not trained."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.shift = self.add_weight(name="shift", shape=(), initializer="ones", trainable=False)

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.shift


class Tempered(models.Model):
    """A model with weights beside those of its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten, self.head = layers.Flatten(), ScaledDense(3)
        self.temperature = self.add_weight(name="temperature", shape=(), initializer="ones")
        self.offset = self.add_weight(name="offset", shape=(3,), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        return self.head(self.flatten(inputs)) / self.temperature + self.offset


def sequential() -> Any:
    return models.Sequential(
        [layers.Input((6, 6, 2)), ShiftedConv(2, 3), layers.GroupNormalization(1), layers.Flatten(), ScaledDense(3)]
    )  # fmt: skip


def own() -> Any:
    model = Tempered()
    model.build((None, 6, 6, 2))
    return model


def inside() -> Any:
    x = layers.Input((6, 6, 2))
    return models.Model(x, layers.Dense(3)(own()(x)))


MAKERS = [sequential, own, inside]
COUNTS = {sequential: 2 + 1 + 2 + 2 + 1 + 4, own: 2 + 2 + 1 + 4, inside: 2 + 2 + 2 + 1 + 4}


def changed(make: Callable[[], Any]) -> Any:
    """Return a model of which each weight has values of its own."""
    model = make()
    model.set_weights([RANDOM.random(weight.shape).astype("f") + 0.5 for weight in model.get_weights()])
    return model


def assert_same(one: Any, other: Any) -> None:
    for mine, its in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("name", ["a.weights.h5", "a.h5", "a.safetensors"])
def test_every_weight_is_in_every_form_of_file(make: Callable[[], Any], name: str, tmp_path: Path) -> None:
    model = changed(make)
    assert len(model.get_weights()) == COUNTS[make]
    model.save_weights(tmp_path / name)
    again = make()
    again.load_weights(tmp_path / name)
    assert_same(model, again)
    np.testing.assert_allclose(model.predict(X, verbose=0), again.predict(X, verbose=0))


@pytest.mark.parametrize("name", ["a.keras", "a.h5"])
def test_every_weight_is_in_a_whole_model(name: str, tmp_path: Path) -> None:
    model = changed(sequential)
    model.save(tmp_path / name)
    assert_same(model, models.load_model(tmp_path / name))


@pytest.mark.parametrize("make", MAKERS)
def test_every_weight_is_trained_and_comes_back_after_an_interruption(
    make: Callable[[], Any], tmp_path: Path
) -> None:
    begun, stopped = changed(make), 0

    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            nonlocal stopped
            stopped += 1
            if stopped == 3:
                raise RuntimeError("stop")

    def train(model: Any, *more: Any) -> Any:
        model.compile("adam", "mse")
        backup = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=1)
        model.fit(X, Y, 4, 2, callbacks=[backup, *more], verbose=0)
        return model

    whole = make()
    whole.set_weights(begun.get_weights())
    whole.compile("adam", "mse")
    whole.fit(X, Y, 4, 2, verbose=0)
    moved = [not np.array_equal(a, b) for a, b in zip(whole.get_weights(), begun.get_weights(), strict=True)]
    assert sum(not one for one in moved) == (make is sequential)  # the one weight that is not trained
    with pytest.raises(RuntimeError, match="stop"):
        train(begun, Stop())
    resumed = train(make())
    assert_same(whole, resumed)


def test_variables_in_the_attributes_of_a_model_and_in_their_lists_are_weights() -> None:
    import convolens.tensorflow as tf

    class Scaled(models.Model):
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable(tf.ones((4,)))
            self.others = [tf.Variable(tf.ones((4,))), {"b": tf.Variable(tf.zeros((4,)), trainable=False)}]

        def call(self, inputs: Any) -> Any:
            return inputs * self.scale * self.others[0] + self.others[1]["b"]

    model, x = Scaled(), np.ones((8, 4), np.float32)
    model(x)
    assert (len(model.trainable_weights), len(model.weights)) == (2, 3)
    model.compile("sgd", "mse")
    model.fit(x, 0 * x, verbose=0)
    assert [bool((weight == 1).all()) for weight in model.get_weights()[:2]] == [False, False]
