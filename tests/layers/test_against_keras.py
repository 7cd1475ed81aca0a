"""Every layer gives what Keras' layer of the same name gives, from the same weights."""

from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from convolens import layers
from convolens.constructors import argument_names

# Arguments that exercise each layer; a new member of LAYERS must be given a line here.
CASES: dict[str, list[dict[str, Any]]] = {
    "Conv2D": [
        {"filters": 4, "kernel_size": 3, "activation": "relu"},
        {"filters": 6, "kernel_size": (2, 3), "strides": (2, 1), "padding": "same", "groups": 3},
        {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "padding": "same", "use_bias": False},
    ],
    "DepthwiseConv2D": [
        {"kernel_size": 3, "activation": "relu"},
        {"kernel_size": (3, 2), "strides": 2, "padding": "same", "depth_multiplier": 2},
        {"kernel_size": 2, "dilation_rate": 2, "padding": "same", "use_bias": False},
    ],
    "SeparableConv2D": [
        {"filters": 4, "kernel_size": 3, "activation": "relu"},
        {"filters": 5, "kernel_size": (2, 3), "strides": 2, "padding": "same", "depth_multiplier": 2},
        {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "use_bias": False},
    ],
    "MaxPooling2D": [{}, {"pool_size": 3, "strides": 2, "padding": "same"}],
    "AveragePooling2D": [{"pool_size": 2}, {"pool_size": 3, "strides": 2, "padding": "same"}],
    "GlobalAveragePooling2D": [{}, {"keepdims": True}],
    "GlobalMaxPooling2D": [{}, {"keepdims": True}],
    "Flatten": [{}],
    "Dense": [{"units": 5}, {"units": 3, "activation": "softmax", "use_bias": False}],
    "Dropout": [{"rate": 0.3}],
    "SpatialDropout2D": [{"rate": 0.3}],
    "Activation": [
        {"activation": name} for name in ("relu", "softmax", "leaky_relu", "gelu", "hard_sigmoid")
    ],
    "ReLU": [{}, {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2}],
    "PReLU": [{}, {"shared_axes": [1, 2]}, {"shared_axes": [2], "alpha_initializer": "ones"}],
    "Softmax": [{}, {"axis": 1}],
    "BatchNormalization": [{}, {"center": False, "epsilon": 1e-2, "momentum": 0.5}],
    "Concatenate": [{}, {"axis": 1}],
    "Add": [{}],
    "Average": [{}],
    "Multiply": [{}],
    "LayerNormalization": [{}, {"center": False, "epsilon": 1e-5}],
    "Permute": [{"dims": (3, 1, 2)}, {"dims": (2, 3, 1)}],
    "Rescaling": [{"scale": 0.5, "offset": 1.0}],
    "ZeroPadding2D": [{}, {"padding": ((1, 2), (0, 3))}],
    "UnitNormalization": [{}, {"axis": 3}],
}
DROPPING = ("Dropout", "SpatialDropout2D")
MERGING = ("Concatenate", "Add", "Average", "Multiply")
LEFT_OUT = {
    "input_shape",
    "trainable",
}  # the first is not of a layer alone; Keras' SpatialDropout2D has not the second
ALL = [(name, arguments) for name, cases in CASES.items() for arguments in cases]


def _random_weights(shapes: list[tuple[int, ...]], random: np.random.Generator) -> list[np.ndarray]:
    return [random.uniform(0.1, 1.0, shape).astype("float32") for shape in shapes]


def _pair(name: str, arguments: dict[str, Any], x: Any, random: np.random.Generator) -> tuple[Any, Any]:
    """Return our layer and Keras' with the same random weights, built for x."""
    ours, theirs = layers.LAYERS[name](**arguments), getattr(keras.layers, name)(**arguments)
    theirs.build([item.shape for item in x] if isinstance(x, list) else x.shape)
    shape = [(None, *item.shape[1:]) for item in x] if isinstance(x, list) else (None, *x.shape[1:])
    ours.build_once(shape)
    weights = _random_weights([tuple(weight.shape) for weight in theirs.get_weights()], random)
    theirs.set_weights(weights)
    ours.set_weights(weights)
    return ours, theirs


def _inside(x: Any) -> Any:
    if isinstance(x, list):
        return [_inside(item) for item in x]
    tensor = torch.from_numpy(x)
    return tensor.permute(0, 3, 1, 2) if x.ndim == 4 else tensor


def _outside(y: torch.Tensor) -> np.ndarray:
    return (y.permute(0, 2, 3, 1) if y.ndim == 4 else y).detach().numpy()


def test_every_layer_has_cases() -> None:
    assert set(CASES) == set(layers.LAYERS) - {"InputLayer"}


@pytest.mark.parametrize(("name", "arguments"), ALL, ids=str)
@settings(max_examples=12)
@given(
    rows=st.integers(5, 9),
    columns=st.integers(5, 9),
    batch=st.integers(1, 3),
    training=st.booleans(),
    seed=st.integers(0, 99),
)
def test_outputs_and_shapes(
    name: str, arguments: dict[str, Any], rows: int, columns: int, batch: int, training: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    x: Any = random.normal(size=(batch, rows, columns, 3)).astype("float32")
    if name in MERGING:
        x = [x, random.normal(size=x.shape).astype("float32")]
    ours, theirs = _pair(name, arguments, x, random)
    training = training and name not in DROPPING
    ours.train(training)
    expected = theirs(x, training=training).detach().numpy()
    given_ = _outside(ours(_inside(x)))
    np.testing.assert_allclose(given_, expected, atol=1e-5, rtol=1e-5)
    shape = [(None, *item.shape[1:]) for item in x] if isinstance(x, list) else (None, *x.shape[1:])
    assert ours.compute_output_shape(shape) == (None, *expected.shape[1:])
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):  # moving averages too
        np.testing.assert_allclose(mine, other, atol=1e-5)


@settings(max_examples=60)
@given(
    size=st.tuples(st.integers(3, 12), st.integers(3, 12)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    strides=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    padding=st.sampled_from(["valid", "same"]),
    name=st.sampled_from(
        ["Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D"]
    ),
)
def test_every_padding_and_stride(
    size: tuple[int, int], kernel: tuple[int, int], strides: tuple[int, int], padding: str, name: str
) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(2, *size, 2)).astype("float32")
    window: dict[str, Any] = {"kernel_size" if "Conv" in name else "pool_size": kernel}
    if name in ("Conv2D", "SeparableConv2D"):
        window["filters"] = 3
    ours, theirs = _pair(name, window | {"strides": strides, "padding": padding}, x, random)
    np.testing.assert_allclose(_outside(ours(_inside(x))), theirs(x).detach().numpy(), atol=1e-5)


@pytest.mark.parametrize(("name", "arguments"), ALL, ids=str)
def test_config_travels(name: str, arguments: dict[str, Any]) -> None:
    layer = layers.LAYERS[name](**arguments, name="mine")
    config = layer.get_config()
    assert set(argument_names(type(layer))) - LEFT_OUT <= config.keys()
    assert layers.LAYERS[name].from_config(config).get_config() == config
    theirs = getattr(keras.layers, name).from_config(config)
    assert config.keys() <= theirs.get_config().keys()
    assert theirs.name == "mine"
    back = layers.LAYERS[name].from_config(theirs.get_config()).get_config()
    skipped = {"dtype"}
    assert {k: v for k, v in back.items() if k not in skipped} == {
        k: v for k, v in config.items() if k not in skipped
    }


@pytest.mark.parametrize("shape", [(4, 6), (4, 3, 6)])
def test_batch_normalization_and_dense_of_other_ranks(shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=shape).astype("float32")
    for name, arguments in (("BatchNormalization", {}), ("Dense", {"units": 4})):
        ours, theirs = _pair(name, arguments, x, random)
        expected = theirs(x, training=True).detach().numpy()
        np.testing.assert_allclose(ours.train()(torch.from_numpy(x)).detach().numpy(), expected, atol=1e-5)


def test_gradients_of_convolution_and_normalization() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=(3, 6, 6, 2)).astype("float32")
    ours, theirs = _pair("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "relu"}, x, random)
    (ours(_inside(x)) ** 2).sum().backward()
    (theirs(x) ** 2).sum().backward()
    kernel = ours.weight.grad.numpy().transpose(2, 3, 1, 0)
    np.testing.assert_allclose(kernel, theirs.kernel.value.grad.numpy(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(ours.bias.grad.numpy(), theirs.bias.value.grad.numpy(), rtol=1e-4)


def test_batch_of_one_value_per_channel() -> None:
    layer = layers.BatchNormalization()
    layer.build_once((None, 3))
    assert layer.train()(torch.ones(1, 3)).abs().max() == 0
    assert torch.allclose(layer.running_var, torch.full((3,), 0.99))


@pytest.mark.parametrize("name", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D"])
def test_initial_kernels_are_as_wide_as_those_of_keras(name: str) -> None:
    arguments: dict[str, Any] = {"kernel_size": 3} | ({} if name == "DepthwiseConv2D" else {"filters": 40})
    ours, theirs = layers.LAYERS[name](**arguments), getattr(keras.layers, name)(**arguments)
    ours.build_once((None, 8, 8, 300))
    theirs.build((None, 8, 8, 300))
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert mine.shape == other.shape
        np.testing.assert_allclose(abs(mine).max(), abs(other).max(), rtol=0.01)
