"""What is left out where nobody looks gives the same numbers, and hooks see what each layer says it does."""

import numpy as np
import pytest
import torch

from convolens import Model
from convolens.applications import APPLICATIONS
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Input,
    MaxPooling2D,
    ReLU,
    SeparableConv2D,
    ZeroPadding2D,
)
from convolens.layers.chains.chain import chain
from convolens.models import Sequential

X = np.random.default_rng(0).normal(size=(2, 9, 8, 3)).astype("float32")


def looked_at(module):
    """Put a hook on every layer, so that nothing is left out."""
    for part in module.modules():
        part.register_forward_hook(lambda *call: None)


def gradients(module, x):
    """Return output and gradients of the module in training."""
    module.train().zero_grad()
    torch.manual_seed(0)
    y = module(x)
    y.square().sum().backward()
    return y.detach(), [p.grad.clone() for p in module.parameters() if p.grad is not None]


def compare(module, x):
    """Assert that nobody looking and somebody looking see the same."""
    state = {name: value.clone() for name, value in module.state_dict().items()}
    before = x.clone()
    y, grads = gradients(module, x)
    module.load_state_dict(state)
    with torch.no_grad():
        module.eval()
        inferred = module(x)
    assert torch.equal(x, before)
    looked_at(module)
    module.load_state_dict(state)
    slow, slow_grads = gradients(module, x)
    module.load_state_dict(state)
    with torch.no_grad():
        module.eval()
        torch.testing.assert_close(inferred, module(x), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(y, slow, rtol=1e-4, atol=1e-5)
    for fast, exact in zip(grads, slow_grads, strict=True):
        torch.testing.assert_close(fast, exact, rtol=1e-3, atol=1e-4)


CONVOLUTIONS = {
    "conv": lambda: Conv2D(4, 3, strides=2),
    "dilated": lambda: Conv2D(4, 3, dilation_rate=2, activation="relu"),
    "depthwise": lambda: DepthwiseConv2D(3, depth_multiplier=2),
    "separable": lambda: SeparableConv2D(4, 3),
    "same": lambda: Conv2D(4, 3, padding="same"),
}


@pytest.mark.parametrize("padding", [1, (2, 0), ((1, 0), (2, 2))], ids=str)
@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_zeros_before_a_convolution(kind, padding):
    for bias in ("zeros", "ones"):
        layers = [
            ZeroPadding2D(padding),
            CONVOLUTIONS[kind](),
            BatchNormalization(beta_initializer=bias),
            ReLU(),
        ]
        compare(Sequential([Input((9, 8, 3)), *layers]).module, torch.from_numpy(X).permute(0, 3, 1, 2))


@pytest.mark.parametrize("activation", ["relu", "hard_silu", "tanh", "linear"])
def test_activations_behind_each_layer(activation):
    inputs = Input((9, 8, 3))
    x = Activation(activation)(inputs)  # the image itself is never written over
    a = BatchNormalization()(Conv2D(4, 3, padding="same")(x))
    b = Activation(activation)(a)
    c = Add()([a, b])  # `a` is taken twice
    d = Activation(activation)(Activation("tanh")(Activation(activation)(c)))
    e = ReLU(max_value=0.5)(Dropout(0.5)(Conv2D(2, 1)(MaxPooling2D()(ZeroPadding2D(1)(d)))))
    compare(Model(inputs, e).module, torch.from_numpy(X).permute(0, 3, 1, 2))


def test_zeros_that_two_take():
    inputs = Input((9, 8, 3))
    padded = ZeroPadding2D(1)(inputs)
    both = Add()([Conv2D(4, 3)(padded), Conv2D(4, 3)(padded)])
    compare(Model(inputs, both).module, torch.from_numpy(X).permute(0, 3, 1, 2))


def test_a_submodel_that_begins_or_ends_in_the_middle():
    inputs = Input((9, 8, 3))
    padded = ZeroPadding2D(1, name="zeros")(inputs)
    normal = BatchNormalization(name="normal")(Conv2D(4, 3, name="conv")(padded))
    whole = Model(inputs, ReLU(name="relu")(normal))
    zeros = Model(inputs, whole.get_layer("zeros").output)
    np.testing.assert_array_equal(zeros.predict(X, verbose=0), np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0))))
    head = Model(inputs, whole.get_layer("normal").output)
    tail = Model(whole.get_layer("normal").output, whole.get_layer("relu").output)
    behind_zeros = Model(whole.get_layer("zeros").output, whole.get_layer("relu").output)
    expected = whole.predict(X, verbose=0)
    values = torch.from_numpy(head.predict(X, verbose=0)).permute(0, 3, 1, 2).contiguous()
    kept = values.clone()
    assert torch.equal(tail.module.eval()(values), torch.relu(kept))
    assert torch.equal(values, kept)  # what was given is not written over
    padded_x = torch.from_numpy(zeros.predict(X, verbose=0)).permute(0, 3, 1, 2)
    given = behind_zeros.module.eval()(padded_x).permute(0, 2, 3, 1)
    np.testing.assert_allclose(given.detach().numpy(), expected, atol=1e-5)


def test_hooks_see_what_the_layer_made():
    model = Sequential([Input((9, 8, 3)), Conv2D(4, 3, name="conv"), BatchNormalization(), ReLU()])
    seen = []
    model.get_layer("conv").register_forward_hook(lambda *call: seen.append(call[-1]))
    model.get_layer("batch_normalization").register_forward_hook(lambda *call: seen.append(call[-1]))
    model.predict(X, verbose=0)
    assert seen[0].min() < 0  # the ReLU did not write over them
    assert seen[1].min() < 0


def test_a_chain_writes_over_nothing_that_it_was_given():
    x = torch.randn(1, 3, 4, 4)
    kept = x.clone()
    assert torch.equal(chain([Activation("relu")], x), torch.relu(kept))
    assert torch.equal(x, kept)


@pytest.mark.parametrize("name", ["googlenet-bn", "resnet-18", "mobilenet-v3-small", "enet", "alexnet"])
def test_whole_networks(name):
    architecture = APPLICATIONS[name]
    size = max(architecture.minimum_size, 48)
    network = architecture.build(input_shape=(size, size, 3), classes=4, classifier_activation=None).module
    x = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        network.eval()
        left_out = network(x)
        looked_at(network)
        torch.testing.assert_close(left_out, network(x), rtol=1e-3, atol=1e-4)
