"""Activations have the values of Keras', on images too, whose channels lie elsewhere."""

import keras
import numpy as np
import pytest
import torch

from convolens import activations
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
