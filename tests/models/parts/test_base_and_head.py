"""A network in two: base and head give what the whole gives; blocks go by depth."""

import numpy as np
import pytest
import torch

from convolens import layers, models
from convolens.applications import build
from convolens.errors import ArgumentError, UnknownNameError
from convolens.layers.axes import inside
from convolens.models.parts.base_and_head import base_and_head
from convolens.models.parts.blocks import blocks_of
from convolens.models.parts.freezing import units_of

pytestmark = pytest.mark.usefixtures("quickly_drawn")

SIZES = {
    "shallow-vgg": 32, "conv-model": 32, "nin-bn": 32, "vgg11-bn": 32, "googlenet-bn": 64, "inception-v3": 75, "resnet-18": 32,
    "resnet-50": 32, "enet": 32, "mobilenet-v3-small": 32, "convnext-tiny": 32,
}  # fmt: skip


@pytest.mark.parametrize("name", SIZES)
def test_every_network_is_base_and_head(name: str) -> None:
    size = SIZES[name]
    model = build(name, (size, size, 3), 3)
    parts = base_and_head("test", model)
    x = np.random.default_rng(0).random((2, size, size, 3), dtype="float32")
    head = {id(p) for p in parts.head.parameters()}
    base = {id(p) for p in parts.base.parameters()}
    assert not head & base
    assert len(head | base) == len(list(model.module.parameters()))
    assert sum(p.numel() for p in parts.head.parameters()) < 2_000_000
    parts.head.eval()
    with torch.inference_mode():
        found = parts.head(parts.features(inside(x)))
    np.testing.assert_array_equal(found.numpy(), model.predict(x, verbose=0))
    below = [u for u in units_of(model.module) if u.has_weights and id(u.own_parameters[0]) in base]
    blocks = blocks_of(below)
    assert 2 <= len(blocks) <= 8
    assert [unit for block in blocks for unit in block.units] == below


def branches() -> models.Model:
    source = layers.Input(shape=(8, 8, 2), name="in")
    x = layers.Conv2D(3, 3, name="stem")(source)
    left, right = layers.Conv2D(3, 1, name="left")(x), layers.Conv2D(3, 1, name="right")(x)
    x = layers.Add(name="sum")([left, right])
    x = layers.ReLU(name="relu")(x)
    x = layers.Conv2D(4, 3, name="last")(x)
    x = layers.Dropout(0.5, name="drop")(layers.GlobalAveragePooling2D(name="pool")(x))
    x = layers.Dense(5, activation="relu", name="hidden")(x)
    return models.Model(source, layers.Dense(3, name="head")(x), name="net")


def test_where_the_cut_lies() -> None:
    model = branches()
    assert base_and_head("test", model).until == "hidden"
    found = {
        name: base_and_head("test", model, name).until
        for name in ("stem", "sum", "relu", "last", "pool", "drop")
    }
    assert found == {
        "stem": "stem",
        "sum": "relu",
        "relu": "relu",
        "last": "pool",
        "pool": "pool",
        "drop": "drop",
    }
    assert base_and_head("test", model, "last").shape == (None, 4)
    assert [block.name for block in blocks_of(units_of(model.module))] == ["stem", "last", "hidden"]
    chain = models.Sequential(
        [layers.Input(shape=(8, 8, 2)), branches(), layers.Dense(2, name="end")], name="chain"
    )
    assert base_and_head("test", chain).until == "net"


def test_where_there_is_none() -> None:
    model = branches()
    with pytest.raises(
        ArgumentError,
        match=r"finetune: the network cannot be cut behind 'left', beside which .* behind stem, sum, relu, last",
    ):
        base_and_head("finetune", model, "left")
    with pytest.raises(ArgumentError, match=r"behind 'head' no layer has weights, .* name one before 'head'"):
        base_and_head("finetune", model, "head")
    with pytest.raises(UnknownNameError, match=r"no layer is named 'lasd'\. Did you mean 'last'"):
        base_and_head("finetune", model, "lasd")
    with pytest.raises(ArgumentError, match="is not a network of layers"):
        base_and_head(
            "finetune", models.Model(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)))
        )
    with pytest.raises(ArgumentError, match="has no head to be trained apart"):
        base_and_head("finetune", models.Sequential([layers.Dense(2, input_shape=(3,))]))
