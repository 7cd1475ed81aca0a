"""Auxiliary classifiers: their losses train, nothing else knows of them; dots in names lead into groups."""

from pathlib import Path

import keras
import numpy as np
import pytest
import torch
from torch.nn import functional

from convolens import layers
from convolens.errors import ArgumentError
from convolens.models import Model, load_model
from convolens.models.graph.deserialization import deserialize
from convolens.models.graph.serialization import serialize

X = np.random.default_rng(0).normal(size=(6, 5, 5, 2)).astype("float32")
Y = np.array([0, 1, 2, 0, 1, 2])


def network() -> Model:
    """A trunk, an end, and a classifier on the way that counts 0.3."""
    inputs = layers.Input(shape=(5, 5, 2))
    x = layers.Conv2D(4, 3, activation="relu", name="stem.0.conv")(inputs)
    aside = layers.GlobalAveragePooling2D(name="aside.pool")(x)
    aside = layers.Dense(3, activation="softmax", name="aside.fc")(aside)
    x = layers.Flatten(name="flatten")(layers.MaxPooling2D(name="stem.pool")(x))
    outputs = layers.Dense(3, activation="softmax", name="fc")(x)
    return Model(inputs, outputs, name="with_aside", auxiliary=[(aside, 0.3)])


def test_names_with_dots_are_groups() -> None:
    assert sorted(network().module.state_dict()) == [
        "aside.fc.bias", "aside.fc.weight", "fc.bias", "fc.weight", "stem.0.conv.bias", "stem.0.conv.weight",
    ]  # fmt: skip


def test_a_name_within_a_layers_name_keeps_its_weights_apart() -> None:
    inputs = layers.Input(shape=(3,))
    outputs = layers.Dense(2, name="a.b")(layers.Dense(4, name="a")(inputs))
    assert sorted(Model(inputs, outputs).module.state_dict()) == [
        "a.bias",
        "a.weight",
        "a_b.bias",
        "a_b.weight",
    ]


def test_the_losses_are_added_with_their_weights() -> None:
    """One step of gradient descent is that of torch on the sum."""
    model = network()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 0.1
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    w = {name: value.clone().requires_grad_() for name, value in before.items()}
    x, y = torch.from_numpy(X).permute(0, 3, 1, 2), torch.from_numpy(Y)
    hidden = functional.relu(functional.conv2d(x, w["stem.0.conv.weight"], w["stem.0.conv.bias"]))
    aside = functional.linear(hidden.mean((2, 3)), w["aside.fc.weight"], w["aside.fc.bias"])
    flat = functional.max_pool2d(hidden, 2).permute(0, 2, 3, 1).flatten(1)
    end = functional.linear(flat, w["fc.weight"], w["fc.bias"])
    total = functional.cross_entropy(end, y) + 0.3 * functional.cross_entropy(aside, y)
    total.backward()
    history = model.fit(X, Y, batch_size=6, epochs=1, verbose=0, shuffle=False)
    assert history.history["loss"] == [pytest.approx(total.item(), rel=1e-5)]
    for name, value in model.module.state_dict().items():
        torch.testing.assert_close(value, before[name] - 0.1 * w[name].grad, rtol=1e-4, atol=1e-6)


def test_nothing_else_knows_of_them() -> None:
    model = network()
    calls: list[str] = []
    model.get_layer("aside.fc").register_forward_hook(lambda *_: calls.append("aside"))
    assert model.predict(X, verbose=0).shape == (6, 3)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.evaluate(X, Y, verbose=0)
    assert calls == []
    model.fit(X, Y, epochs=1, verbose=0)
    assert calls == ["aside"]


def test_a_description_keeps_them() -> None:
    module = network().module
    again = deserialize(serialize(module))
    assert [weight for _, weight in again.auxiliary] == [0.3]
    assert list(again.state_dict()) == list(module.state_dict())
    assert serialize(again) == serialize(module)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_keras_gets_the_network_without_them(tmp_path: Path, ending: str) -> None:
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, Y, epochs=1, verbose=0)
    path = tmp_path / f"model{ending}"
    model.save(path)
    theirs = keras.models.load_model(path)
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)
    assert [layer.name for layer in theirs.layers][1] == "stem_0_conv"
    np.testing.assert_allclose(load_model(path).predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)


def test_a_layer_that_keras_has_not_is_refused_by_name(tmp_path: Path) -> None:
    inputs = layers.Input(shape=(4, 4, 3))
    model = Model(inputs, layers.LocalResponseNormalization()(inputs))
    for name in ("model.keras", "model.h5"):
        with pytest.raises(
            ArgumentError, match="Keras has no layer LocalResponseNormalization; save the weights"
        ):
            model.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
