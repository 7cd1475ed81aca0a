"""Losses and metrics told as symbolic tensors, `model.add_loss(...)`, and layers whose `call` uses symbols from outside."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens import backend, callbacks, layers, losses, models, ops
from convolens import tensorflow as tf
from convolens.errors import ArgumentError

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.random((12, 3), "float32"), RANDOM.random((12, 2), "float32")
FIT: dict[str, Any] = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}


def plain(metrics: Any = None) -> Any:
    model = models.Sequential([layers.Dense(2, input_shape=(3,), name="dense")])
    model.compile("sgd", "mse", metrics=metrics)
    return model


class Distance(layers.Layer):
    """A loss within a `call` that uses a symbol from outside."""

    def __init__(self, target: Any, **options: Any) -> None:
        super().__init__(**options)
        self.target = [target]

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones", trainable=False)

    def call(self, inputs: Any) -> Any:
        difference = backend.square(self.target[0] - inputs) * self.scale
        self.add_loss(backend.mean(difference), inputs=inputs)
        self.add_metric(backend.mean(backend.abs(self.target[0] - inputs)), name="distance")
        return inputs


def by_model() -> Any:
    x, y = layers.Input((3,), name="x"), layers.Input((2,), name="y")
    output = layers.Dense(2, name="dense")(x)
    model = models.Model([x, y], output)
    model.add_loss(ops.mean(losses.mean_squared_error(y, output)))
    model.add_metric(ops.mean(ops.abs(y - output)), name="distance")
    return model


def by_layer() -> Any:
    x, y = layers.Input((3,), name="x"), layers.Input((2,), name="y")
    return models.Model([x, y], Distance(y)(layers.Dense(2, name="dense")(x)))


@pytest.mark.parametrize("make", [by_model, by_layer])
def test_it_trains_as_the_usual_loss_does(make: Any) -> None:
    usual, model = plain(["mae"]), make()
    model.get_layer("dense").set_weights(usual.get_weights())
    model.compile("sgd")
    expected = usual.fit(X, Y, validation_data=(X[:8], Y[:8]), **FIT).history
    found = model.fit([X, Y], None, validation_data=([X[:8], Y[:8]], None), **FIT).history
    assert set(found) == {"loss", "distance", "val_loss", "val_distance"}
    for name, other in {
        "loss": "loss",
        "val_loss": "val_loss",
        "distance": "mae",
        "val_distance": "val_mae",
    }.items():
        np.testing.assert_allclose(found[name], expected[other], rtol=1e-4)
    np.testing.assert_allclose(model.predict([X, Y], verbose=0), usual.predict(X, verbose=0), rtol=1e-4)
    measured = model.evaluate([X, Y], verbose=0, return_dict=True)
    np.testing.assert_allclose(
        [measured["loss"], measured["distance"]], usual.evaluate(X, Y, verbose=0), rtol=1e-4
    )
    assert (
        sum(len(vars(part).get("_losses", ())) for part in model.module.modules()) == 1
    )  # of the last batch alone


@pytest.mark.parametrize("make", [by_model, by_layer])
def test_an_interrupted_epoch_goes_on_with_its_sums(make: Any, tmp_path: Path) -> None:
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                raise RuntimeError("stop")

    whole, model, again = make(), make(), make()
    for other in (whole, again):
        other.set_weights(model.get_weights())
    for one in (whole, model, again):
        one.compile("sgd")
    expected = whole.fit([X, Y], None, **FIT).history
    backup = {"callbacks": [callbacks.BackupAndRestore(tmp_path, save_freq=1)]}
    with pytest.raises(RuntimeError, match="stop"):
        model.fit([X, Y], None, **FIT, callbacks=[*backup["callbacks"], Stop()])
    assert again.fit([X, Y], None, **FIT, **backup).history == expected


def test_what_a_layer_adds_to_the_metrics_is_shown() -> None:
    class Activity(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_metric(tf.reduce_mean(inputs), name="activity")
            return inputs

    model = models.Sequential([layers.Rescaling(2.0, input_shape=(3,)), Activity(), layers.Dense(2)])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, validation_data=(X[:4], Y[:4]), **FIT).history
    np.testing.assert_allclose(history["activity"], 2 * X.mean(), rtol=1e-5)
    np.testing.assert_allclose(history["val_activity"], 2 * X[:4].mean(), rtol=1e-5)


def test_weights_on_the_way_to_a_loss_are_the_models(tmp_path: Path) -> None:
    x = layers.Input((3,))
    hidden = layers.Dense(4)(x)
    model = models.Model(x, hidden)
    model.add_loss(ops.mean(ops.square(layers.Dense(1, name="critic")(hidden))))
    model.compile("sgd")
    before = model.get_layer("critic").get_weights()[0]
    model.fit(X, **FIT)
    assert (model.get_layer("critic").get_weights()[0] != before).all()
    model.save_weights(tmp_path / "w.weights.h5")
    assert len(model.get_weights()) == 4
    assert model.predict(X, verbose=0).shape == (12, 4)


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_a_file_holds_the_network_without_what_only_the_loss_needs(name: str, tmp_path: Path) -> None:
    x = layers.Input((3,))
    hidden = layers.Dense(4)(x)
    model = models.Model(x, hidden)
    model.add_loss(ops.mean(ops.square(layers.Dense(1)(hidden))))
    model.save(tmp_path / name)
    again = models.load_model(tmp_path / name)
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)


def test_a_weight_of_the_drawn_layer_is_the_models() -> None:
    model = by_layer()
    assert [tuple(weight.shape) for weight in model.weights] == [(3, 2), (2,), ()]
    assert [weight.name for weight in model.trainable_weights] == ["kernel", "bias"]


def test_numbers_and_tensors_may_stand_before_a_symbol() -> None:
    x = layers.Input((3,))
    model = models.Model(x, tf.constant([1.0, 2.0, 3.0]) * x + tf.Variable(1.0) - np.float32(1))
    np.testing.assert_allclose(model.predict(X, verbose=0), X * [1, 2, 3], rtol=1e-5)


def test_what_is_wrong_is_said() -> None:
    x, other = layers.Input((3,)), layers.Input((3,), name="other")
    model = models.Model(x, layers.Dense(2)(x))
    with pytest.raises(
        ArgumentError, match="the outputs need InputLayer 'other', which is not among the inputs"
    ):
        model.add_loss(ops.mean(other))
    with pytest.raises(
        ArgumentError, match=r"a functional model, model\.add_loss\(\.\.\.\), or within the call of a layer"
    ):
        layers.Dense(2).add_loss(ops.mean(x))

    class Broken(layers.Layer):
        def call(self, inputs: Any) -> Any:
            raise ValueError("no luck")

    with pytest.raises(ArgumentError.__mro__[1], match="ValueError: no luck"):
        Broken()(x)


def test_a_call_by_hand_tells_them_among_the_losses() -> None:
    x = layers.Input((3,))
    model = models.Model(x, layers.Dense(2)(x))
    model.add_loss(ops.mean(model.output**2))
    given = model(np.ones((2, 3), "float32"))
    assert float(model.losses[0]) == pytest.approx(float(np.mean(np.square(given))))
