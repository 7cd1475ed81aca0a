"""The layers that Keras does not have give what torch gives."""

import json
from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings

import convolens
from convolens import layers
from convolens.constructors import argument_names
from convolens.errors import ArgumentError, ShapeError
from convolens.models.graph.deserialization import deserialize
from convolens.models.graph.serialization import serialize

# Arguments of each; a new member of OWN_LAYERS must be given a line here.
CASES: dict[str, dict[str, Any]] = {
    "CaffePreprocessing": {},
    "InceptionModule": {
        "filters_1x1": 2,
        "filters_3x3": (3, 4),
        "filters_5x5": (1, 2),
        "pool_filters": 3,
        "batch_norm": True,
    },
    "LayerScale": {"initial": 0.25},
    "LocalResponseNormalization": {"size": 4, "alpha": 0.5, "beta": 0.6, "k": 2.0},
    "NearestNeighbours": {"units": 3, "samples": 4, "neighbours": 2, "weights": "distance"},
    "StochasticDepth": {"rate": 0.3},
    "TimmNetwork": {"model": "resnet18", "classes": 3},
    "TreeEnsemble": {
        "units": 2,
        "trees": 3,
        "nodes": 7,
        "depth": 2,
        "average": True,
        "activation": "softmax",
    },
}
ROWS = ("NearestNeighbours", "TreeEnsemble")  # take rows of features, not images


def test_every_layer_has_a_case() -> None:
    assert CASES.keys() == layers.OWN_LAYERS.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_description_gives_the_same_layer(name: str) -> None:
    if name == "TimmNetwork":
        pytest.importorskip("timm", reason="timm (extra zoo) is not installed")
    layer = layers.OWN_LAYERS[name](**CASES[name], name="it")
    shape = (6,) if name in ROWS else (3, 4, 3 if name == "CaffePreprocessing" else 6)
    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    expected = layer.eval()(x)
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert again.get_config() == layer.get_config()
    assert set(argument_names(type(layer))) - {"input_shape", "features"} <= layer.get_config().keys()
    again.build_once((None, *shape))
    again.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(again.eval()(x), expected)
    assert layer.compute_output_shape((None, *shape)) == (None, *expected.shape[1:])


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("naive", [False, True])
def test_an_inception_module_is_its_branches_side_by_side(naive: bool, batch_norm: bool) -> None:
    filters = (4, 6, 3, None) if naive else (4, (2, 6), (1, 3), 5)
    module = layers.InceptionModule(*filters, batch_norm=batch_norm, name="inception3a")
    module.build_once((None, 8, 9, 7))
    assert module.output_shape == (None, 8, 9, 4 + 6 + 3 + (7 if naive else 5))
    x = torch.randn(2, 7, 8, 9, generator=torch.Generator().manual_seed(1))
    module.eval()
    expected = []
    for branch in module.branches:
        y = x
        for layer in branch:
            y = layer(y)
        expected.append(y)
    torch.testing.assert_close(module(x), torch.cat(expected, 1))
    kernels = {
        name: tuple(w.shape) for name, w in module.state_dict().items() if name.endswith("conv.weight")
    }
    if naive:
        assert kernels == {
            "branch1.conv.weight": (4, 7, 1, 1), "branch2.0.conv.weight": (6, 7, 3, 3), "branch3.0.conv.weight": (3, 7, 5, 5),
        }  # fmt: skip
    else:
        assert kernels["branch3.1.conv.weight"] == (3, 1, 5, 5)
        assert kernels["branch4.1.conv.weight"] == (5, 7, 1, 1)
    assert module.count_params() == sum(value.numel() for value in module.state_dict().values())
    module.trainable = False  # reaches the layers inside: batch normalisation then uses what it remembers
    before = {name: value.clone() for name, value in module.state_dict().items()}
    module.train()(x)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


@settings(max_examples=60)
@given(
    st.integers(1, 9),
    st.integers(1, 7),
    st.floats(0, 2),
    st.floats(0, 2),
    st.floats(0.5, 2),
    st.integers(0, 2**31),
)
def test_local_response_normalization(
    size: int, channels: int, alpha: float, beta: float, k: float, seed: int
) -> None:
    x = torch.randn(2, channels, 3, 4, generator=torch.Generator().manual_seed(seed))
    received = layers.LocalResponseNormalization(size, alpha, beta, k)(x)
    torch.testing.assert_close(received, torch.nn.LocalResponseNorm(size, alpha, beta, k)(x))


def test_stochastic_depth_drops_whole_samples_and_keeps_the_mean() -> None:
    layer = layers.StochasticDepth(0.25)
    torch.manual_seed(0)
    kept = layer(torch.ones(4000, 2, 1, 3)).flatten(1)
    assert set(kept.unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert (kept.min(dim=1).values == kept.max(dim=1).values).all()
    assert kept.mean().item() == pytest.approx(1.0, abs=0.03)
    x = torch.randn(3, 2, 1, 3)
    assert layer.eval()(x) is x


def test_layer_scale_learns_a_factor_a_channel() -> None:
    layer = layers.LayerScale(2.0)
    layer(torch.ones(1, 3, 2, 2)).sum().backward()
    assert tuple(layer.weight.shape) == (3, 1, 1)  # as in torchvision's ConvNeXt
    assert layer.weight.grad.flatten().tolist() == [4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (
            lambda: layers.InceptionModule(0, 1, 1),
            ArgumentError,
            "filters_1x1 must be an integer of at least 1",
        ),
        (lambda: layers.InceptionModule(1, (1, 2, 3), 1), ArgumentError, r"a pair \(reduced, filters\)"),
        (lambda: layers.StochasticDepth(1.0), ArgumentError, r"rate must be a number in \[0, 1\)"),
        (lambda: layers.LocalResponseNormalization(0), ArgumentError, "size"),
        (lambda: layers.LocalResponseNormalization(alpha=-1), ArgumentError, "alpha"),
        (lambda: layers.LocalResponseNormalization().build((None, 3)), ShapeError, "expected images"),
        (lambda: layers.LayerScale().build((None, None)), ShapeError, "channels must be known"),
        (lambda: layers.Permute((1, 3)), ArgumentError, "each of 1 to the number of axes once"),
        (lambda: layers.Permute((2, 1)).build((None, 2, 3, 4)), ShapeError, "for 2 axes"),
        (lambda: layers.LayerNormalization(axis=1).build((None, 2, 3)), ShapeError, "must be the last"),
    ],
)
def test_wrong_arguments(make: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        make()


@pytest.mark.parametrize("default", [True, False, None])
def test_the_default_of_training_is_that_of_a_call_by_hand_as_in_keras(default: Any) -> None:
    x = np.ones((2, 3), "float32")

    def answers(m: Any) -> list[float]:
        class Marking(m.layers.Layer):  # type: ignore[misc, name-defined]
            def call(self, inputs: Any, training: Any = default) -> Any:
                return inputs * (2.0 if training else 0.5)

        start = m.layers.Input((3,))
        model = m.Model(start, Marking()(start))
        given = [
            Marking()(x),
            Marking()(x, training=False),
            model(x),
            model(x, training=True),
            model.predict(x, verbose=0),
        ]
        return [float(np.mean(np.asarray(one))) for one in given]

    assert answers(convolens) == answers(keras)
