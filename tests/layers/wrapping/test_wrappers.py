"""TimeDistributed and SpectralNormalization beside Keras' own: values, weights, files both ways, training."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import convolens
from convolens.errors import ArgumentError, ShapeError, UnknownNameError
from convolens.layers import WRAPPERS, Conv2D, Dense, TimeDistributed, Wrapper
from convolens.models import Sequential, clone_model, load_model, model_from_json

Build = Callable[[Any], Any]
FILM, STEPS, PHOTO = (3, 8, 7, 2), (5, 4), (8, 7, 2)

# Each a layer of either library, and the shape of its input.
CASES: dict[str, tuple[tuple[int, ...], Build]] = {
    "conv2d": (FILM, lambda k: k.layers.TimeDistributed(k.layers.Conv2D(4, 3, activation="relu"))),
    "dense": (STEPS, lambda k: k.layers.TimeDistributed(k.layers.Dense(3))),
    "conv1d": ((3, 6, 2), lambda k: k.layers.TimeDistributed(k.layers.Conv1D(4, 2))),
    "flatten": (FILM, lambda k: k.layers.TimeDistributed(k.layers.Flatten())),
    "norm": (FILM, lambda k: k.layers.TimeDistributed(k.layers.BatchNormalization())),
    "network": (FILM, lambda k: k.layers.TimeDistributed(network(k))),
    "twice": ((2, *FILM), lambda k: k.layers.TimeDistributed(k.layers.TimeDistributed(k.layers.Conv2D(2, 3)))),
    "spectral": (PHOTO, lambda k: k.layers.SpectralNormalization(k.layers.Conv2D(4, 3), power_iterations=2)),
    "spectral of dense": (STEPS, lambda k: k.layers.SpectralNormalization(k.layers.Dense(4))),
    "spectral of steps": (FILM, lambda k: k.layers.TimeDistributed(k.layers.SpectralNormalization(k.layers.Conv2D(2, 3)))),
}  # fmt: skip


def network(k: Any) -> Any:
    inputs = k.Input((8, 7, 2))
    x = k.layers.BatchNormalization()(k.layers.Conv2D(3, 3)(inputs))
    return k.Model(inputs, k.layers.Dense(2)(k.layers.Flatten()(x)))


def both(name: str) -> tuple[Any, Any, np.ndarray]:
    """Return a model of ours and Keras' with the same weights, and an input."""
    shape, build = CASES[name]
    ours, theirs = (k.Sequential([k.Input(shape), build(k)]) for k in (convolens, keras))
    random = np.random.default_rng(0)
    weights = [random.uniform(0.1, 0.5, w.shape).astype("float32") for w in theirs.get_weights()]
    for model in (ours, theirs):
        model.set_weights(weights)
    return ours, theirs, random.random((4, *shape), np.float32)


@pytest.mark.parametrize("name", CASES)
def test_as_keras(name: str, tmp_path: Path) -> None:
    ours, theirs, x = both(name)
    wanted = theirs.predict(x, verbose=0)
    assert ours.output_shape == theirs.output_shape
    assert ours.count_params() == theirs.count_params()
    assert [len(ours.trainable_weights), len(ours.non_trainable_weights)] == [
        len(theirs.trainable_weights), len(theirs.non_trainable_weights)
    ]  # fmt: skip
    np.testing.assert_allclose(ours.predict(x), wanted, rtol=1e-5, atol=1e-5)
    for ending in (".keras", ".h5"):
        ours.save(tmp_path / f"ours{ending}")
        theirs.save(tmp_path / f"theirs{ending}")
        read = keras.models.load_model(tmp_path / f"ours{ending}")
        np.testing.assert_allclose(read.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(
            load_model(tmp_path / f"theirs{ending}").predict(x), wanted, rtol=1e-5, atol=1e-5
        )
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    again = model_from_json(ours.to_json())
    again.set_weights(ours.get_weights())
    np.testing.assert_array_equal(again.predict(x), ours.predict(x))
    assert clone_model(ours).count_params() == theirs.count_params()


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in ("norm", "network", "flatten", "spectral of steps")]
)
def test_training_as_keras(name: str) -> None:
    """Of those to which it is the same whether the steps come one after the other, as in Keras 3, or at once."""
    ours, theirs, x = both(name)
    y = np.random.default_rng(1).random(theirs.output_shape[1:], np.float32)[None].repeat(4, 0)
    for model, k in ((ours, convolens), (theirs, keras)):
        model.compile(k.optimizers.SGD(0.1), "mse")
        for _ in range(3):
            model.train_on_batch(x, y)
    for our, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, atol=2e-5)


def test_normalisation_learns_over_all_steps_at_once() -> None:
    x = np.random.default_rng(0).random((4, *FILM), np.float32)
    layer = TimeDistributed(convolens.layers.BatchNormalization(momentum=0.0))
    layer(x, training=True)
    np.testing.assert_allclose(layer.layer.moving_mean.numpy(), x.mean((0, 1, 2, 3)), atol=1e-6)


def test_two_calls_before_a_step_have_the_gradients_of_each() -> None:
    """As in a GAN, which sees real and made photos before its step: the second normalisation changes nothing of the first."""
    layer = convolens.layers.SpectralNormalization(Dense(3))
    x = torch.rand(2, 4, generator=torch.manual_seed(0), requires_grad=True)
    layer.build((None, 4))
    layer.train()
    first = layer(x)
    kernel = layer.layer.kernel.detach().numpy().copy()
    second = layer(x.detach())
    (first.sum() + 0 * second.sum()).backward()
    np.testing.assert_allclose(x.grad.numpy(), np.broadcast_to(kernel.sum(1), (2, 4)), atol=1e-6)


def test_files_of_keras_1_and_2() -> None:
    inner = {"class_name": "Convolution2D", "config": {"nb_filter": 2, "nb_row": 3, "nb_col": 3, "name": "c"}}
    from convolens.models.files.old_keras import modern

    told = modern({"class_name": "TimeDistributed", "config": {"name": "t", "layer": inner}}, 1).description
    layer = convolens.layers.deserialize(told)
    assert (layer.name, layer.layer.filters, layer.layer.kernel_size) == ("t", 2, (3, 3))


class Doubled(Wrapper):
    def call(self, inputs: Any) -> Any:
        return 2 * self.layer(inputs)


def test_a_wrapper_of_ones_own(tmp_path: Path) -> None:
    x = np.ones((2, 4), np.float32)
    model = Sequential([convolens.Input((4,)), Doubled(Dense(3))])
    np.testing.assert_allclose(model.predict(x), 2 * (x @ model.get_weights()[0]), atol=1e-6)
    model.save(tmp_path / "own.keras")
    read = load_model(tmp_path / "own.keras", custom_objects={"Doubled": Doubled})
    np.testing.assert_array_equal(read.predict(x), model.predict(x))


def test_a_layer_that_is_frozen_stays_so() -> None:
    inner = Conv2D(2, 3, trainable=False)
    model = Sequential([convolens.Input(FILM), TimeDistributed(inner)])
    assert (len(model.trainable_weights), len(model.non_trainable_weights)) == (0, 2)
    assert not inner.trainable


@pytest.mark.parametrize("kind", WRAPPERS.values())
def test_bad_input(kind: Any) -> None:
    with pytest.raises(ArgumentError, match=f"{kind.__name__}: expected a layer or a model .* received 3"):
        kind(3)
    with pytest.raises(ArgumentError, match=f"{kind.__name__}: its config has no layer"):
        kind.from_config({"name": "x"})


def test_bad_shapes_and_layers() -> None:
    with pytest.raises(
        ShapeError, match=r"shape \(batch, steps, \.\.\.\), of rank 3 at least; received \(None, 4\)"
    ):
        TimeDistributed(Dense(2))(convolens.Input((4,)))
    with pytest.raises(
        ArgumentError, match=r"SpectralNormalization: .*latten.* has no kernel and no embeddings"
    ):
        convolens.layers.SpectralNormalization(convolens.layers.Flatten())(convolens.Input((4,)))
    with pytest.raises(ArgumentError, match="power_iterations must be an integer of at least 1; received 0"):
        convolens.layers.SpectralNormalization(Dense(2), power_iterations=0)


def test_layers_are_described_and_read_as_by_keras() -> None:
    for build in (
        lambda k: k.layers.Conv2D(3, 2, name="c"),
        lambda k: k.layers.TimeDistributed(k.layers.Dense(3), name="t"),
    ):
        ours = convolens.layers.serialize(build(convolens))
        theirs = keras.layers.serialize(build(keras))
        assert {key: ours[key] for key in ("module", "class_name")} == {
            key: theirs[key] for key in ("module", "class_name")
        }
        assert keras.layers.deserialize(ours).name == convolens.layers.deserialize(theirs).name
    own = convolens.layers.serialize(Doubled(Dense(3), name="own"))
    read = convolens.layers.deserialize(own, custom_objects={"Doubled": Doubled})
    assert (type(read), read.name, read.layer.units) == (Doubled, "own", 3)
    with pytest.raises(UnknownNameError, match="unknown layer class 'Doubled'"):
        convolens.layers.deserialize(own)
    assert convolens.layers.deserialize(convolens.layers.serialize(network(convolens))).count_params() > 0
