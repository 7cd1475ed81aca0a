"""Keras' networks are Keras': names and order of layers, its files of weights, and what they predict."""

import re
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format

from convolens import applications
from convolens.applications.keras_form import efficientnet
from convolens.checkpoints.foreign import legacy_hdf5
from convolens.errors import CheckpointError

pytestmark = pytest.mark.usefixtures("quickly_drawn", "undrawn")

# The smallest sides of images, options that make it small, and the last layer without a classifier.
NETWORKS: dict[str, tuple[int, dict[str, Any], str]] = {
    "VGG16": (32, {}, "block5_pool"),
    "VGG19": (32, {}, "block5_pool"),
    "ResNet50": (32, {}, "conv5_block3_out"),
    "ResNet50V2": (32, {}, "post_relu"),
    "InceptionV3": (75, {}, "mixed10"),
    "Xception": (71, {}, "block14_sepconv2_act"),
    "MobileNet": (32, {"alpha": 0.25}, "conv_pw_13_relu"),
    "MobileNetV2": (32, {"alpha": 0.35}, "out_relu"),
    "MobileNetV3Small": (32, {}, "activation_17"),
    "MobileNetV3Large": (32, {"minimalistic": True}, "re_lu_30"),
    "DenseNet121": (32, {}, "relu"),
    "EfficientNetB0": (32, {}, "top_activation"),
}
DEEPER = (
    "ResNet101",
    "ResNet152",
    "ResNet101V2",
    "ResNet152V2",
    "DenseNet169",
    "DenseNet201",
    "EfficientNetB1",
    "EfficientNetB7",
)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Keras begin with zeros, which takes no time: all weights are set afterwards; and number layers from the beginning."""
    keras.backend.clear_session()
    for kind in (keras.initializers.GlorotUniform, keras.initializers.VarianceScaling):
        monkeypatch.setattr(kind, "__call__", lambda self, shape, dtype=None: keras.ops.zeros(shape))


def draw(model: Any) -> None:
    """Give a network of Keras weights with which every layer matters."""
    gain = 5 if model.name.startswith("efficientnet") else 2  # whose channels are weighed by about a half
    random = np.random.default_rng(0).standard_normal(99_991, dtype=np.float32)
    weights = []
    for weight in model.weights:
        drawn = np.resize(random, weight.shape)
        if weight.name.endswith(("gamma", "variance")):
            drawn = 1 + 0.2 * np.tanh(drawn)
        elif len(weight.shape) == 1:
            drawn = 0.02 * drawn
        else:
            of_one_channel = len(weight.shape) == 4 and weight.shape[3] == 1  # depthwise
            drawn = drawn * (gain / np.prod(weight.shape[: 2 if of_one_channel else -1])) ** 0.5
        weights.append(drawn)
        random = np.roll(random, 7)
    model.set_weights(weights)


def write(path: Path, model: Any) -> Path:
    """Write the file that Keras publishes of such a network."""
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return path


def images(rows: int, columns: int, name: str = "") -> np.ndarray:
    highest = 255 if name.startswith(("MobileNetV3", "EfficientNet")) else 2
    return np.random.default_rng(1).uniform(0, highest, (2, rows, columns, 3)).astype("float32")


def agree(ours: np.ndarray, theirs: np.ndarray) -> None:
    scale = np.abs(theirs).max()
    np.testing.assert_allclose(ours / scale, theirs / scale, atol=1e-4)
    assert np.abs(theirs[0] - theirs[1]).max() > 1e-3 * scale  # the images matter


def names(model: Any) -> list[str]:
    return [layer.name for layer in model.layers]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.soak] if name == "VGG19" else []) for name in NETWORKS]
)
def test_names_files_and_predictions(name: str, tmp_path: Path) -> None:
    size, options, last = NETWORKS[name]
    shape = (size, size + 3, 3)
    asked = {"input_shape": shape, "classes": 5, "classifier_activation": None, **options}
    theirs = getattr(keras.applications, name)(weights=None, **asked)
    draw(theirs)
    make = getattr(applications, name)
    ours = make(weights=write(tmp_path / "whole.h5", theirs), **asked)
    assert (ours.name, ours.count_params()) == (theirs.name, theirs.count_params())
    assert names(ours) == names(theirs)
    x = images(*shape[:2], name)
    agree(ours.predict(x, verbose=0), theirs.predict(x, verbose=0))

    features = keras.Model(theirs.inputs, theirs.get_layer(last).output)
    headless = make(
        include_top=False, weights=write(tmp_path / "notop.h5", features), input_shape=shape, **options
    )
    assert names(headless) == names(features)
    agree(headless.predict(x, verbose=0), features.predict(x, verbose=0))


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.soak) for name in DEEPER])
def test_deeper_ones_have_keras_layers(name: str) -> None:
    asked: dict[str, Any] = {
        "include_top": False,
        "weights": None,
        "input_shape": (32, 32, 3),
        "pooling": "max",
    }
    theirs, ours = getattr(keras.applications, name)(**asked), getattr(applications, name)(**asked)
    assert names(ours) == names(theirs)
    assert [weight.shape for weight in ours.get_weights()] == [
        weight.shape for weight in theirs.get_weights()
    ]


@pytest.mark.parametrize("form", ["model.weights.h5", "model.keras"])
def test_keras_3s_own_files(form: str, tmp_path: Path) -> None:
    asked: dict[str, Any] = {
        "alpha": 0.25,
        "input_shape": (32, 32, 3),
        "include_top": False,
        "pooling": "max",
    }
    theirs = keras.applications.MobileNet(weights=None, **asked)
    draw(theirs)
    theirs.save(tmp_path / form) if form.endswith(".keras") else theirs.save_weights(tmp_path / form)
    ours = applications.MobileNet(weights=tmp_path / form, **asked)
    assert names(ours) == names(theirs)
    x = images(32, 32)
    agree(ours.predict(x, verbose=0), theirs.predict(x, verbose=0))
    with pytest.raises(
        CheckpointError,
        match=r"no weights for layer 'conv_preds'.*The network is Keras' mobilenet_0\.25",
    ):
        applications.MobileNet(weights=tmp_path / form, alpha=0.25, input_shape=(32, 32, 3))


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("name", ["VGG16", "DenseNet121", "MobileNetV2"])
def test_pooled_features_are_named_as_keras_does(name: str, pooling: str) -> None:
    asked: dict[str, Any] = {"include_top": False, "weights": None, "pooling": pooling}
    shape = (32, 32, 3) if name != "VGG16" else (None, None, 3)
    theirs = getattr(keras.applications, name)(input_shape=shape, **asked)
    ours = getattr(applications, name)(input_shape=shape, **asked)
    assert (names(ours), ours.output_shape) == (names(theirs), theirs.output_shape)


def test_imagenets_efficientnet_divides_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Keras does with its own files alone; here both take one of ours for theirs."""
    asked: dict[str, Any] = {"include_top": False, "input_shape": (32, 32, 3)}
    drawn = keras.applications.EfficientNetB0(weights=None, **asked)
    draw(drawn)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    path = write(tmp_path / "models" / "efficientnetb0_notop.h5", drawn)
    monkeypatch.setattr(keras.src.utils.file_utils, "get_file", lambda *_, **__: path)
    scale = efficientnet.SCALES["b0"]
    monkeypatch.setitem(efficientnet.SCALES, "b0", (*scale[:4], ("", "")))
    keras.backend.clear_session()
    theirs = keras.applications.EfficientNetB0(weights="imagenet", **asked)
    ours = applications.EfficientNetB0(weights="imagenet", **asked)
    assert names(ours) == names(theirs)
    x = images(32, 32, "EfficientNetB0")
    agree(ours.predict(x, verbose=0), theirs.predict(x, verbose=0))


def test_keras_2s_file_of_resnet50(tmp_path: Path) -> None:
    """Its layers had other names and another epsilon; Keras 3 takes it by its order, wrongly or not at all."""
    asked: dict[str, Any] = {"include_top": False, "input_shape": (32, 32, 3), "pooling": "avg"}
    theirs = keras.applications.ResNet50(weights=None, **asked)
    draw(theirs)
    old = {"conv1_conv": "conv1", "conv1_bn": "bn_conv1"}
    layers = []
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.epsilon = 1e-3
        if found := re.fullmatch(r"conv(\d)_block(\d)_(\d)_(conv|bn)", layer.name):
            stage, block, place, kind = found.groups()
            part = "1" if place == "0" else "2" + "abc"[int(place) - 1]
            old[layer.name] = (
                f"{'res' if kind == 'conv' else 'bn'}{stage}{'abcdef'[int(block) - 1]}_branch{part}"
            )
        weights = [(weight.name, weight.numpy()) for weight in layer.weights]
        layers.append((old.get(layer.name, layer.name), weights))
    legacy_hdf5.write(tmp_path / "old.h5", layers)
    ours = applications.ResNet50(weights=tmp_path / "old.h5", **asked)
    x = images(32, 32)
    agree(ours.predict(x, verbose=0), theirs.predict(x, verbose=0))
