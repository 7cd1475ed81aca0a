"""Receptive fields are those that gradients show: which pixels of the image a place of the output depends on."""

import hypothesis.strategies as st
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings

from convolens import layers, models
from convolens.analysis import ReceptiveField, cost

SIZE = 64  # pixels; a place in the middle sees no border


def seen(module, size=SIZE):
    """Return the (rows, columns) that a place in the middle of the output depends on, and the step to the next."""
    module = module.double().eval()
    for weight in module.parameters():
        torch.nn.init.constant_(weight, 0.1)
    x = torch.rand(1, 3, size, size, dtype=torch.float64, requires_grad=True)
    y = module(x)
    row, column = y.shape[2] // 2, y.shape[3] // 2
    spans = []
    for place in ((row, column), (row + 1, column + 1)):
        if max(place) >= min(y.shape[2:]):
            break
        (gradient,) = torch.autograd.grad(y[0, :, place[0], place[1]].sum(), x, retain_graph=True)
        hit = gradient[0].abs().sum(0)
        spans.append(
            [(line.nonzero().min().item(), line.nonzero().max().item()) for line in (hit.sum(1), hit.sum(0))]
        )
    (rows, columns), *following = spans
    jump = tuple(after[0] - first[0] for first, after in zip(spans[0], following[0], strict=True))
    return ReceptiveField(rows[1] - rows[0] + 1, columns[1] - columns[0] + 1, *jump)


def last(module, size=SIZE):
    return cost(module, (size, size, 3)).layers[-1].receptive_field


conv = st.builds(
    lambda kernel, stride, dilation, pad: (
        lambda c: torch.nn.Conv2d(c, 2, kernel, stride, padding=pad, dilation=dilation)
    ),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(0, 2),
)
pool = st.builds(
    lambda kernel, stride: lambda c: torch.nn.AvgPool2d(kernel, stride), st.integers(1, 3), st.integers(1, 2)
)


@settings(max_examples=40)
@given(st.lists(st.one_of(conv, pool), min_size=1, max_size=3))
def test_chains(makers):
    channels, chain = 3, []
    for make in makers:
        chain.append(make(channels))
        channels = 2 if isinstance(chain[-1], torch.nn.Conv2d) else channels
    module = torch.nn.Sequential(*chain)
    assert last(module) == seen(module)


class Branches(torch.nn.Module):
    """An Inception-like module with everything done by functions, and a residual around it."""

    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.one = torch.nn.Conv2d(4, 2, 1)
        self.five = torch.nn.Conv2d(4, 2, 5, padding=2)
        self.last = torch.nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.stem(x))
        y = torch.cat([self.one(F.avg_pool2d(x, 3, 1, 1)), self.five(x)], 1)
        return self.last(y + x)


class Shuffled(torch.nn.Module):
    """Channels in groups, exchanged, split and put together again."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 4, 3)
        self.last = torch.nn.Conv2d(4, 4, 3, groups=2)

    def forward(self, x):
        x = self.first(x)
        n, c, h, w = x.shape
        x = x.view(n, 2, 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        left, right = x.chunk(2, 1)
        return self.last(torch.cat([F.pad(left, (1, 1, 1, 1))[:, :, 1:-1, 1:-1], right], 1))


class Transposed(torch.nn.Module):
    def __init__(self, stride):
        super().__init__()
        self.first, self.last = (
            torch.nn.Conv2d(3, 2, 3),
            torch.nn.ConvTranspose2d(2, 2, 3, stride=stride, padding=1),
        )

    def forward(self, x):
        return self.last(self.first(x))


@pytest.mark.parametrize(
    "make", [Branches, Shuffled, lambda: Transposed(1)], ids=["branches", "shuffle", "transposed"]
)
def test_graphs_of_any_module(make):
    assert last(make()) == seen(make())


def test_functional_networks():
    x = image = layers.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same")(x)
    a = layers.Conv2D(2, 1)(x)
    b = layers.Conv2D(2, 5, padding="same")(layers.Conv2D(2, 1)(x))
    c = layers.AveragePooling2D(3, strides=1, padding="same")(x)
    model = models.Model(image, layers.MaxPooling2D(2)(layers.Concatenate()([a, b, c])))
    fields = {layer.kind: layer.receptive_field for layer in cost(model).layers}
    assert fields["Concatenate"] == ReceptiveField(11, 11, 2, 2)
    assert fields["MaxPooling2D"] == ReceptiveField(13, 13, 4, 4)


class Excited(torch.nn.Module):
    """Squeeze and excitation: each place depends on the whole image."""

    def __init__(self):
        super().__init__()
        self.conv, self.gate = torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.Linear(4, 4)
        self.end = torch.nn.Identity()

    def forward(self, x):
        x = self.conv(x)
        return self.end(x * self.gate(x.mean((2, 3)))[:, :, None, None])


def test_what_sees_the_whole_image_and_what_is_unknown():
    assert last(Excited(), 12) == ReceptiveField(12, 12, None, None)
    norm = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.GroupNorm(2, 4))
    assert last(norm, 12) == ReceptiveField(12, 12, None, None)
    assert last(Transposed(2), 12) is None
    assert last(torch.nn.Sequential(torch.nn.Upsample(scale_factor=2), torch.nn.Conv2d(3, 2, 3)), 8) is None
    cut = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 4, stride=4), torch.nn.AdaptiveAvgPool2d(1))
    assert last(cut, 11) == ReceptiveField(8, 8, None, None), "three rows are never looked at"
    halves = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.AdaptiveAvgPool2d(4))
    assert last(halves, 8) == ReceptiveField(2, 2, 2, 2)
    assert last(halves, 9) is None, "windows of two sizes"


class Written(torch.nn.Module):
    """Writes into a part of a tensor: what it then holds cannot be followed."""

    def __init__(self):
        super().__init__()
        self.conv, self.end = torch.nn.Conv2d(3, 3, 3, padding=1), torch.nn.Identity()

    def forward(self, x):
        board = torch.zeros_like(x)
        board[:, :, 2:, :] = self.conv(x)[:, :, 2:, :]
        return self.end(board + x)


def test_what_is_written_into_a_part_is_unknown():
    assert last(Written(), 12) is None
