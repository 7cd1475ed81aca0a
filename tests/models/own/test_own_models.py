"""Models of the user's own: `call`, `train_step` and `compile` of a class, as programs write them."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import convolens
from convolens import layers, metrics, models
from convolens.errors import ArgumentError, ShapeError
from convolens.tensor import Tensor, as_tensor

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.random((20, 6, 6, 1), "float32"), np.arange(20) % 3


class Net(models.Model):
    """Layers in attributes and in a list, a mode, a dict of outputs where asked."""

    def __init__(self, several: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.several = several
        self.blocks = [layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()]
        self.flatten, self.drop = layers.Flatten(), layers.Dropout(0.9)
        self.head = layers.Dense(3, activation="softmax")
        self.modes: set[bool] = set()

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        assert isinstance(inputs, Tensor)
        self.modes.add(bool(training))
        for block in self.blocks:
            inputs = block(inputs, training=training)
        features = self.drop(self.flatten(inputs))
        return (
            {"classes": self.head(features), "mean": features.mean(1)}
            if self.several
            else self.head(features)
        )


def test_a_model_of_ones_own_trains_predicts_and_keeps_its_weights(tmp_path: Path) -> None:
    model = Net()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, Y, epochs=2, validation_split=0.2, verbose=0).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert model.modes == {True, False}
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    assert "batch_normalization (BatchNormalization)" in lines[0]
    predictions = model.predict(X, verbose=0)
    np.testing.assert_allclose(model(X), predictions, atol=1e-6)  # inference: nothing is dropped
    for name in ("own.weights.h5", "own.h5", "own.safetensors"):
        model.save_weights(tmp_path / name)
        again = Net()
        again.build((None, 6, 6, 1))
        again.load_weights(tmp_path / name)
        np.testing.assert_allclose(again.predict(X, verbose=0), predictions, atol=1e-6)
    x = layers.Input((6, 6, 1))
    around = models.Model(x, layers.Dense(2)(model(x)))
    assert around.predict(X, verbose=0).shape == (20, 2)
    assert len(around.get_weights()) == len(model.get_weights()) + 2


def test_a_model_of_ones_own_gives_a_dict() -> None:
    model = Net(several=True)
    model.compile("adam", {"classes": "sparse_categorical_crossentropy", "mean": "mse"})
    history = model.fit(X, {"mean": np.zeros(20), "classes": Y}, verbose=0).history
    assert set(history) == {"loss", "classes_loss", "mean_loss"}
    assert {name: array.shape for name, array in model.predict(X, verbose=0).items()} == {
        "classes": (20, 3),
        "mean": (20,),
    }


def test_a_dict_of_inputs_comes_into_call_as_a_dict() -> None:
    class Two(models.Model):
        def __init__(self) -> None:
            super().__init__()
            self.head = layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.head(inputs["left"] - 2 * inputs["right"])

    model = Two()
    model.compile("sgd", "mse")
    left, right = RANDOM.random((8, 3)), RANDOM.random((8, 3))
    model.fit({"left": left, "right": right}, np.zeros(8), verbose=0)
    given = model.predict({"right": right, "left": left}, verbose=0)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(given, (left - 2 * right) @ kernel + bias, atol=1e-5)


class OwnStep(models.Model):
    """A `train_step` in TensorFlow 2's words."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.distance = metrics.Mean(name="distance")

    def train_step(self, data: Any) -> Any:
        x, y = data
        assert isinstance(x, Tensor)
        assert x.shape[1:] == (6, 6, 1)
        predictions = self(x, training=True)
        loss = self.compiled_loss(y, predictions, regularization_losses=self.losses)
        weights = self.trainable_weights
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.data -= 0.1 * gradient
        self.compiled_metrics.update_state(y, predictions)
        self.distance.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


def test_a_step_of_ones_own_trains_as_the_usual_one() -> None:
    def made(kind: Any) -> Any:
        torch.manual_seed(0)
        x = layers.Input((6, 6, 1))
        head = layers.Dense(3, activation="softmax", kernel_regularizer="l2")
        model = kind(x, head(layers.Flatten()(x)))
        model.compile(_sgd(), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    own, usual = made(OwnStep), made(models.Model)
    options = {"epochs": 2, "batch_size": 4, "verbose": 0, "seed": 1, "validation_data": (X, Y)}
    mine, theirs = own.fit(X, Y, **options).history, usual.fit(X, Y, **options).history
    assert set(mine) == {*theirs, "distance"}
    for name in theirs:
        np.testing.assert_allclose(mine[name], theirs[name], atol=1e-5)


def _sgd() -> Any:
    from convolens.optimizers import SGD

    return SGD(0.1)


def test_metrics_are_asked_together_as_those_of_keras() -> None:
    values = np.random.default_rng(2).random((3, 2, 8, 3)).astype("float32")
    weights = np.arange(8.0)

    def asked(kit: Any, form: Any) -> Any:
        model = kit.Sequential([kit.layers.Input((3,)), kit.layers.Dense(3)])
        model.compile(
            "sgd", "mse", metrics=["mae"], weighted_metrics=[kit.metrics.MeanSquaredError("weighted")]
        )
        told = []
        for y, y_pred in values:
            told.append(model.compute_metrics(None, form(y), form(y_pred), form(weights)))
        told.append(model.get_metrics_result())
        model.reset_metrics()
        told.append(model.compute_metrics(None, form(values[0, 0]), form(values[0, 1])))
        return [{name: float(logs[name]) for name in ("mae", "weighted")} for logs in told]

    for ours, theirs in zip(asked(convolens, as_tensor), asked(keras, torch.as_tensor), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)


def test_compiled_metrics_weigh_only_those_that_are_to_be_weighed() -> None:
    model = models.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
    model.compiled_metrics.update_state([[0.0], [0.0]], [[1.0], [3.0]], [1.0, 0.0])
    assert model.compiled_metrics.result() == {"mae": 2.0, "mse": 1.0}


def test_a_step_that_tells_no_loss_trains_on_a_batch() -> None:
    class Silent(models.Model):
        def train_step(self, data: Any) -> Any:
            return {"other": 0.5}

    x = layers.Input((2,))
    model = Silent(x, layers.Dense(1)(x))
    model.compile("sgd", "mse")
    assert model.train_on_batch(np.zeros((2, 2)), np.zeros((2, 1))) == 0.5


def test_compute_loss_and_super_train_step() -> None:
    class Counted(models.Model):
        taken = 0

        def train_step(self, data: Any) -> Any:
            Counted.taken += 1
            logs = super().train_step(data)
            return {**logs, "half": 0.5}

    x = layers.Input((6, 6, 1))
    model = Counted(x, layers.Dense(3, activation="softmax")(layers.Flatten()(x)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, Y, batch_size=10, epochs=3, verbose=0).history
    assert Counted.taken == 6
    assert history["half"] == [0.5] * 3
    assert history["loss"][2] < history["loss"][0]
    loss = model.compute_loss(y=Y, y_pred=model(X))
    np.testing.assert_allclose(float(loss), model.evaluate(X, Y, verbose=0)[0], rtol=1e-5)


def test_losses_alone_train_where_layers_add_them() -> None:
    class Pull(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.centre = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="centre")

        def call(self, inputs: Any) -> Any:
            self.add_loss(((inputs - self.centre) ** 2).mean())
            return inputs

    x = layers.Input((3,))
    model = models.Model(x, Pull()(x))
    model.compile(_sgd())
    data = np.tile(np.array([1.0, 2.0, 3.0], "float32"), (32, 1))
    losses = model.fit(data, epochs=30, batch_size=8, verbose=0).history["loss"]
    assert losses[-1] < 0.01 * losses[0]
    np.testing.assert_allclose(model.get_weights()[0], [1, 2, 3], atol=0.2)


def test_what_is_wrong_is_said() -> None:
    class Broken(models.Model):
        def call(self, inputs: Any) -> Any:
            return inputs @ torch.zeros(3, 3)

    with pytest.raises(ShapeError, match="found by running it on zeros, and that fails: RuntimeError"):
        Broken().build((None, 4))
    with pytest.raises(ArgumentError, match=r"define call\(self, inputs\) instead"):
        models.Model()
