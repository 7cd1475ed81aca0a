"""Every layer gives what Keras' layer of the same name gives, from the same weights."""

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
from convolens.models import Model

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
    "Reshape": [{"target_shape": (3, -1)}, {"target_shape": (-1, 3, 1)}, {"target_shape": (-1,)}],
    "RepeatVector": [{"n": 3}],
    "Conv2DTranspose": [
        {"filters": 4, "kernel_size": 3, "activation": "relu"},
        {"filters": 2, "kernel_size": (3, 4), "strides": 2, "padding": "same"},
        {"filters": 3, "kernel_size": (2, 5), "strides": (3, 2), "output_padding": (1, 0), "use_bias": False},
        {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1, "padding": "same"},
        {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "padding": "same"},
    ],
    "Cropping1D": [{}, {"cropping": (2, 0)}],
    "Cropping2D": [{}, {"cropping": 1}, {"cropping": ((1, 2), (0, 1))}],
    "Cropping3D": [{}, {"cropping": ((1, 0), (2, 1), (0, 0))}],
    "UpSampling1D": [{}, {"size": 3}],
    "UpSampling2D": [
        {},
        {"size": (1, 3)},
        {"size": (2, 3), "interpolation": "bilinear"},
        {"interpolation": "bicubic"},
    ],
    "UpSampling3D": [{}, {"size": (1, 2, 3)}],
    "LeakyReLU": [{}, {"negative_slope": 0.1}],
    "ELU": [{}, {"alpha": 0.5}],
    "Identity": [{}],
    "GaussianNoise": [{"stddev": 0.3}],
    "GaussianDropout": [{"rate": 0.3}],
    "AlphaDropout": [{"rate": 0.3}],
    "GroupNormalization": [{"groups": 1}, {"groups": -1, "center": False}, {"groups": 3, "epsilon": 0.1}],
    "Normalization": [
        {"mean": 2.0, "variance": 3.0},
        {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 5.0, 6.0], "invert": True},
    ],
    "Resizing": [{"height": 6, "width": 7}, {"height": 3, "width": 9, "crop_to_aspect_ratio": True}],
    "CenterCrop": [{"height": 4, "width": 5}, {"height": 12, "width": 4}],
    "RandomBrightness": [{"factor": 0.2}],
    "RandomContrast": [{"factor": (0.2, 0.3), "value_range": (0, 1)}],
    "RandomErasing": [{"fill_value": 1.0}],
    "RandomFlip": [{}, {"mode": "vertical"}],
    "RandomRotation": [{"factor": 0.2}, {"factor": (0.1, 0.3), "fill_mode": "constant", "fill_value": 2.0}],
    "RandomTranslation": [{"height_factor": 0.2, "width_factor": (-0.2, 0.3)}],
    "RandomZoom": [
        {"height_factor": 0.2},
        {"height_factor": 0.1, "width_factor": 0.2, "interpolation": "nearest"},
    ],
    "ActivityRegularization": [{"l1": 0.1, "l2": 0.2}],
    "Conv1D": [
        {"filters": 4, "kernel_size": 3, "activation": "relu"},
        {"filters": 3, "kernel_size": (2,), "padding": "causal", "dilation_rate": 2},
        {"filters": 6, "kernel_size": 4, "strides": 2, "padding": "same", "groups": 3, "use_bias": False},
    ],
    "DepthwiseConv1D": [{"kernel_size": 3}, {"kernel_size": 2, "padding": "same", "depth_multiplier": 2}],
    "SeparableConv1D": [{"filters": 4, "kernel_size": 3}, {"filters": 2, "kernel_size": 2, "strides": 2}],
    "MaxPooling1D": [{}, {"pool_size": 3, "strides": 2, "padding": "same"}],
    "AveragePooling1D": [{"pool_size": 2}, {"pool_size": 3, "strides": 2}],
    "GlobalAveragePooling1D": [{}, {"keepdims": True}],
    "GlobalMaxPooling1D": [{}],
    "GlobalAveragePooling3D": [{"keepdims": True}],
    "GlobalMaxPooling3D": [{}],
    "ZeroPadding1D": [{}, {"padding": (2, 0)}],
    "ZeroPadding3D": [{}, {"padding": ((1, 0), (2, 1), (0, 3))}],
    "Conv3D": [
        {"filters": 4, "kernel_size": 3, "activation": "relu"},
        {"filters": 6, "kernel_size": (1, 2, 3), "strides": (1, 2, 1), "padding": "same", "groups": 3},
        {
            "filters": 2,
            "kernel_size": (2, 3, 3),
            "dilation_rate": (1, 2, 2),
            "padding": "same",
            "use_bias": False,
        },
        {"filters": 2, "kernel_size": 3, "padding": "same"},
        {"filters": 4, "kernel_size": 1, "strides": 2},
    ],
    "Conv1DTranspose": [
        {"filters": 4, "kernel_size": 3, "activation": "relu"},
        {"filters": 3, "kernel_size": (5,), "strides": 3, "output_padding": 1, "use_bias": False},
        {"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same"},
        {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "padding": "same"},
    ],
    "Conv3DTranspose": [
        {"filters": 4, "kernel_size": 2, "activation": "relu"},
        {"filters": 3, "kernel_size": (1, 2, 3), "strides": (1, 3, 2), "output_padding": (0, 2, 1)},
        {"filters": 2, "kernel_size": 3, "strides": (2, 1, 2), "padding": "same", "use_bias": False},
    ],
    "MaxPooling3D": [{}, {"pool_size": (1, 3, 2), "strides": (2, 2, 1), "padding": "same"}],
    "AveragePooling3D": [
        {"pool_size": 2},
        {"pool_size": 3, "strides": 1, "padding": "same"},
        {"pool_size": (2, 3, 3), "strides": (1, 2, 3), "padding": "same"},
    ],
    "SpatialDropout1D": [{"rate": 0.3}],
    "SpatialDropout3D": [{"rate": 0.3}],
    "Subtract": [{}],
    "Maximum": [{}],
    "Minimum": [{}],
    "Dot": [{"axes": 1}, {"axes": (2, 2)}, {"axes": -1, "normalize": True}],
}
SPATIAL = ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
NOISY = ("Dropout", *SPATIAL, "GaussianNoise", "GaussianDropout", "AlphaDropout")
DROPPING = (*NOISY, *(name for name in CASES if name.startswith("Random")))
MERGING = ("Concatenate", "Add", "Average", "Multiply", "Subtract", "Maximum", "Minimum", "Dot")
LEFT_OUT = {
    "input_shape",
    "trainable",
    "alpha",
}  # the first is not of a layer alone; Keras' SpatialDropout2D has not the second; the third is an older name
# Ends of names of what only Keras' configurations hold; each is refused, or does nothing, where it comes to us.
THEIRS_ALONE = (
    "dtype", "_regularizer", "_constraint", "quantization_config", "renorm", "renorm_clipping", "renorm_momentum",
    "rms_scaling", "synchronized",
)  # fmt: skip
ALL = [(name, arguments) for name, cases in CASES.items() for arguments in cases]


def _axes(name: str) -> int:
    """Return how many axes of places a layer takes, by its name; those of images where it says nothing."""
    return next((axes for axes in (1, 3) if f"{axes}D" in name), 2)


def _random_weights(shapes: list[tuple[int, ...]], random: np.random.Generator) -> list[np.ndarray]:
    return [random.uniform(0.1, 1.0, shape).astype("float32") for shape in shapes]


def _input(name: str, batch: int, rows: int, columns: int, random: np.random.Generator) -> Any:
    """Return what a layer of this name can be called on."""
    if name == "RepeatVector":
        places: tuple[int, ...] = ()
    else:
        places = (rows, columns, 4)[: _axes(name)]
    x = random.normal(size=(batch, *places, 3)).astype("float32")
    return [x, random.normal(size=x.shape).astype("float32")] if name in MERGING else x


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
    gone = {"ThresholdedReLU"}  # from Keras 3
    elsewhere = {
        "Embedding",  # tests/layers/fully_connected: it takes whole numbers
        "RandomCrop",  # tests/layers/preprocessing; in predictions Keras 3.15 gives another shape than it says
    }
    assert set(CASES) == set(layers.LAYERS) - {"InputLayer"} - gone - elsewhere


@pytest.mark.parametrize("shape", [(4, 5), (2, 3, 4, 5)])
def test_thresholded_relu_keeps_what_is_above(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = layers.ThresholdedReLU.from_config(layers.ThresholdedReLU(0.3).get_config())
    np.testing.assert_array_equal(_outside(layer(_inside(x))), np.where(x > 0.3, x, 0))


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
    x = _input(name, batch, rows, columns, random)
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
    size=st.tuples(*[st.integers(3, 12)] * 3),
    kernel=st.tuples(*[st.integers(1, 3)] * 3),
    strides=st.tuples(*[st.integers(1, 4)] * 3),
    padding=st.sampled_from(["valid", "same"]),
    name=st.sampled_from(
        [
            "Conv2D",
            "Conv2DTranspose",
            "DepthwiseConv2D",
            "SeparableConv2D",
            "MaxPooling2D",
            "AveragePooling2D",
            "Conv3D",
            "Conv1DTranspose",
            "Conv3DTranspose",
            "MaxPooling3D",
            "AveragePooling3D",
        ]
    ),
)
def test_every_padding_and_stride(
    size: tuple[int, ...], kernel: tuple[int, ...], strides: tuple[int, ...], padding: str, name: str
) -> None:
    random = np.random.default_rng(0)
    size, kernel, strides = (numbers[: _axes(name)] for numbers in (size, kernel, strides))
    x = random.normal(size=(2, *size, 2)).astype("float32")
    window: dict[str, Any] = {"kernel_size" if "Conv" in name else "pool_size": kernel}
    if "Conv" in name and name != "DepthwiseConv2D":
        window["filters"] = 3
    ours, theirs = _pair(name, window | {"strides": strides, "padding": padding}, x, random)
    np.testing.assert_allclose(_outside(ours(_inside(x))), theirs(x).detach().numpy(), atol=1e-5)


def _is_plain(value: Any) -> bool:
    return value != "float32" and not isinstance(value, dict)


@pytest.mark.parametrize(("name", "arguments"), ALL, ids=str)
def test_config_travels(name: str, arguments: dict[str, Any]) -> None:
    layer = layers.LAYERS[name](**arguments, name="mine")
    config = layer.get_config()
    assert set(argument_names(type(layer))) - LEFT_OUT <= config.keys()
    assert layers.LAYERS[name].from_config(config).get_config() == config
    theirs = getattr(keras.layers, name).from_config(config)
    own = theirs.get_config()
    assert config.keys() <= own.keys()
    assert not {key for key in own.keys() - config.keys() if not key.endswith(THEIRS_ALONE)}
    assert {key: value for key, value in config.items() if _is_plain(value)} == {
        key: value for key, value in own.items() if key in config and _is_plain(config[key])
    }
    assert theirs.name == "mine"
    back = layers.LAYERS[name].from_config(theirs.get_config()).get_config()
    assert back == config


OF_ANY_RANK: dict[str, dict[str, Any]] = {
    "BatchNormalization": {},
    "Dense": {"units": 4},
    "LayerNormalization": {},
    "GroupNormalization": {"groups": 3},
    "UnitNormalization": {},
    "Normalization": {"mean": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "variance": [2.0] * 6},
    "PReLU": {},
    "Softmax": {},
    "Flatten": {},
    "Reshape": {"target_shape": (3, 1, -1, 1)},
    "Rescaling": {"scale": 0.5},
}


@pytest.mark.parametrize("name", OF_ANY_RANK)
@pytest.mark.parametrize("shape", [(4, 6), (4, 3, 6), (4, 2, 3, 6), (4, 2, 3, 5, 6), (4, 6, 3, 2, 6)])
def test_layers_of_every_rank(name: str, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=shape).astype("float32")
    ours, theirs = _pair(name, OF_ANY_RANK[name], x, random)
    expected = theirs(x, training=True).detach().numpy()
    np.testing.assert_allclose(_outside(ours.train()(_inside(x))), expected, atol=1e-5)
    assert ours.compute_output_shape((None, *shape[1:])) == (None, *expected.shape[1:])


@pytest.mark.parametrize("dims", [(1,), (2, 1), (4, 1, 3, 2), (2, 4, 3, 1)])
def test_permute_of_every_rank(dims: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).random((2, *(3, 4, 5, 6)[: len(dims)])).astype("float32")
    given_ = _outside(layers.Permute(dims)(_inside(x)))
    np.testing.assert_array_equal(given_, keras.layers.Permute(dims)(x).detach().numpy())


@pytest.mark.parametrize(("name", "arguments"), ALL, ids=str)
def test_gradients(name: str, arguments: dict[str, Any]) -> None:
    random = np.random.default_rng(2)
    x = _input(name, 3, 6, 7, random)
    ours, theirs = _pair(name, arguments, x, random)
    several = x if isinstance(x, list) else [x]
    mine = [_inside(item).requires_grad_() for item in several]
    other = [torch.from_numpy(item).requires_grad_() for item in several]
    training = name not in DROPPING
    (ours.train(training)(mine if isinstance(x, list) else mine[0]) ** 2).sum().backward()
    (theirs(other if isinstance(x, list) else other[0], training=training) ** 2).sum().backward()
    for a, b in zip(mine, other, strict=True):
        assert a.grad is not None
        assert b.grad is not None
        np.testing.assert_allclose(_outside(a.grad), b.grad.numpy(), rtol=1e-3, atol=2e-4)
    entries = [entry for entry in ours.weight_entries() if entry.tensor.grad is not None]
    assert len(entries) == len(theirs.trainable_weights)
    for entry, variable in zip(entries, theirs.trainable_weights, strict=True):
        gradient = entry.to_keras(entry.tensor.grad.numpy())
        np.testing.assert_allclose(gradient, variable.value.grad.numpy(), rtol=1e-3, atol=1e-3)


def test_batch_of_one_value_per_channel() -> None:
    layer = layers.BatchNormalization()
    layer.build_once((None, 3))
    assert layer.train()(torch.ones(1, 3)).abs().max() == 0
    assert torch.allclose(layer.running_var, torch.full((3,), 0.99))


@pytest.mark.parametrize(
    "name",
    [
        "Conv2D",
        "Conv2DTranspose",
        "DepthwiseConv2D",
        "SeparableConv2D",
        "Conv3D",
        "Conv3DTranspose",
        "Conv1DTranspose",
    ],
)
def test_initial_kernels_are_as_wide_as_those_of_keras(name: str) -> None:
    arguments: dict[str, Any] = {"kernel_size": 3} | ({} if name == "DepthwiseConv2D" else {"filters": 40})
    ours, theirs = layers.LAYERS[name](**arguments), getattr(keras.layers, name)(**arguments)
    shape = (None, *[8] * _axes(name), 300)
    ours.build_once(shape)
    theirs.build(shape)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert mine.shape == other.shape
        np.testing.assert_allclose(abs(mine).max(), abs(other).max(), rtol=0.01)


@pytest.mark.parametrize("name", [name for name in MERGING if name not in ("Concatenate", "Dot")])
@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 4, 5, 3), (2, 3)),
        ((2, 5, 3), (2, 4, 5, 3)),
        ((2, 4, 5, 3), (2, 1, 5, 1)),
        ((2, 6, 4, 5, 3), (2, 4, 5, 3)),
    ],
)
def test_branches_of_different_ranks(name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    random = np.random.default_rng(3)
    x = [random.normal(size=shape).astype("float32") for shape in shapes]
    ours, theirs = _pair(name, {}, x, random)
    expected = theirs(x).detach().numpy()
    np.testing.assert_allclose(_outside(ours(_inside(x))), expected, atol=1e-6)
    assert ours.compute_output_shape([(None, *shape[1:]) for shape in shapes]) == (None, *expected.shape[1:])


@pytest.mark.parametrize("name", [name for name in MERGING if name not in ("Subtract", "Dot")])
def test_a_list_of_one_branch_is_that_branch(name: str) -> None:
    x = np.random.default_rng(4).normal(size=(4, 5, 5, 3)).astype("float32")
    source = layers.Input((5, 5, 3))
    model = Model(source, layers.LAYERS[name]()([source]))
    np.testing.assert_allclose(model.predict(x), x)


@pytest.mark.parametrize(
    "shapes", [((2, 3), (2, 3)), ((2, 4, 3), (2, 3)), ((2, 3), (2, 5, 3)), ((2, 4, 5, 3), (2, 6, 3))]
)
def test_dot_of_every_rank(shapes: tuple[tuple[int, ...], ...]) -> None:
    random = np.random.default_rng(5)
    x = [random.normal(size=shape).astype("float32") for shape in shapes]
    ours, theirs = _pair("Dot", {"axes": -1}, x, random)
    expected = theirs(x).detach().numpy()
    np.testing.assert_allclose(_outside(ours(_inside(x))), expected, atol=1e-5)
    assert ours.compute_output_shape([(None, *shape[1:]) for shape in shapes]) == (None, *expected.shape[1:])


@pytest.mark.parametrize("name", ["Dropout", "AlphaDropout"])
@pytest.mark.parametrize("shape", [(None, 1, 1, None), (8, 6, 1, 1), (None, 1, None, 3)])
def test_noise_of_a_given_shape_is_repeated(name: str, shape: tuple[int | None, ...]) -> None:
    layer = layers.LAYERS[name](0.5, noise_shape=shape).train()
    given_ = _outside(layer(_inside(np.ones((8, 6, 7, 3), "float32"))))
    drawn = np.broadcast_to(
        given_[tuple(slice(0, 1) if size == 1 else slice(None) for size in shape)], given_.shape
    )
    np.testing.assert_array_equal(given_, drawn)
    assert len(np.unique(given_)) == 2
    assert len(np.unique(drawn[:, 0, 0, 0])) == 2 or shape[0] == 1


@pytest.mark.parametrize("name", NOISY)
def test_noise_has_the_mean_and_variance_of_keras(name: str) -> None:
    arguments = {"stddev": 0.4} if name == "GaussianNoise" else {"rate": 0.4}
    x = np.random.default_rng(6).normal(1.0, 1.0, (400, *[5] * _axes(name), 8)).astype("float32")
    torch.manual_seed(7)
    ours = _outside(layers.LAYERS[name](**arguments).train()(_inside(x)))
    theirs = getattr(keras.layers, name)(**arguments, seed=7)(x, training=True).detach().numpy()
    np.testing.assert_allclose(ours.mean(), theirs.mean(), atol=0.05)
    np.testing.assert_allclose(ours.std(), theirs.std(), atol=0.06)


def test_the_penalty_of_activity_regularization_is_that_of_keras() -> None:
    x = np.random.default_rng(8).normal(size=(6, 5)).astype("float32")

    def loss(library: Any) -> float:
        model = library.Sequential(
            [library.Input((5,)), library.layers.ActivityRegularization(l1=0.1, l2=0.2)]
        )
        model.compile(loss="mse")
        return float(model.evaluate(x, x, verbose=0))

    assert loss(convolens) == pytest.approx(loss(keras), rel=1e-5)
    assert loss(keras) > 0.1
