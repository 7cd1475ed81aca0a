"""Ten networks of all kinds, counted by torchinfo as well, which counts in its own way."""

import pytest
import torch
import torchinfo

from convolens.analysis import cost
from convolens.applications import APPLICATIONS

nn = torch.nn


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 7, stride=2, padding=3, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
        self.narrow = nn.Conv2d(8, 16, 1, stride=2)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        x = torch.relu(self.norm(self.stem(x)))
        x = self.narrow(x + self.body(x))
        return self.head(x.mean((2, 3)))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 4, 1)
        self.three = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Conv2d(2, 6, 3, padding=1))
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(3, 2, 1))
        self.head = nn.Linear(12, 7)

    def forward(self, x):
        x = torch.cat([self.one(x), self.three(x), self.pool(x)], 1)
        return self.head(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


class Shared(nn.Module):
    """One convolution that is used three times."""

    def __init__(self):
        super().__init__()
        self.first, self.again, self.head = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 6, 3, padding=1), nn.Linear(6, 4)

    def forward(self, x):
        x = self.first(x)
        for _ in range(3):
            x = torch.relu(self.again(x))
        return self.head(x.amax((2, 3)))


def separable():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU6(),
        nn.Conv2d(8, 8, 3, groups=8, padding=1, bias=False), nn.Conv2d(8, 16, 1), nn.Hardswish(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
    )  # fmt: skip


def autoencoder():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(6, 12, 3, stride=2, padding=1),
        nn.ConvTranspose2d(12, 6, 2, stride=2), nn.ConvTranspose2d(6, 3, 4, stride=2, padding=1),
    )  # fmt: skip


NETWORKS = {
    **{name: ((64, 64, 3), lambda entry=entry: entry.build(input_shape=(64, 64, 3)).module) for name, entry in APPLICATIONS.items()
       if name in ("shallow-vgg", "conv-model")},
    "groups": ((20, 14, 6), lambda: nn.Sequential(nn.Conv2d(6, 12, (3, 5), groups=3), nn.Conv2d(12, 8, 2, stride=2, groups=2))),
    "depthwise": ((33, 33, 3), separable),
    "dilation": ((24, 24, 3), lambda: nn.Sequential(nn.Conv2d(3, 5, 3, dilation=2), nn.PReLU(), nn.Conv2d(5, 4, 3, dilation=(1, 3)))),
    "transposed": ((16, 16, 3), autoencoder),
    "linear": ((30,), lambda: nn.Sequential(nn.Linear(30, 20), nn.Dropout(0.5), nn.LayerNorm(20), nn.Linear(20, 3, bias=False))),
    "residual": ((32, 32, 3), Residual),
    "inception": ((12, 12, 3), Inception),
    "shared": ((10, 10, 3), Shared),
}  # fmt: skip


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_torchinfo_counts_the_same(name, batch):
    shape, make = NETWORKS[name]
    module = make().eval()
    found = cost(module, shape, batch_size=batch)
    size = (batch, shape[2], *shape[:2]) if len(shape) == 3 else (batch, *shape)
    theirs = torchinfo.summary(module, input_size=size, verbose=0, device="cpu")
    assert found.parameters == theirs.total_params
    assert found.trainable_parameters == theirs.trainable_params
    counted = [layer for layer in theirs.summary_list if layer.is_leaf_layer and _counts(layer.module)]
    assert found.multiply_accumulates == sum(by_weights(layer, batch) for layer in counted)


def _counts(module):
    return isinstance(module, (nn.Linear, nn.modules.conv._ConvNd)) or hasattr(module, "kernel_initializer")


def by_weights(layer, batch):
    """Return torchinfo's count without the biases.

    It multiplies all parameters by the places of the output. In a transposed convolution the kernel is laid down at
    the places of the input instead, so its number is too large by the product of the strides.
    """
    places = batch
    if isinstance(layer.module, nn.modules.conv._ConvNd) or len(layer.output_size) == 4:
        places = batch * layer.output_size[2] * layer.output_size[3]
    bias = getattr(layer.module, "bias", None)
    macs = layer.macs - (0 if bias is None else bias.numel() * places)
    if isinstance(layer.module, nn.ConvTranspose2d):
        rows, columns = layer.module.stride
        return macs // (rows * columns)
    return macs
