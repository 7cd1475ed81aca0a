"""Costs are those of the arithmetic by hand, and measuring changes nothing."""

import copy

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from convolens import layers, models
from convolens.analysis import Cost, count
from convolens.applications import ConvModel, ShallowVGGNet
from convolens.errors import ArgumentTypeError, NotBuiltError, ShapeError


def test_the_lectures_network():
    cost = count(ShallowVGGNet(), (32, 32, 3))
    assert cost.parameters == 2_168_362
    assert cost.multiply_accumulates == 26_579_968
    assert cost.activations_bytes == 4 * (
        2 * 32 * 32 * 32 + 16 * 16 * 32 + 2 * 16 * 16 * 64 + 8 * 8 * 64 + 512 + 10
    )


def test_conv_model_by_hand():
    taps = 148 * 148 * 32 * 27 + 72 * 72 * 32 * 9 * 32 + 34 * 34 * 64 * 9 * 32
    dense = 17 * 17 * 64 * 64 + 64
    assert count(ConvModel(), (150, 150, 3)).multiply_accumulates == taps + dense


def test_the_lectures_reduction():
    """28 x 28 x 256 to 192 filters of 3 x 3: straight, and through 1 x 1 to 128."""
    straight = models.Sequential([layers.Conv2D(192, 3, padding="same", input_shape=(28, 28, 256))])
    reduced = models.Sequential(
        [
            layers.Conv2D(128, 1, input_shape=(28, 28, 256)),
            layers.Conv2D(192, 3, padding="same"),
        ]
    )
    assert count(straight, (28, 28, 256)).multiply_accumulates == 346_816_512
    assert count(reduced, (28, 28, 256)).multiply_accumulates == 25_690_112 + 173_408_256


@settings(max_examples=25)
@given(
    rows=st.integers(5, 12),
    columns=st.integers(5, 12),
    channels=st.integers(1, 3),
    filters=st.integers(1, 5),
    kernel=st.integers(1, 4),
    strides=st.integers(1, 3),
    units=st.integers(1, 6),
)
def test_any_convolution_and_dense(rows, columns, channels, filters, kernel, strides, units):
    shape = (rows, columns, channels)
    model = models.Sequential(
        [
            layers.Conv2D(filters, kernel, strides=strides, input_shape=shape),
            layers.Flatten(),
            layers.Dense(units, activation="relu"),
        ]
    )
    places = ((rows - kernel) // strides + 1) * ((columns - kernel) // strides + 1)
    taps = kernel * kernel * channels
    assert count(model, shape) == Cost(
        parameters=filters * (taps + 1) + units * (places * filters + 1),
        multiply_accumulates=places * filters * taps + places * filters * units,
        activations_bytes=4 * (places * filters + units),
    )


class Busy(torch.nn.Module):
    """Does in inference what a well-behaved layer does not: counts, replaces a buffer, draws random numbers."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv2d(3, 4, 3)
        self.norm = torch.nn.BatchNorm2d(4)
        self.frozen = torch.nn.BatchNorm2d(4).eval()
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("replaced", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        self.replaced = self.replaced + 1
        return torch.nn.functional.dropout(self.frozen(self.norm(self.layer(x))), 0.5, training=True)


@pytest.mark.parametrize("make", [Busy, lambda: ShallowVGGNet((8, 8, 3)).module], ids=["busy", "shallow"])
def test_the_network_stays_as_it_was(make):
    module = make()
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    before = copy.deepcopy(module.state_dict())
    modes = [child.training for child in module.modules()]
    buffers = dict(module.named_buffers())
    state = torch.get_rng_state()
    assert count(module, (8, 8, 3)).multiply_accumulates > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert [child.training for child in module.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(value is buffers[name] for name, value in module.named_buffers())
    assert all(torch.equal(parameter.grad, torch.ones_like(parameter)) for parameter in module.parameters())
    assert not any(child._forward_hooks for child in module.modules())
    assert not any(child._forward_pre_hooks for child in module.modules())


def test_moving_averages_are_no_parameters_and_shared_weights_count_once():
    layer = torch.nn.Linear(3, 3, bias=False)
    module = torch.nn.Sequential(layer, layer, torch.nn.BatchNorm1d(3))
    assert count(module, (3,)) == Cost(9 + 6, 18, 4 * 9)


def test_views_and_changes_in_place_take_no_memory():
    flatten = layers.Flatten()
    flatten.build_once((None, 2, 2, 2))
    module = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.ReLU(inplace=True), flatten)
    assert count(module, (2, 2, 1)).activations_bytes == 4 * 8
    module[1] = torch.nn.ReLU()
    assert count(module, (2, 2, 1)).activations_bytes == 4 * 16
    assert count(module.double(), (2, 2, 1)).activations_bytes == 8 * 16
    module[2] = torch.nn.Flatten()  # torch's order of flattening is not that of channels-last memory: a copy
    assert count(module, (2, 2, 1)).activations_bytes == 8 * 24


def test_errors_leave_no_hooks_and_say_the_shape():
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(7, 2))
    with pytest.raises(
        ShapeError, match=r"count: the network cannot take one input of shape \(8, 8, 3\) \(.*"
    ):
        count(module, (8, 8, 3))
    assert module.training
    assert not any(child._forward_hooks for child in module.modules())
    with pytest.raises(ShapeError, match=r"of shape \(9, 9, 1\)"):
        count(ShallowVGGNet(), (9, 9, 1))
    with pytest.raises(ShapeError, match=r"count: input_shape must be .* received \(None, 8, 3\)"):
        count(module, (None, 8, 3))
    with pytest.raises(ShapeError, match=r"received \(8, 3\)"):
        count(module, (8, 3))
    with pytest.raises(ArgumentTypeError, match=r"count: expected a Model .* received str"):
        count("shallow-vgg", (8, 8, 3))


@pytest.mark.parametrize(
    "network",
    [models.Sequential([layers.Dense(3)]), torch.nn.Sequential(torch.nn.LazyLinear(3))],
    ids=["unbuilt", "lazy"],
)
def test_what_has_no_weights_yet_is_not_built_by_measuring(network):
    with pytest.raises(NotBuiltError, match=r"count: the network has no weights yet; add an Input"):
        count(network, (4,))
    weights = list(getattr(network, "module", network).parameters())
    assert all(isinstance(weight, torch.nn.UninitializedParameter) for weight in weights)
    assert len(weights) == (2 if isinstance(network, torch.nn.Module) else 0)
