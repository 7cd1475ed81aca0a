"""Which layer: found by itself in networks of every form, named by people, refused in words."""

import numpy as np
import pytest
import torch
from torch import nn

import convolens as keras
from analysis.explain.networks import Bottleneck, head, named
from convolens.analysis.explain import find_layer, grad_cam, grad_cam_plus_plus, list_layers
from convolens.applications import APPLICATIONS, build
from convolens.errors import ArgumentError, ShapeError, UnknownNameError

pytestmark = pytest.mark.usefixtures("quickly_drawn")

IMAGE = np.random.default_rng(0).random((12, 10, 3), dtype=np.float32)
NETWORKS = named()


@pytest.mark.parametrize("form", NETWORKS)
def test_the_last_map_of_any_torch_module(form):
    network, name = NETWORKS[form]
    layer = find_layer(network, IMAGE)
    assert layer.name == name
    assert layer.places > 1
    for method in (grad_cam, grad_cam_plus_plus):
        heat = method(network, IMAGE)
        assert heat.shape == IMAGE.shape[:2]
        assert heat.min() >= 0
        assert heat.max() in (0, pytest.approx(1))
        np.testing.assert_array_equal(heat, method(network, IMAGE, layer=name))


# What every way from image to score leads through, in networks with branches, at 4 x 4 places or so.
EXPECTED = {
    "googlenet": "inception5b.concatenate",
    "googlenet-bn": "inception5b.concatenate",
    "inception-v3": "Mixed_7c.concatenate",
    "resnet-18": "layer4.1.relu",
    "resnet-50": "layer4.2.relu",
    "mobilenet-v3-small": "features.12.2",
    "convnext-tiny": "features.7.2.add",
    "vgg16": "features.28",
}


def filled(name: str, size: int) -> keras.models.Model:
    """A named network with quick random weights (initialising them well takes seconds)."""
    with torch.device("meta"):
        model = build(name, (size, size, 3), 3)
    model.module.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.module.parameters():
            if parameter.ndim < 2:
                parameter.fill_(0.1 if parameter.ndim == 1 else 1.0)
            else:
                bound = (6 / parameter[0].numel()) ** 0.5
                parameter.uniform_(-bound, bound, generator=generator)
        for path, buffer in model.module.named_buffers():
            buffer.fill_(1.0 if "var" in path else 0.0)
    return model


@pytest.mark.parametrize("name", sorted(APPLICATIONS))
def test_every_application(name):
    """Forward and backward of one image of the smallest size: a map of several places, and a heat map of its own size."""
    size = APPLICATIONS[name].minimum_size
    model = filled(name, size)
    image = np.random.default_rng(0).random((size, size, 3), dtype=np.float32)
    layer = find_layer(model, image)
    assert layer.places > 1
    heat = grad_cam(model, image)
    assert heat.shape == (size, size)
    assert heat.min() >= 0
    assert np.isfinite(heat).all()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_layer_of_usual_sizes(name):
    size = 4 * APPLICATIONS[name].minimum_size if name != "inception-v3" else 139
    image = np.zeros((size, size, 3), np.float32)
    assert find_layer(filled(name, size), image).name == EXPECTED[name]


def test_a_nested_model_of_ours():
    """ "Graph disconnected" elsewhere: a network as a layer of another."""
    base = keras.applications.ResNet18(include_top=False, input_shape=(64, 64, 3))
    model = keras.models.Sequential(
        [base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1, activation="sigmoid")]
    )
    image = np.random.default_rng(1).random((64, 64, 3), dtype=np.float32)
    layer = find_layer(model, image)
    assert layer.name.endswith("layer4.1.relu")
    assert grad_cam(model, image).max() == pytest.approx(1)
    assert find_layer(model, image, "layer3.1.conv2").map_shape == (4, 4, 256), "the end of a name does"


def test_names():
    network = nn.Sequential(nn.Conv2d(3, 6, 3), Bottleneck(), Bottleneck(), *head(6))
    assert find_layer(network, IMAGE, "1.relu").call == 2, "the last of its calls"
    with pytest.raises(
        UnknownNameError, match=r"several layers end in 'conv1': 1\.conv1, 2\.conv1\. Name one in full"
    ):
        find_layer(network, IMAGE, "conv1")
    with pytest.raises(
        UnknownNameError,
        match=r"unknown layer '1\.conf2'\. Did you mean '1\.conv2'\? Layers: 0, 1\.conv1, 1\.relu",
    ):
        find_layer(network, IMAGE, "1.conf2")
    with pytest.raises(
        ShapeError, match=r"layer '5' \(Linear\) gives numbers of shape \(1, 3\), which has no places"
    ):
        find_layer(network, IMAGE, "5")
    with pytest.raises(ShapeError, match=r"layer '3' \(AdaptiveAvgPool2d\) gives a map of one place"):
        find_layer(network, IMAGE, "3")


class Odd(nn.Module):
    """One layer gives a tuple, one is never called, and the convolutions run without gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool, self.unused = (
            nn.Conv2d(3, 4, 3),
            nn.MaxPool2d(2, return_indices=True),
            nn.Conv2d(4, 4, 1),
        )
        self.dense = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            x, _ = self.pool(self.conv(x))
        return self.dense(x.mean((2, 3)))


def test_odd_layers():
    with pytest.raises(ShapeError, match=r"layer 'pool' \(MaxPool2d\) gives a tuple"):
        find_layer(Odd(), IMAGE, "pool")
    with pytest.raises(ArgumentError, match="layer 'unused' takes no part in what the network says"):
        find_layer(Odd(), IMAGE, "unused")
    with pytest.raises(ArgumentError, match=r"may run under torch\.no_grad"):
        grad_cam(Odd(), IMAGE)
    with pytest.raises(ArgumentError, match="no gradient of the score reaches layer 'conv'"):
        grad_cam(Odd(), IMAGE, layer="conv")


def test_without_a_convolution():
    network = nn.Sequential(nn.Flatten(), nn.Linear(360, 2))
    with pytest.raises(ArgumentError, match="find_layer: the network has no convolution"):
        find_layer(network, IMAGE)


def test_one_place_only_where_there_is_no_other():
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(4, 2))
    pixel = np.ones((1, 1, 3), np.float32)
    assert find_layer(network, pixel).places == 1
    assert grad_cam(network, pixel).shape == (1, 1)


def test_channels_odd_in_number():
    network = nn.Sequential(nn.Conv2d(5, 7, 3), nn.ReLU(), nn.Conv2d(7, 3, 1), *head(3))
    assert grad_cam(network, np.random.default_rng(0).random((9, 13, 5), dtype=np.float32)).shape == (9, 13)


def test_the_list_is_in_the_order_of_the_work():
    network, _ = NETWORKS["plain"]
    calls = list_layers(network, IMAGE)
    assert [call.name for call in calls] == list("0123456")
    assert [call.convolves for call in calls] == [True] + 6 * [False]
    assert calls[0].map_shape == (12, 10, 6)
    assert calls[3].map_shape == (6, 5, 6)
    assert calls[4].map_shape is None
