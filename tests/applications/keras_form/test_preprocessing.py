"""preprocess_input and decode_predictions give what Keras' give, on arrays, tensors and symbolic tensors."""

import hashlib
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import torch

import convolens
from convolens import applications
from convolens.applications.weights.imagenet_classes import imagenet_index
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.tensor import as_tensor

MODULES = (
    "densenet", "efficientnet", "inception_v3", "mobilenet", "mobilenet_v2", "mobilenet_v3", "resnet", "resnet50", "resnet_v2", "vgg16", "vgg19",
    "xception",
)  # fmt: skip


def photos(dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 255, (2, 4, 5, 3)).astype(dtype)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_arrays_of_each_network(name: str, dtype: str) -> None:
    """The same numbers, the same type, and the same of the array that was given: floats are written over, as Keras says."""
    ours, theirs = photos(dtype), photos(dtype)
    wanted = getattr(keras.applications, name).preprocess_input(theirs)
    found = getattr(applications, name).preprocess_input(ours)
    np.testing.assert_array_equal(found, wanted)
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
@pytest.mark.parametrize("rank", [3, 4])
def test_arrays_and_tensors_in_either_order(mode: str, data_format: str, rank: int) -> None:
    images = photos() if rank == 4 else photos()[0]
    if data_format == "channels_first":
        images = np.moveaxis(images, -1, -3).copy()
    wanted = keras.applications.imagenet_utils.preprocess_input(images.copy(), data_format, mode)
    given = applications.imagenet_utils.preprocess_input(images.copy(), data_format, mode)
    np.testing.assert_array_equal(given, wanted)
    for tensor in (torch.from_numpy(images.copy()), as_tensor(images.copy())):
        found = applications.imagenet_utils.preprocess_input(tensor, data_format, mode)
        assert type(found) is type(tensor)
        np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-6, atol=1e-5)
        np.testing.assert_array_equal(tensor.numpy(), images)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
def test_symbolic_tensors_become_a_layer(mode: str, tmp_path: Path) -> None:
    inputs = convolens.Input((4, 5, 3))
    x = applications.imagenet_utils.preprocess_input(inputs, mode=mode)
    model = convolens.Model(inputs, convolens.layers.GlobalAveragePooling2D()(convolens.layers.ReLU()(x)))
    wanted = np.maximum(keras.applications.imagenet_utils.preprocess_input(photos(), mode=mode), 0).mean(
        (1, 2)
    )
    np.testing.assert_allclose(model.predict(photos(), verbose=0), wanted, rtol=1e-5, atol=1e-5)
    model.save(tmp_path / "model.keras")
    again = convolens.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(photos(), verbose=0), wanted, rtol=1e-5, atol=1e-5)


def test_what_comes_out_can_be_predicted_and_is_no_read_only_trap() -> None:
    images = photos()
    images.flags.writeable = False
    found = applications.vgg16.preprocess_input(images)
    np.testing.assert_array_equal(images, photos())
    model = convolens.Sequential([convolens.layers.Flatten(input_shape=(4, 5, 3)), convolens.layers.Dense(1)])
    assert model.predict(found, verbose=0).shape == (2, 1)


def test_what_cannot_be_preprocessed() -> None:
    with pytest.raises(ShapeError, match=r"images of 3 channels are wanted; received shape \(2, 4, 5, 1\)"):
        applications.vgg16.preprocess_input(photos()[..., :1])
    with pytest.raises(ArgumentTypeError, match=r"takes an array or a tensor of images.*received a list"):
        applications.vgg16.preprocess_input([1, 2])
    with pytest.raises(ArgumentError, match="mode"):
        applications.imagenet_utils.preprocess_input(photos(), mode="pytorch")
    with pytest.raises(ArgumentError, match="networks here take channels_last"):
        applications.vgg16.preprocess_input(convolens.Input((4, 5, 3)), "channels_first")


def test_the_index_is_keras_file() -> None:
    """MD5 of `imagenet_class_index.json`, as Keras checks it."""
    written = json.dumps({str(place): list(told) for place, told in enumerate(imagenet_index())})
    assert (
        hashlib.md5(written.encode(), usedforsecurity=False).hexdigest() == "c2c37ea517e94d9795004a39431a14cb"
    )
    source = Path(keras.src.applications.imagenet_utils.__file__).read_text()
    assert "c2c37ea517e94d9795004a39431a14cb" in source


@pytest.mark.parametrize("top", [1, 5, 1000])
def test_predictions_in_words(top: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index = {str(place): list(told) for place, told in enumerate(imagenet_index())}
    monkeypatch.setattr(keras.src.applications.imagenet_utils, "CLASS_INDEX", index)
    predictions = np.random.default_rng(0).integers(0, 50, (3, 1000)).astype("float32")  # many are equal
    wanted = keras.applications.imagenet_utils.decode_predictions(predictions, top)
    assert applications.vgg16.decode_predictions(predictions, top=top) == wanted
    assert applications.resnet50.decode_predictions(torch.from_numpy(predictions), top=top) == wanted


def test_predictions_of_other_classes() -> None:
    with pytest.raises(ShapeError, match=r"ImageNet's 1000 classes.*received \(1, 10\).*your own names"):
        applications.vgg16.decode_predictions(np.zeros((1, 10)))
