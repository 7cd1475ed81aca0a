"""Activations have the values of Keras', on images too, whose channels lie elsewhere."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

from convolens import activations, layers, models
from convolens.errors import ArgumentError, UnknownNameError

NAMES = sorted(activations.ACTIVATIONS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(3, 7), (2, 5, 4, 3)], ids=["rows", "images"])
def test_values_are_those_of_keras(name: str, shape: tuple[int, ...]) -> None:
    x = (np.random.default_rng(0).normal(size=shape) * 4).astype("float32")
    inside = torch.from_numpy(x)
    inside = inside.permute(0, 3, 1, 2) if inside.ndim == 4 else inside
    ours = activations.get(name)(inside)
    ours = ours.permute(0, 2, 3, 1) if ours.ndim == 4 else ours
    theirs = keras.activations.get(name)(torch.from_numpy(x))
    np.testing.assert_allclose(ours.numpy(), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_names_lead_there_and_back(name: str) -> None:
    function = activations.get(name)
    assert activations.get(activations.name_of(function)) is function


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"linear"}))
def test_functions_of_values_are_those_of_keras(name: str) -> None:
    x = (np.random.default_rng(1).normal(size=(2, 5, 4, 3)) * 2).astype("float32")
    function = getattr(activations, name)
    expected = getattr(keras.activations, name)(torch.from_numpy(x))
    np.testing.assert_allclose(function(x).numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)
    assert activations.get(function) is activations.get(name)
    symbol = function(layers.Input((5, 4, 3)))
    assert type(symbol.layer) is layers.Activation
    assert symbol.layer.activation is activations.get(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("relu", {"max_value": 1.5}),
        ("relu", {"negative_slope": 0.1, "threshold": 0.5, "max_value": 1.0}),
        ("leaky_relu", {"negative_slope": 0.4}),
        ("elu", {"alpha": 0.3}),
        ("celu", {"alpha": 0.3}),
        ("gelu", {"approximate": True}),
        ("softmax", {"axis": 1}),
        ("softmax", {"axis": None}),
        ("softmax", {"axis": (1, 3)}),
        ("log_softmax", {"axis": 2}),
        ("log_softmax", {"axis": None}),
        ("soft_shrink", {"threshold": 0.2}),
        ("squareplus", {"b": 1.0}),
    ],
    ids=str,
)
def test_functions_take_the_arguments_of_keras(name: str, words: dict[str, Any]) -> None:
    x = np.random.default_rng(1).normal(size=(2, 5, 4, 3)).astype("float32")
    expected = getattr(keras.activations, name)(torch.from_numpy(x), **words)
    function = getattr(activations, name)
    np.testing.assert_allclose(function(x, **words).numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)
    inputs = layers.Input((5, 4, 3))
    model = models.Model(inputs, function(inputs, **words))
    np.testing.assert_allclose(model.predict(x, verbose=0), expected.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_function_of_ones_own_sees_the_order_of_keras() -> None:
    seen = []

    def share(x: Any) -> Any:
        seen.append(tuple(x.shape))
        return x / x.sum(-1, keepdim=True)

    layer = layers.Conv2D(3, 1, activation=share)
    result = layer(np.ones((1, 4, 5, 2), "float32"))
    np.testing.assert_allclose(result.sum(-1), 1.0, rtol=1e-5)
    assert (1, 4, 5, 3) in seen
    assert layer.get_config()["activation"] == "share"
    assert activations.get(layer.activation) is layer.activation


def test_other_things() -> None:
    x = torch.tensor([-1.0, 2.0])
    assert torch.equal(activations.get(None)(x), x)
    own = torch.nn.ReLU()
    assert activations.get(own) is own
    assert activations.name_of(own) == "ReLU"
    assert activations.name_of(torch.sign) == "sign"
    assert activations.channel_dimension(torch.zeros(1, 2, 3, 4)) == 1
    assert activations.channel_dimension(torch.zeros(1, 2)) == -1
    with pytest.raises(UnknownNameError, match=r"unknown activation 'rellu'\. Did you mean 'relu'\? Known: "):
        activations.get("rellu")
    with pytest.raises(ArgumentError, match="activation must be a name, a function or None; received 3"):
        activations.get(3)  # type: ignore[arg-type]
