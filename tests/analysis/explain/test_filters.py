"""Filters, feature maps and top photos are the network's own numbers."""

import numpy as np
import pytest
import torch
from torch import nn

import convolens as keras
from analysis.explain.networks import named
from convolens.analysis.explain import feature_maps, filters, top_photos
from convolens.errors import ArgumentError, ShapeError, UnknownNameError

IMAGE = np.random.default_rng(0).random((12, 10, 3), dtype=np.float32)


def test_filters_are_the_weights():
    layer = nn.Conv2d(3, 4, (5, 2))
    found = filters(nn.Sequential(layer), "0")
    assert found.shape == (4, 5, 2, 3)
    assert found[3, 4, 1, 2] == layer.weight[3, 2, 4, 1]
    transposed = nn.ConvTranspose2d(3, 4, 2)
    assert filters(nn.Sequential(transposed), "0")[1, 0, 0, 2] == transposed.weight[2, 1, 0, 0]
    ours = keras.models.Sequential([keras.layers.Conv2D(6, 3, input_shape=(8, 8, 2), name="first")])
    np.testing.assert_array_equal(filters(ours, "first").transpose(1, 2, 3, 0), ours.get_weights()[0])
    found[:] = 0
    assert layer.weight.abs().sum() > 0, "a copy"


def test_filters_of_what_has_none():
    network, _ = named()["plain"]
    with pytest.raises(
        ShapeError,
        match=r"filters: layer '1' \(BatchNorm2d\) has no convolution kernels; layers that have: 0",
    ):
        filters(network, "1")
    with pytest.raises(UnknownNameError, match=r"unknown layer 'conv1'\. Layers: 0\."):
        filters(network, "conv1")


def test_feature_maps_are_what_the_layers_give():
    network = nn.Sequential(
        nn.Conv2d(3, 6, 3),
        nn.ReLU(inplace=True),
        nn.Dropout(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(120, 2),
    )
    found = feature_maps(network, IMAGE, most=4)
    assert [item.layer.name for item in found] == ["0", "1", "3"], (
        "dropout hands its input on, and the others give no map"
    )
    x = torch.from_numpy(IMAGE).permute(2, 0, 1)[None]
    with torch.no_grad():
        convolved = network[0](x)[0]
    for item, wanted in zip(
        found, (convolved, convolved.relu(), torch.max_pool2d(convolved.relu(), 2)), strict=True
    ):
        strength = wanted.abs().mean((1, 2))
        assert item.channels == tuple(strength.argsort(descending=True)[:4].tolist())
        np.testing.assert_allclose(item.maps, wanted[list(item.channels)].permute(1, 2, 0), atol=1e-6)
    (one,) = feature_maps(network, IMAGE, ["3"])
    assert one.maps.shape == (5, 4, 6)
    with pytest.raises(ShapeError, match="feature_maps: give one image, not 2"):
        feature_maps(network, np.stack([IMAGE, IMAGE]))


def test_a_layer_called_twice_has_maps_of_both():
    network, _ = named()["residual"]
    found = [(item.layer.name, item.layer.call) for item in feature_maps(network, IMAGE)]
    assert found[:5] == [("0", 1), ("1.conv1", 1), ("1.relu", 1), ("1.conv2", 1), ("1.relu", 2)]


def test_top_photos_are_those_with_the_largest_answers():
    network = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.Flatten(), nn.Linear(40, 2))
    with torch.no_grad():
        network[0].weight[:] = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1)
    photos = np.random.default_rng(0).random((11, 5, 4, 1), dtype=np.float32)
    photos[7, 3, 1] = 2.0
    for number, sign in ((0, 1), (1, -1)):
        found = top_photos(network, [photos[:6], photos[6:]], "0", number, most=4)
        largest = (sign * photos).max(axis=(1, 2, 3))
        assert [item.number for item in found] == np.argsort(-largest)[:4].tolist()
        np.testing.assert_allclose([item.value for item in found], np.sort(largest)[::-1][:4], rtol=1e-6)
    assert top_photos(network, [photos], "0", 0)[0].place == (3.5 / 5, 1.5 / 4)
    with pytest.raises(ShapeError, match=r"layer '0' has 2 filters, 0 to 1; received filter 2"):
        top_photos(network, [photos], "0", 2)
    with pytest.raises(ArgumentError, match="filter must be an integer of at least 0; received -1"):
        top_photos(network, [photos], "0", -1)
    with pytest.raises(ArgumentError, match="there are no photos"):
        top_photos(network, [], "0", 0)
