"""Which layer is meant, and which is the last before the classifier."""

import numpy as np
import pytest
import torch

from convolens import layers as kl
from convolens.applications import ResNet18, ShallowVGGNet, build
from convolens.features import choose, extract
from convolens.features.extraction.attach import attach
from convolens.features.extraction.choice import named_layers
from convolens.models import Model, Sequential

pytestmark = pytest.mark.usefixtures("quickly_drawn")


@pytest.mark.parametrize(
    ("name", "size", "expected", "width"),
    [
        ("shallow-vgg", 16, "activation_4", 512),
        ("vgg11", 32, "relu2", 4096),
        ("conv-model", 32, "dropout", None),
        ("nin-bn", 32, "", None),
        ("googlenet-bn", 32, "", 1024),
        ("resnet-18", 32, "avgpool", 512),
        ("mobilenet-v3-small", 32, "", 1024),
        ("convnext-tiny", 32, "", 768),
    ],
)
def test_the_last_layer_before_the_classifier(name, size, expected, width):
    """What is found makes the network's own answer when only the classifier is put on top."""
    model = build(name, (size, size, 3), 5)
    (tap,) = choose(model)
    x = np.random.default_rng(0).random((2, size, size, 3)).astype(np.float32)
    features = extract(model, x, pool="none", cache=False).values
    assert width is None or features.shape[-1] == width, tap
    classifier = [layer for layer in model.layers if isinstance(layer, (kl.Dense, kl.Conv2D))][-1]
    seen = []
    hook = classifier.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach()))
    model.predict(x, verbose=0)
    hook.remove()
    expected_values = seen[0].permute(0, 2, 3, 1) if seen[0].ndim == 4 else seen[0]
    np.testing.assert_allclose(features, expected_values.numpy(), atol=1e-5)


@pytest.mark.parametrize("pooling", [None, "avg"])
def test_without_a_top_the_output_is_the_last(pooling):
    model = ResNet18(include_top=False, pooling=pooling, input_shape=(32, 32, 3))
    x = np.random.default_rng(0).random((2, 32, 32, 3)).astype(np.float32)
    np.testing.assert_allclose(
        extract(model, x, pool="none", cache=False).values, model.predict(x, verbose=0), atol=1e-6
    )


def ensemble(**members):
    image = kl.Input(shape=(8, 8, 3), name="image")
    answers = []
    for name, member in members.items():
        member.module.name = name
        answers.append(member.module(image))
    return Model(image, kl.Average(name="mean")(answers))


def test_an_ensemble_has_the_features_of_its_first_network():
    members = {name: build("shallow-vgg", (8, 8, 3), 5) for name in ("one", "two")}
    x = np.random.default_rng(0).random((2, 8, 8, 3)).astype(np.float32)
    alone = extract(members["one"], x, cache=False).values
    whole = ensemble(**members)
    (tap,) = choose(whole)
    assert tap.name == f"one.{choose(members['one'])[0].name}"
    assert choose(whole, tap.name) == [tap]
    np.testing.assert_array_equal(extract(whole, x, cache=False).values, alone)
    cut = attach(whole.module, tap, "avg", [kl.Dense(3, name="new")], "cut")
    np.testing.assert_allclose(cut.get_layer(tap.module.name).weights[0], tap.module.weights[0])
    assert cut.output_shape == (None, 3)
    assert not {"two", "mean"} & {layer.name for layer in cut.layers}


def test_branches_that_are_no_networks_are_no_ensemble():
    image = kl.Input(shape=(4,))
    mean = kl.Average(name="mean")([kl.Dense(3, name=name)(image) for name in ("one", "two")])
    assert choose(Model(image, mean))[0].name == "mean"


def test_a_relu_layer_before_nothing_is_the_last():
    cut = Sequential([kl.Dense(4, activation="relu", input_shape=(3,), name="hidden")])
    assert choose(cut)[0].name == "hidden"


def test_layers_inside_layers_have_names_with_dots():
    inner = Sequential(
        [kl.Dense(4, activation="relu", input_shape=(3,), name="a"), kl.Dense(5, name="b")], name="inner"
    )
    source = kl.Input(shape=(3,))
    model = Model(source, kl.Dense(2, name="classes")(inner.module(source)))
    assert {"inner", "inner.a", "inner.b", "classes"} <= set(named_layers(model.module))
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    expected = Model(inner.input, inner.get_layer("a").output).predict(x, verbose=0)
    np.testing.assert_allclose(extract(model, x, "inner.a", cache=False).values, expected, atol=1e-6)
    both = extract(model, x, ["inner.a", "classes"], cache=False).values
    np.testing.assert_allclose(both["classes"], model.predict(x, verbose=0), atol=1e-6)


def test_a_group_of_layers_is_its_last():
    model = ResNet18(include_top=False, input_shape=(32, 32, 3))
    x = np.random.default_rng(0).random((2, 32, 32, 3)).astype(np.float32)
    found = extract(model, x, ["layer2.1", "layer2.1.relu", "layer4"], pool="none", cache=False).values
    assert {name: array.shape[1:] for name, array in found.items()} == {
        "layer2.1": (4, 4, 128), "layer2.1.relu": (4, 4, 128), "layer4": (1, 1, 512),
    }  # fmt: skip
    np.testing.assert_array_equal(found["layer2.1"], found["layer2.1.relu"])
    np.testing.assert_allclose(found["layer4"], model.predict(x, verbose=0), atol=1e-6)


def test_any_torch_module_has_a_last_linear():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.fc = torch.nn.Conv2d(3, 6, 3), torch.nn.Linear(6, 2)

        def forward(self, x):
            return self.fc(self.body(x).mean((2, 3)))

    net = Net()
    assert choose(net)[0].name == "before fc"
    assert choose(net, "before fc") == choose(net)
    assert extract(net, np.zeros((3, 5, 5, 3), np.float32), cache=False).values.shape == (3, 6)


def test_places_count_from_both_ends():
    model = ShallowVGGNet(input_shape=(16, 16, 3), classes=3)
    assert choose(model, 0)[0].module is model.layers[0]
    assert choose(model, -1)[0].module is model.get_layer(index=-1)
