"""Every registered architecture builds, counts what it should, equals Keras' layers, and says what is too small."""

import numpy as np
import pytest
import torch

from convolens.applications import APPLICATIONS, ConvModel, GoogLeNet, ShallowVGGNet, build
from convolens.applications.architectures.vgg import VGG16, VGG19
from convolens.errors import ArgumentError, ShapeError, UnknownNameError
from convolens.layers import OWN_LAYERS, BatchNormalization
from convolens.models.files.keras_form import describe, in_keras_form

pytestmark = pytest.mark.usefixtures("quickly_drawn")

EVERY = sorted(APPLICATIONS)
# others with more of the same blocks: they take long to build, in Keras most of all
DEEPER = ("resnet-101", "resnet-152", "vgg19", "vgg19-bn")


def undrawn(description):
    """Return a description with kernels of zeros, which takes no time: all weights come from elsewhere."""
    if isinstance(description, list):
        return [undrawn(item) for item in description]
    if not isinstance(description, dict):
        return description
    return {
        name: "zeros" if name == "kernel_initializer" else undrawn(item) for name, item in description.items()
    }


def in_keras(model):
    """The same layers with the same weights in Keras."""
    import keras

    description = undrawn(describe(in_keras_form(model.module)))
    twin = {"Sequential": keras.Sequential, "Functional": keras.Model}[description["class_name"]]
    twin = twin.from_config(description["config"])
    twin.set_weights(model.get_weights())
    return twin


def randomise(model):
    """Give the moving averages of batch normalisation something to do."""
    random = np.random.default_rng(2)
    for layer in model.layers:
        if isinstance(layer, BatchNormalization):
            layer.set_weights([w + random.uniform(-0.3, 0.3, w.shape) for w in layer.get_weights()])


def test_the_lectures_numbers():
    assert ShallowVGGNet().count_params() == 2_168_362
    assert ConvModel().count_params() == 1_212_513
    assert ShallowVGGNet().output_shape == (None, 10)
    assert ConvModel().output_shape == (None, 1)
    assert (ShallowVGGNet().name, ConvModel(name="mine").name) == ("shallow_vgg", "mine")


@pytest.mark.parametrize(
    ("network", "arguments", "parameters"),
    [
        (VGG16, {}, 138_357_544),
        (VGG19, {}, 143_667_240),
        (GoogLeNet, {}, 6_998_552),
        (GoogLeNet, {"auxiliary_heads": True}, 13_378_280),
        (GoogLeNet, {"batch_norm": True}, 6_624_904),
        (GoogLeNet, {"batch_norm": True, "auxiliary_heads": True}, 13_004_888),
    ],
)
def test_the_published_numbers(network, arguments, parameters):
    with torch.device("meta"):
        model = network(**arguments)
    assert sum(parameter.numel() for parameter in model.module.parameters()) == parameters
    assert model.input_shape == (None, 224, 224, 3)
    assert model.output_shape == (None, 1000)


def test_the_registry_has_the_lectures_two():
    assert {"shallow-vgg", "conv-model"} <= set(APPLICATIONS)


@pytest.mark.parametrize("name", EVERY)
def test_entry(name):
    entry = APPLICATIONS[name]
    assert entry.name == name
    assert entry.minimum_size <= entry.size
    assert entry.summary
    assert "\n" not in entry.summary


@pytest.mark.parametrize(
    ("name", "classes", "channels"),
    [
        pytest.param(name, classes, channels, marks=[pytest.mark.soak] if classes == 3 else [])
        for name in EVERY
        for classes, channels in ((2, 1), (3, 3))
    ],
)
def test_smallest_input_gives_probabilities(name, classes, channels):
    entry = APPLICATIONS[name]
    shape = (entry.minimum_size, entry.minimum_size + 3, channels)
    model = build(name, shape, classes)
    units = 1 if entry.sigmoid and classes == 2 else classes
    assert model.input_shape == (None, *shape)
    assert model.output_shape == (None, units)
    images = np.random.default_rng(0).random((4, *shape), dtype=np.float32)
    outputs = model.predict(images, verbose=0)
    assert outputs.shape == (4, units)
    assert ((outputs > 0) & (outputs < 1)).all()
    if units > 1:
        np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        pytest.param(name, n, marks=[pytest.mark.soak] if name in DEEPER else [])
        for name in EVERY
        for n in (2, 3)
        if n == 3 or APPLICATIONS[name].sigmoid
    ],
)
def test_equals_keras(name, classes, tmp_path):
    entry = APPLICATIONS[name]
    shape = (entry.minimum_size + 5, entry.minimum_size + 2, 3)
    model = build(name, shape, classes)
    images = np.random.default_rng(1).random((3, *shape), dtype=np.float32)
    randomise(model)
    if any(type(layer).__name__ in OWN_LAYERS for layer in model.layers):
        with pytest.raises(ArgumentError, match="Keras has no layer"):
            model.save(tmp_path / "model.keras")
        return
    expected = in_keras(model).predict(images, verbose=0)
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_one_pixel_less_is_refused_in_one_line(name):
    smallest = APPLICATIONS[name].minimum_size
    for shape in ((smallest - 1, smallest, 3), (smallest, smallest - 1, 3)):
        with pytest.raises(ShapeError) as caught:
            build(name, shape, 2)
        assert f"too small; the smallest is {smallest} x {smallest}" in str(caught.value)
        assert str(caught.value).startswith(f"{name}: ")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("function", [ShallowVGGNet, ConvModel])
@pytest.mark.parametrize("shape", [(32, 32), 32, (None, 32, 3), (32, 32, 0), (32.0, 32, 3), (True, 32, 3)])
def test_shapes_of_another_form(function, shape):
    with pytest.raises(ShapeError, match=r"input_shape must be \(rows, columns, channels\), three positive"):
        function(input_shape=shape)


def test_class_counts_that_mean_nothing():
    with pytest.raises(ArgumentError, match=r"ShallowVGGNet: classes must be an integer of at least 2"):
        ShallowVGGNet(classes=1)
    with pytest.raises(ArgumentError, match=r"ConvModel: classes must be an integer of at least 1"):
        ConvModel(classes=0)
    with pytest.raises(ArgumentError, match=r"build: classes must be an integer of at least 2; received 1"):
        build("conv-model", (64, 64, 3), 1)


def test_the_nearest_name_is_offered():
    with pytest.raises(
        UnknownNameError, match=r"build: unknown model 'shalow-vgg'\. Did you mean 'shallow-vgg'\?"
    ):
        build("shalow-vgg", (32, 32, 3), 10)


def test_two_classes_are_one_unit_only_after_a_sigmoid():
    config = build("conv-model", (30, 30, 3), 2).get_config()["layers"][-1]["config"]
    assert (config["units"], config["activation"]) == (1, "sigmoid")
    config = build("conv-model", (30, 30, 3), 3).get_config()["layers"][-1]["config"]
    assert (config["units"], config["activation"]) == (3, "softmax")
    config = build("shallow-vgg", (30, 30, 3), 2).get_config()["layers"][-1]["config"]
    assert (config["units"], config["activation"]) == (2, "softmax")
