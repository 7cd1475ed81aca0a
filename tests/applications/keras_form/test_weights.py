"""Files of weights into Keras' networks and into torchvision's of the same name: right, or refused with nothing changed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens import applications
from convolens.applications.architectures import mobilenet_v3 as torchvisions
from convolens.applications.keras_form import densenet, efficientnet, mobilenet, resnet, vgg
from convolens.applications.keras_form import mobilenet_v3 as kerass
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    CheckpointError,
    DataError,
    MissingFileError,
    ShapeError,
)

pytestmark = pytest.mark.usefixtures("quickly_drawn")

SMALL: dict[str, Any] = {"input_shape": (32, 32, 3), "include_top": False}


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of Keras' and an empty cache of ours; and the folder that Keras keeps files of weights in."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "keras" / "models").mkdir(parents=True)
    return tmp_path / "keras" / "models"


def unchanged(model: Any, load: Callable[[], Any], message: str) -> None:
    before = model.get_weights()
    with pytest.raises(CheckpointError, match=message) as caught:
        load()
    assert "\n" not in str(caught.value)
    for was, weight in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, was)


@pytest.mark.parametrize("form", ["file.h5", "file.weights.h5", "file.safetensors"])
@pytest.mark.parametrize("keras_gives", [True, False])
def test_one_forms_file_is_refused_by_the_other(form: str, keras_gives: bool, tmp_path: Path) -> None:
    """MobileNetV3Small's two forms have weights of the same shapes in the same order, and pad otherwise."""
    sides = kerass.MobileNetV3Small(weights=None, **SMALL), torchvisions.MobileNetV3Small(**SMALL)
    given, taking = sides if keras_gives else sides[::-1]
    given.save_weights(tmp_path / form)
    path = tmp_path / form
    by_order = "its layers have (others|torchvision's) names|another architecture"
    unchanged(taking, lambda: taking.load_weights(path), by_order)
    if keras_gives:
        unchanged(taking, lambda: torchvisions.MobileNetV3Small(weights=path, **SMALL), by_order)
    else:
        hint = r"another architecture.*The network is Keras' MobileNetV3Small.*applications\.build"
        unchanged(taking, lambda: kerass.MobileNetV3Small(weights=path, **SMALL), hint)


def test_vgg16_with_its_classifier_is_refused_too(tmp_path: Path) -> None:
    """The order of values at `flatten` is another one, which no shape tells."""
    model = applications.VGG16(weights=None, input_shape=(32, 32, 3), classes=2)
    model.save_weights(tmp_path / "keras.h5")
    other = applications.build("vgg16", (32, 32, 3), 2)
    with pytest.raises(CheckpointError, match="what the weights mean does not"):
        other.load_weights(tmp_path / "keras.h5")


def test_another_network_of_the_family_is_refused(tmp_path: Path) -> None:
    applications.VGG19(weights=None, **SMALL).save_weights(tmp_path / "vgg19.h5")
    with pytest.raises(
        CheckpointError, match=r"0 missing, 3 unexpected \(block3_conv4, block4_conv4, block5_conv4\)"
    ):
        applications.VGG16(weights=tmp_path / "vgg19.h5", **SMALL)


def test_a_whole_file_into_a_network_without_a_classifier(tmp_path: Path) -> None:
    whole = applications.MobileNetV2(weights=None, alpha=0.35, input_shape=(32, 32, 3), classes=3)
    whole.save_weights(tmp_path / "whole.h5")
    headless = applications.MobileNetV2(weights=tmp_path / "whole.h5", alpha=0.35, **SMALL)
    for ours, theirs in zip(headless.get_weights(), whole.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(CheckpointError, match=r"shapes \[\(1280, 3\), \(3,\)\]"):
        applications.MobileNetV2(
            weights=tmp_path / "whole.h5", alpha=0.35, input_shape=(32, 32, 3), classes=4
        )


def test_keras_folder_comes_first_then_the_publisher(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {"alpha": 0.25, "input_shape": (128, 128, 3), "include_top": False}
    name = "mobilenet_2_5_128_tf_no_top.h5"
    first, second = (applications.MobileNet(weights=None, **asked) for _ in range(2))
    first.save_weights(places / name)
    monkeypatch.setattr(mobilenet, "ADDRESS", (tmp_path / "publisher").as_uri() + "/")
    (tmp_path / "publisher" / "mobilenet").mkdir(parents=True)
    second.save_weights(tmp_path / "publisher" / "mobilenet" / name)
    found = applications.MobileNet(weights="imagenet", **asked)
    assert found.name == "mobilenet_0.25_128"
    np.testing.assert_array_equal(found.get_weights()[0], first.get_weights()[0])
    (places / name).unlink()
    np.testing.assert_array_equal(applications.MobileNet(**asked).get_weights()[0], second.get_weights()[0])
    assert (tmp_path / "cache" / "weights" / name).is_file()
    (tmp_path / "cache" / "weights" / name).unlink()
    (tmp_path / "publisher" / "mobilenet" / name).unlink()
    with pytest.raises(MissingFileError, match=rf"{name} is not here, and the download failed.*put it at"):
        applications.MobileNet(**asked)


def test_a_damaged_file_is_refused(places: Path) -> None:
    (places / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"its MD5 is .*, expected 6d6bbae143d832006294945121d1f1fc"):
        applications.VGG16(include_top=False)


def test_addresses_and_digests_are_in_keras_source() -> None:
    source = "".join(path.read_text() for path in Path(keras.src.applications.__file__).parent.glob("*.py"))
    ours = "".join(
        Path(str(module.__file__)).read_text() for module in (densenet, efficientnet, kerass, resnet, vgg)
    )
    digests = set(re.findall(r"\b[0-9a-f]{32}\b", ours))
    assert len(digests) == 6 + 16 + 12 + 12 + 4
    assert digests <= set(re.findall(r"\b[0-9a-f]{32}\b", source))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"classes": 2}, ArgumentError, "of 1000 classes; received classes=2.*include_top=False"),
        ({"classifier_activation": "sigmoid"}, ArgumentError, "for 'softmax' or None"),
        ({"input_shape": (64, 64, 3)}, ShapeError, r"input_shape=\(224, 224, 3\); received \(64, 64, 3\)"),
        ({"input_shape": (64, 64, 1), "include_top": False}, ShapeError, "take 3 channels, and input_shape has 1"),
        ({"weights": None, "input_shape": (None, None, 3)}, ShapeError, "needs fixed rows and columns"),
        ({"weights": None, "input_shape": (31, 64, 3)}, ShapeError, "at least 32 x 32 pixels"),
        ({"weights": None, "pooling": "mean"}, ArgumentError, "pooling"),
        ({"weights": None, "batch_norm": True}, ArgumentTypeError, "batch_norm"),
        ({"weights": None, "input_tensor": np.zeros((1, 32, 32, 3))}, ArgumentTypeError, "what Input.*ndarray"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_go_together(arguments: dict[str, Any], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        applications.VGG16(**arguments)


def test_an_input_tensor_and_what_is_before_it() -> None:
    images = convolens.Input((None, None, 3), name="photos")
    scaled = convolens.layers.Rescaling(2.0, name="scaled")(images)
    model = applications.MobileNet(alpha=0.25, include_top=False, weights=None, input_tensor=scaled)
    assert [layer.name for layer in model.layers[:3]] == ["photos", "scaled", "conv1"]
    assert model.input is images or model.inputs[0] is images
    assert model.output_shape == (None, None, None, 256)
    assert model.predict(np.ones((1, 40, 64, 3)), verbose=0).shape == (1, 1, 2, 256)
