"""Costs are those of the arithmetic by hand, and measuring changes nothing."""

import copy
import json
import resource

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from torch.utils.flop_counter import FlopCounterMode

from convolens import layers, models
from convolens.analysis import ReceptiveField, cost
from convolens.applications import ConvModel, ShallowVGGNet
from convolens.errors import ArgumentError, ArgumentTypeError, NotBuiltError, ShapeError


def totals(found):
    """Parameters, multiply-accumulates, bytes of activations."""
    return found.parameters, found.multiply_accumulates, found.activations_bytes


def test_the_lectures_network():
    found = cost(ShallowVGGNet(), (32, 32, 3))
    assert found.parameters == 2_168_362
    assert found.multiply_accumulates == 26_579_968
    assert found.activations_bytes == 4 * (
        2 * 32 * 32 * 32 + 16 * 16 * 32 + 2 * 16 * 16 * 64 + 8 * 8 * 64 + 512 + 10
    )


def test_conv_model_by_hand():
    taps = 148 * 148 * 32 * 27 + 72 * 72 * 32 * 9 * 32 + 34 * 34 * 64 * 9 * 32
    dense = 17 * 17 * 64 * 64 + 64
    assert cost(ConvModel(), (150, 150, 3)).multiply_accumulates == taps + dense


def test_the_lectures_reduction():
    """28 x 28 x 256 to 192 filters of 3 x 3: straight, and through 1 x 1 to 128."""
    straight = models.Sequential([layers.Conv2D(192, 3, padding="same", input_shape=(28, 28, 256))])
    reduced = models.Sequential(
        [
            layers.Conv2D(128, 1, input_shape=(28, 28, 256)),
            layers.Conv2D(192, 3, padding="same"),
        ]
    )
    assert cost(straight, (28, 28, 256)).multiply_accumulates == 346_816_512
    assert cost(reduced, (28, 28, 256)).multiply_accumulates == 25_690_112 + 173_408_256


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
    assert totals(cost(model, shape)) == (
        filters * (taps + 1) + units * (places * filters + 1),
        places * filters * taps + places * filters * units,
        4 * (places * filters + units),
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
    assert cost(module, (8, 8, 3)).multiply_accumulates > 0
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
    found = cost(module, (3,))
    assert totals(found) == (9 + 6, 18, 4 * 9)
    assert found.buffers == 6
    assert [layer.title for layer in found.layers] == ["0", "0 (call 2)", "2"]
    assert [layer.parameters for layer in found.layers] == [9, 0, 6]


def test_views_and_changes_in_place_take_no_memory():
    flatten = layers.Flatten()
    flatten.build_once((None, 2, 2, 2))
    module = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.ReLU(inplace=True), flatten)
    assert cost(module, (2, 2, 1)).activations_bytes == 4 * 8
    module[1] = torch.nn.ReLU()
    assert cost(module, (2, 2, 1)).activations_bytes == 4 * 16
    assert cost(module.double(), (2, 2, 1)).activations_bytes == 8 * 16
    module[2] = torch.nn.Flatten()  # torch's order of flattening is not that of channels-last memory: a copy
    assert cost(module, (2, 2, 1)).activations_bytes == 8 * 24


def test_errors_leave_no_hooks_and_say_the_shape():
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(7, 2))
    with pytest.raises(
        ShapeError, match=r"cost: .* one input of shape \(8, 8, 3\): layer '2' \(Linear\) says .*Give \(rows"
    ):
        cost(module, (8, 8, 3))
    assert module.training
    assert not any(child._forward_hooks for child in module.modules())
    with pytest.raises(ShapeError, match=r"of shape \(9, 9, 1\)"):
        cost(ShallowVGGNet(), (9, 9, 1))
    with pytest.raises(ShapeError, match=r"cost: input_shape must be .* received \(None, 8, 3\)"):
        cost(module, (None, 8, 3))
    with pytest.raises(ShapeError, match=r"received \(8, 3\)"):
        cost(module, (8, 3))
    with pytest.raises(ArgumentTypeError, match=r"cost: expected a Model .* received str"):
        cost("shallow-vgg", (8, 8, 3))


@pytest.mark.parametrize(
    "network",
    [models.Sequential([layers.Dense(3)]), torch.nn.Sequential(torch.nn.LazyLinear(3))],
    ids=["unbuilt", "lazy"],
)
def test_what_has_no_weights_yet_is_not_built_by_measuring(network):
    with pytest.raises(NotBuiltError, match=r"cost: the network has no weights yet; add an Input"):
        cost(network, (4,))
    weights = list(getattr(network, "module", network).parameters())
    assert all(isinstance(weight, torch.nn.UninitializedParameter) for weight in weights)
    assert len(weights) == (2 if isinstance(network, torch.nn.Module) else 0)


def test_meta_networks_need_no_memory():
    """VGG16's form: 138 million weights, 553 MB if they were real; the process may not grow by a tenth of that."""
    cost(ShallowVGGNet())  # what torch imports at the first call is not the network's
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with torch.device("meta"):
        model = vgg16()
    found = cost(model, batch_size=64)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000, "KiB"
    assert all(parameter.is_meta for parameter in model.module.parameters())
    assert found.parameters == 138_357_544
    assert found.multiply_accumulates == 64 * 15_470_264_320
    by_name = {layer.name: layer for layer in found.layers}
    assert by_name["conv2d_12"].receptive_field == ReceptiveField(196, 196, 16, 16)
    assert by_name["max_pooling2d_4"].receptive_field == ReceptiveField(212, 212, 32, 32)
    assert by_name["dense"].receptive_field == ReceptiveField(224, 224, None, None)
    assert by_name["dense"].output_shape == (64, 4096)


def vgg16():
    blocks = [layers.Input((224, 224, 3))]
    for count, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        blocks += [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(count)]
        blocks.append(layers.MaxPooling2D(2))
    dense = [layers.Dense(4096), layers.Dense(4096), layers.Dense(1000)]
    return models.Sequential([*blocks, layers.Flatten(), *dense])


def test_training_is_what_torchs_own_counter_says():
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, stride=2), torch.nn.BatchNorm2d(8), torch.nn.ReLU(),
        torch.nn.Conv2d(8, 6, 3, groups=2), torch.nn.Flatten(), torch.nn.Linear(6 * 5 * 5, 4),
    )  # fmt: skip
    module[3].weight.requires_grad_(False)
    found = cost(module, (15, 15, 3), batch_size=2)
    counter = FlopCounterMode(display=False)
    with counter:
        module(torch.zeros(2, 3, 15, 15)).sum().backward()
    assert found.training.multiply_accumulates == counter.get_total_flops() // 2
    first, frozen = found.layers[0], found.layers[3]
    assert first.training_multiply_accumulates == 2 * first.multiply_accumulates, "no gradient for the image"
    assert frozen.training_multiply_accumulates == 2 * frozen.multiply_accumulates, "none for its weights"
    assert frozen.frozen_parameters == 6 * 4 * 9
    trained = sum(weight.numel() for weight in module.parameters() if weight.requires_grad)
    assert found.training.gradients_bytes == 4 * trained
    assert found.training.optimizer_bytes == 8 * trained
    assert found.training.weights_bytes == sum(value.nbytes for value in module.state_dict().values())


def test_kept_for_the_backward_pass_by_hand():
    """The image, what went into ReLU's successor, and the product's input; views and weights cost nothing."""
    module = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.ReLU(), torch.nn.Linear(7, 3))
    found = cost(module, (5,), batch_size=4)
    assert [layer.kept_bytes for layer in found.layers] == [4 * 4 * 5, 4 * 4 * 7, 0]
    assert found.training.kept_bytes == 4 * 4 * (5 + 7)
    assert found.training.memory_bytes == found.training.kept_bytes + 4 * found.weights_bytes


def test_a_batch_norm_that_cannot_train_on_one_value_is_measured_fixed():
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
    assert cost(module, (4,)).training.multiply_accumulates == 2 * 12
    assert module.training


def test_a_frozen_network_trains_nothing():
    assert cost(torch.nn.Conv2d(3, 4, 3).requires_grad_(False), (8, 8, 3)).training is None


class Choosing(torch.nn.Module):
    """Goes its way by a value, which a tensor without memory does not have."""

    def __init__(self):
        super().__init__()
        self.small, self.large = torch.nn.Linear(4, 2), torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.small(x) if x.sum().item() < 1 else self.large(x)


def test_a_network_that_looks_at_values_runs_on_zeros():
    module = Choosing()
    found = cost(module, (4,))
    assert found.multiply_accumulates == 8
    calls = [(layer.name, layer.call) for layer in found.layers]
    assert calls == [("Choosing (own)", 1), ("small", 1), ("large", 0)], "its own sum, then the one way"
    assert found.parameters == 20
    assert all(parameter.grad is None for parameter in module.parameters())
    with torch.device("meta"):
        module = Choosing()
    with pytest.raises(ShapeError, match="cost: the network cannot take one input"):
        cost(module, (4,))


def test_attention_counts_its_products():
    module = torch.nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)

    class Tokens(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cut, self.layer = torch.nn.Conv2d(3, 8, 4, stride=4), module

        def forward(self, x):
            return self.layer(self.cut(x).flatten(2).transpose(1, 2))

    tokens, width = 16, 8
    found = cost(Tokens(), (16, 16, 3))
    attention = 4 * tokens * width * width + 2 * tokens * tokens * width
    assert found.multiply_accumulates == tokens * 48 * width + attention + 2 * tokens * width * 16
    by_name = {layer.name: layer for layer in found.layers}
    assert by_name["cut"].receptive_field == ReceptiveField(4, 4, 4, 4)
    assert by_name["layer.norm1"].receptive_field is None, "which tokens look at which cannot be said"
    assert by_name["layer.self_attn (own)"].parameters == 3 * 8 * 8 + 24


def test_several_inputs():
    left, right = layers.Input((4,)), layers.Input((6,))
    model = models.Model([left, right], layers.Dense(2)(layers.Concatenate()([left, right])))
    assert cost(model).multiply_accumulates == 20
    assert cost(model).input_shape == ((4,), (6,))


def test_bad_arguments_are_said():
    with pytest.raises(ArgumentError, match="cost: batch_size must be an integer of at least 1; received 0"):
        cost(ShallowVGGNet(), batch_size=0)
    with pytest.raises(ShapeError, match=r"cost: give input_shape=\(rows, columns, channels\)"):
        cost(torch.nn.Conv2d(3, 4, 3))
    with pytest.raises(ShapeError, match=r"layer 'Conv2d' \(Conv2d\) says .*[Kk]ernel size"):
        cost(torch.nn.Conv2d(3, 4, 5), (4, 4, 3))
    with torch.device("meta"):
        module = torch.nn.Conv2d(3, 4, 5)
    with pytest.raises(ShapeError, match=r"layer 'Conv2d' \(Conv2d\) says"):
        cost(module, (4, 4, 3))


@pytest.mark.parametrize(
    "layer",
    [torch.nn.Conv2d(3, 4, 3, stride=1.5), torch.nn.Conv2d(3, 4, 3, padding=-1), torch.nn.MaxPool2d(0)],
    ids=["stride", "padding", "window"],
)
def test_layers_that_cannot_be_are_named(layer):
    module = torch.nn.Sequential(torch.nn.ReLU(), layer)
    with pytest.raises(ShapeError, match=rf"layer '1' \({type(layer).__name__}\) says .+\. Give"):
        cost(module, (8, 8, 3))


def test_json_and_folding():
    found = cost(vgg16_small())
    assert json.loads(json.dumps(found.as_dict()))["flops"] == 2 * found.multiply_accumulates
    folded = found.folded(1)
    assert [row.name for row in folded] == ["block1", "block2", "top"]
    assert [row.layers for row in folded] == [3, 3, 2]
    assert sum(row.multiply_accumulates for row in folded) == found.multiply_accumulates
    assert folded[0].output_shape == (1, 8, 8, 4)
    assert found.folded() == found.layers
    assert len(found.folded(0)) == 1


def vgg16_small():
    return models.Sequential(
        [layers.Input((16, 16, 3))]
        + [
            layer
            for block in ("block1", "block2")
            for layer in (
                layers.Conv2D(4, 3, padding="same", name=f"{block}_conva"),
                layers.Conv2D(4, 3, padding="same", name=f"{block}_convb"),
                layers.MaxPooling2D(2, name=f"{block}_pool"),
            )
        ]
        + [layers.Flatten(name="top_flatten"), layers.Dense(3, name="top_dense")]
    )


def test_three_hundred_layers_stay_readable():
    blocks = [
        torch.nn.Sequential(torch.nn.Conv2d(4, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU())
        for _ in range(100)
    ]
    module = torch.nn.Sequential(
        *(torch.nn.Sequential(*blocks[place : place + 10]) for place in range(0, 100, 10))
    )
    found = cost(module, (8, 8, 4))
    assert len(found.layers) == 300
    assert len(found.folded()) == 10
    assert len(found.folded(2)) == 100
    assert found.folded()[-1].receptive_field == ReceptiveField(201, 201, 1, 1)
