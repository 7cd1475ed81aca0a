"""A normalisation and an activation within the convolution in front give what they give one by one."""

from typing import NamedTuple

import hypothesis.strategies as some
import pytest
import torch
from hypothesis import given, settings

from convolens import Model
from convolens.layers import Activation, Add, BatchNormalization, Conv2D, DepthwiseConv2D, Input, ReLU
from convolens.layers.chains.absorbing import absorbed
from convolens.models import Sequential
from convolens.training.mode import set_mode


class Block(NamedTuple):
    """A convolution with what comes behind it."""

    depthwise: bool
    kernel: int
    strides: int
    padding: str
    use_bias: bool
    behind: str  # "norm", "act", "norm act", "norm sigmoid"
    residual: bool
    shared: bool  # the same layers are called again


BLOCKS = some.lists(
    some.builds(
        Block,
        depthwise=some.booleans(),
        kernel=some.sampled_from([1, 2, 3, 5]),
        strides=some.sampled_from([1, 2]),
        padding=some.sampled_from(["same", "valid"]),
        use_bias=some.booleans(),
        behind=some.sampled_from(["norm", "act", "norm act", "norm sigmoid", "norm relu"]),
        residual=some.booleans(),
        shared=some.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def network(blocks: list[Block], seed: int) -> Model:
    """Return a small network with statistics that matter."""
    torch.manual_seed(seed)
    inputs = x = Input((15, 14, 6))
    for block in blocks:
        if min(x.shape[1:3]) < block.kernel:
            break
        options = {"strides": block.strides, "padding": block.padding, "use_bias": block.use_bias}
        layers = [
            DepthwiseConv2D(block.kernel, **options)
            if block.depthwise
            else Conv2D(6, block.kernel, **options)
        ]
        layers += [BatchNormalization()] if "norm" in block.behind else []
        ends = {"act": "relu6", "sigmoid": "sigmoid"}
        last = block.behind.split()[-1]
        layers += [Activation(ends[last])] if last in ends else [ReLU()] if last == "relu" else []
        keeps_size = block.padding == "same" and block.strides == 1
        for _ in range(2 if block.shared and keeps_size else 1):
            y = x
            for layer in layers:
                y = layer(y)
            x = Add()([y, x]) if block.residual and keeps_size else y
    model = Model(inputs, x)
    with torch.no_grad():
        for layer in model.layers:
            if isinstance(layer, BatchNormalization):
                for tensor, low in ((layer.running_var, 0.5), (layer.weight, 0.5)):
                    tensor.uniform_(low, 2.0)
                layer.running_mean.normal_()
                layer.bias.normal_()
    return model


def watched(module: torch.nn.Module) -> list:
    """Put a hook on every layer, so that each is called by itself."""
    return [part.register_forward_hook(lambda *call: None) for part in module.modules()]


def results(module: torch.nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    """Return output and all gradients."""
    module.zero_grad()
    x = x.clone().requires_grad_()
    y = module(x)
    y.square().mean().backward()
    return [y.detach(), x.grad, *(weight.grad for weight in module.parameters() if weight.grad is not None)]


def assert_same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one - other).abs().max() <= 1e-5 * max(1e-2, other.abs().max())


def image(seed: int) -> torch.Tensor:
    x = torch.randn(2, 6, 15, 14, generator=torch.Generator().manual_seed(seed))
    return x.contiguous(memory_format=torch.channels_last)


@settings(max_examples=60)
@given(BLOCKS, some.integers(0, 1000))
def test_inference_is_the_same(blocks, seed):
    module, x = network(blocks, seed).module.eval(), image(seed)
    before = x.clone()
    with torch.inference_mode():
        found = module(x)
    with torch.no_grad():  # in place, as an optimizer, an average of weights or a checkpoint does
        for tensor in module.state_dict().values():
            tensor.mul_(1.1)
        changed = module(x)
    hooks = watched(module)
    with torch.no_grad():
        assert_same([changed], [module(x)])
        for tensor in module.state_dict().values():
            tensor.div_(1.1)
        assert_same([found], [module(x)])
    assert torch.equal(x, before)
    for hook in hooks:
        hook.remove()


@settings(max_examples=60)
@given(BLOCKS, some.integers(0, 1000), some.booleans())
def test_gradients_are_the_same(blocks, seed, frozen):
    module, x = network(blocks, seed).module, image(seed)
    for layer in module.layers:
        if frozen and isinstance(layer, BatchNormalization):
            layer.trainable = False
    set_mode(module, training=frozen)  # frozen normalisations in training, or all in inference
    found = results(module, x)
    watched(module)
    assert_same(found, results(module, x))


def test_normalisation_that_trains_is_left_alone():
    model = Sequential([Conv2D(4, 3, input_shape=(8, 8, 2)), BatchNormalization(), Activation("relu")])
    layers = model.layers
    set_mode(model.module, training=True)
    assert absorbed(layers[0], layers[1:]) == []
    layers[1].trainable = False
    assert absorbed(layers[0], layers[1:]) == layers[1:]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_hooks_see_each_layer(place):
    model = Sequential([Conv2D(4, 3, input_shape=(8, 8, 2)), BatchNormalization(), Activation("relu")])
    module, x = model.module.eval(), torch.randn(2, 2, 8, 8)
    with torch.no_grad():
        module.layers[1].running_mean.fill_(3.0)
        expected = x
        for layer in module.layers[: place + 1]:
            expected = layer(expected)
        seen = []
        module.layers[place].register_forward_hook(lambda layer, given, result: seen.append(result.clone()))
        module(x)
    torch.testing.assert_close(seen[0], expected)


def test_result_that_others_take_stays():
    inputs = Input((8, 8, 2))
    convolved = Conv2D(4, 3)(inputs)
    normalised = BatchNormalization()(convolved)
    module = Model(inputs, [Activation("relu")(normalised), convolved, normalised]).module.eval()
    x = torch.randn(2, 2, 8, 8)
    with torch.no_grad():
        module.layers[-2].running_mean.fill_(1.0)
        active, plain, centred = module(x)
        convolution = next(layer for layer in module.layers if isinstance(layer, Conv2D))
        norm = next(layer for layer in module.layers if isinstance(layer, BatchNormalization))
        torch.testing.assert_close(plain, convolution(x))
        torch.testing.assert_close(centred, norm(plain))
        torch.testing.assert_close(active, centred.relu())


def test_loaded_weights_are_used_at_once():
    module, x = (
        network([Block(False, 3, 1, "same", False, "norm act", True, False)], 0).module.eval(),
        image(0),
    )
    other = network([Block(False, 3, 1, "same", False, "norm act", True, False)], 1).module.eval()
    with torch.inference_mode():
        module(x)
    module.load_state_dict(other.state_dict())
    with torch.inference_mode():
        assert torch.equal(module(x), other(x))
