"""ResNet, AlexNet, NIN and ENet: their published numbers, torchvision's names, and what each is known for."""

import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from convolens.applications import NIN, AlexNet, ENet, ResNet18, ResNet34
from convolens.applications.architectures.resnet import ResNet50, ResNet101, ResNet152
from convolens.errors import ArgumentError, ShapeError
from convolens.layers import Conv2D

pytestmark = pytest.mark.usefixtures("quickly_drawn")

RESNETS = (ResNet18, ResNet34, ResNet50, ResNet101, ResNet152)

# SHA-256 of the sorted lines "name shape" of torchvision 0.29.1's state_dict, without num_batches_tracked:
#     lines = sorted(f"{name} {tuple(value.shape)}" for name, value in network.state_dict().items() if ...)
#     hashlib.sha256("\n".join(lines).encode()).hexdigest()
# Outputs from the same weights were compared there too: equal within 1e-6, at 64 to 97 (ResNets) and 224 (AlexNet) pixels.
TORCHVISION = {
    AlexNet: "935c1ea73a7869eef424454bd79f9a16fdcb7a6342ab404d13f9ead2466d1092",
    ResNet18: "2bb53b15765c4651c9f371fb47d78ca6d34a306e7a0b11007b6c2c2ce195baac",
    ResNet34: "b945021fb00b779b6e5e1810908ed0ef3755e6ed6078ecf8cb2ae2ed2f49cf3d",
    ResNet50: "cf11dad974eadeaaacacc7af8f712d7e05766d1627d3c8842ab8e5f421ecb9eb",
    ResNet101: "d916ed2068e1af5d7277ff4803fe46da4a1c2dd87e85c80ebf6de738e1f6bcdf",
    ResNet152: "2fe195791c8ffb5f3ae9393dbeebb0c9dcf05c5962e6d24b81f3346d76688c71",
}


def without_memory(network: Callable[..., Any], **arguments: Any) -> Any:
    """Return a network whose weights have shapes only."""
    with torch.device("meta"):
        return network(**arguments)


@pytest.mark.parametrize(
    ("network", "parameters", "features"),
    [
        (ResNet18, 11_689_512, (7, 7, 512)),
        (ResNet34, 21_797_672, (7, 7, 512)),
        (ResNet50, 25_557_032, (7, 7, 2048)),
        (ResNet101, 44_549_160, (7, 7, 2048)),
        (ResNet152, 60_192_808, (7, 7, 2048)),
        (AlexNet, 61_100_840, (6, 6, 256)),
        (NIN, 8_655_336, (7, 7, 1024)),
        (ENet, 466_519, (28, 28, 128)),
    ],
)
def test_the_published_numbers(
    network: Callable[..., Any], parameters: int, features: tuple[int, ...]
) -> None:
    model = without_memory(network)
    assert sum(parameter.numel() for parameter in model.module.parameters()) == parameters
    assert (model.input_shape, model.output_shape) == ((None, 224, 224, 3), (None, 1000))
    assert model.name == network.__name__.lower()
    headless = without_memory(network, include_top=False)
    assert headless.output_shape == (None, *features)
    pooled = without_memory(network, include_top=False, pooling="max", name="mine")
    assert (pooled.output_shape, pooled.name) == ((None, features[2]), "mine")


@pytest.mark.parametrize("network", TORCHVISION, ids=lambda network: network.__name__)
def test_names_and_shapes_are_torchvisions(network: Callable[..., Any]) -> None:
    state = without_memory(network).module.state_dict()
    lines = "\n".join(sorted(f"{name} {tuple(value.shape)}" for name, value in state.items()))
    assert hashlib.sha256(lines.encode()).hexdigest() == TORCHVISION[network]


@pytest.mark.parametrize(("network", "stride"), [(ResNet18, "conv1"), (ResNet50, "conv2")])
def test_the_3x3_convolution_takes_the_step(network: Callable[..., Any], stride: str) -> None:
    layers = {layer.name: layer for layer in without_memory(network).layers if isinstance(layer, Conv2D)}
    stepping = {name for name, layer in layers.items() if layer.strides == (2, 2)}
    halving = {f"layer{stage}.0.{conv}" for stage in (2, 3, 4) for conv in (stride, "downsample.0")}
    assert stepping == {"conv1"} | halving
    assert layers[f"layer2.0.{stride}"].kernel_size == (3, 3)


def test_a_residual_block_by_hand() -> None:
    model = ResNet50(include_top=False, input_shape=(32, 32, 3))
    layers = {layer.name: layer for layer in model.layers}
    model.module.eval()
    F = torch.nn.functional
    x = torch.rand(2, 256, 8, 8, generator=torch.Generator().manual_seed(0))

    def normalised(x: torch.Tensor, conv: str, norm: str, **options: Any) -> torch.Tensor:
        y = F.conv2d(x, layers[f"layer2.0.{conv}"].weight, **options)
        norm_layer = layers[f"layer2.0.{norm}"]
        mean, variance = norm_layer.running_mean, norm_layer.running_var
        return F.batch_norm(y, mean, variance, norm_layer.weight, norm_layer.bias, eps=1e-5)

    for name in ("bn1", "bn2", "bn3", "downsample.1"):
        norm_layer = layers[f"layer2.0.{name}"]
        torch.nn.init.uniform_(norm_layer.running_var, 0.5, 1.5)
        torch.nn.init.normal_(norm_layer.running_mean)
        torch.nn.init.uniform_(norm_layer.weight, 0.5, 1.5)
    y = F.relu(normalised(x, "conv1", "bn1"))
    y = F.relu(normalised(y, "conv2", "bn2", stride=2, padding=1))
    expected = F.relu(normalised(y, "conv3", "bn3") + normalised(x, "downsample.0", "downsample.1", stride=2))
    values = {id(layers["layer1.2.relu"].output): x}
    inside = [node for node in model.module.nodes if node.layer.name.startswith("layer2.0.")]
    for node in inside:
        given = [values[id(tensor)] for tensor in node.inputs]
        values[id(node.output)] = node.layer(given if len(given) > 1 else given[0])
    torch.testing.assert_close(values[id(layers["layer2.0.relu"].output)], expected)
    assert expected.shape == (2, 512, 4, 4)


@pytest.mark.parametrize(("network", "last"), [(ResNet18, "bn2"), (ResNet50, "bn3")])
@pytest.mark.parametrize("zero", [True, False])
def test_fresh_blocks_add_nothing_unless_told_otherwise(
    network: Callable[..., Any], last: str, zero: bool
) -> None:
    state = network(False, input_shape=(32, 32, 3), zero_init_residual=zero).module.state_dict()
    zeros = {
        name for name, value in state.items() if ".bn" in name and name.endswith("weight") and not value.any()
    }
    assert zeros == {name for name in state if zero and name.endswith(f".{last}.weight")}


@pytest.mark.parametrize(("size", "side"), [(63, 1), (95, 2), (224, 6), (256, 7)])
def test_alexnet_takes_what_is_there(size: int, side: int) -> None:
    model = without_memory(AlexNet, input_shape=(size, size, 3), classes=5)
    kernel = {name: value.shape for name, value in model.module.state_dict().items()}["classifier.1.weight"]
    assert kernel == (4096, 256 * side * side)


def test_nin_has_1x1_behind_each_larger_one() -> None:
    kernels = [layer.kernel_size[0] for layer in without_memory(NIN).layers if isinstance(layer, Conv2D)]
    assert kernels == [11, 1, 1, 5, 1, 1, 3, 1, 1, 3, 1, 1]


def test_enet_is_table_1_of_its_paper() -> None:
    model = without_memory(ENet, input_shape=(512, 512, 3))
    layers = {layer.name: layer for layer in model.layers}
    shapes = {
        "initial.prelu": (256, 256, 16),
        "bottleneck1.0.prelu": (128, 128, 64),
        "bottleneck1.4.prelu": (128, 128, 64),
        "bottleneck2.0.prelu": (64, 64, 128),
        "bottleneck3.8.prelu": (64, 64, 128),
    }
    assert {name: layers[name].output_shape[1:] for name in shapes} == shapes
    for section, (place, dilation) in itertools.product((2, 3), ((2, 2), (4, 4), (6, 8), (8, 16), (1, 1))):
        conv = layers[f"bottleneck{section}.{place}.middle.conv1"]
        assert (conv.kernel_size, conv.dilation_rate) == ((3, 3), (dilation, dilation))
    for section, place in itertools.product((2, 3), (3, 7)):
        pair = [layers[f"bottleneck{section}.{place}.middle.conv{i}"].kernel_size for i in (1, 2)]
        assert pair == [(5, 1), (1, 5)]
    assert not any(layer.use_bias for layer in model.layers if isinstance(layer, Conv2D))


def test_enet_fills_missing_channels_with_zeros() -> None:
    model = ENet(include_top=False, input_shape=(16, 18, 3))
    layers = {layer.name: layer for layer in model.layers}
    x = torch.rand(2, 16, 4, 5, generator=torch.Generator().manual_seed(0))
    y = x
    for part in ("channels_first", "zeros", "channels_last"):
        y = layers[f"bottleneck1.0.{part}"](y)
    torch.testing.assert_close(y, torch.cat([x, torch.zeros(2, 48, 4, 5)], 1))


@pytest.mark.parametrize("network", [ResNet18, NIN, ENet])
def test_learns(network: Callable[..., Any]) -> None:
    random = np.random.default_rng(0)
    y = np.arange(16) % 2
    x = (random.random((16, 40, 36, 3)) * 0.2 + 0.5 * y[:, None, None, None]).astype("float32")
    torch.manual_seed(0)
    model = network(input_shape=x.shape[1:], classes=2)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=8, epochs=6, verbose=0).history
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert all(parameter.grad is not None for parameter in model.module.parameters())


def test_weights_from_a_file(tmp_path: Any) -> None:
    torch.manual_seed(0)
    model = ENet(input_shape=(32, 32, 3), classes=4)
    model.save_weights(tmp_path / "enet.safetensors")
    again = ENet(weights=tmp_path / "enet.safetensors", input_shape=(32, 32, 3), classes=4)
    x = np.random.default_rng(0).random((2, 32, 32, 3), dtype=np.float32)
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("network", [*RESNETS, AlexNet, NIN, ENet], ids=lambda network: network.__name__)
def test_wrong_arguments(network: Callable[..., Any]) -> None:
    where = network.__name__
    with pytest.raises(ShapeError, match=rf"^{where}: an input of 5 x 9 pixels is too small"):
        network(input_shape=(5, 9, 3))
    with pytest.raises(ArgumentError, match=rf"^{where}: pooling='avg' is for include_top=False"):
        network(pooling="avg")
    with pytest.raises(ArgumentError, match=rf"^{where}: classes must be an integer of at least 1"):
        network(classes=0)
