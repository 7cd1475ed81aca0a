"""Inception-v3 and v4 are torchvision's and timm's: names, shapes, outputs; and they train."""

import numpy as np
import pytest
import torch

from convolens.applications import APPLICATIONS, InceptionV4, build
from convolens.applications.architectures.inception_v3 import AUXILIARY_WEIGHT, InceptionV3
from convolens.errors import ArgumentError, ShapeError
from reference_weights import digest, draw, multiply_accumulates, picture

pytestmark = pytest.mark.usefixtures("quickly_drawn")

# Of torchvision 0.29.1, `inception_v3(aux_logits=True)`, and timm 1.0.29.dev0, `inception_v4()`: the digest of the state
# dict without num_batches_tracked, and the first logits of the first picture of 96 x 91 with the weights of
# `reference_weights`, in inference mode.
REFERENCES = [
    (
        InceptionV3,
        {"auxiliary_heads": True},
        "7230e9811d9a430fc08e409e29ad43315b35d7b9223cc7e2cb7d2c098e03feba",
        [0.3409881, 2.522262, 1.068113, -1.423636, 0.3087961, 1.290865],
    ),
    (
        InceptionV4,
        {},
        "be794704c5a0265e5ce9ae901a64fedc8ff1ec1dc53021b75c4761ef3a939c63",
        [-1.067973, -0.03924562, 0.02560888, -1.258453, -0.09377548, -0.1154427],
    ),
]


@pytest.mark.parametrize(("network", "arguments", "expected", "logits"), REFERENCES)
def test_names_shapes_and_outputs_of_the_reference(network, arguments, expected, logits):
    model = network(input_shape=(96, 91, 3), classifier_activation=None, **arguments)
    state = model.module.state_dict()
    assert digest({name: value.shape for name, value in state.items()}) == expected
    drawn = {name: torch.from_numpy(draw(name, tuple(value.shape))) for name, value in state.items()}
    model.module.load_state_dict(drawn)
    received = model.predict(picture(96, 91), verbose=0)
    np.testing.assert_allclose(received[0, :6], logits, rtol=1e-4, atol=1e-4)
    assert np.abs(received[0] - received[1]).max() > 0.1  # the pictures matter, not the weights alone


@pytest.mark.parametrize(
    ("network", "arguments", "parameters"),
    [
        (InceptionV3, {}, 23_834_568),
        (InceptionV3, {"auxiliary_heads": True}, 27_161_264),
        (InceptionV4, {}, 42_679_816),
    ],
)
def test_the_published_numbers(network, arguments, parameters):
    with torch.device("meta"):
        model = network(**arguments)
    assert sum(parameter.numel() for parameter in model.module.parameters()) == parameters
    assert (model.input_shape, model.output_shape) == ((None, 299, 299, 3), (None, 1000))


def test_multiply_accumulates():
    with torch.device("meta"):
        third, fourth = InceptionV3().module, InceptionV4().module
    assert round(multiply_accumulates(third, 299) / 1e9, 3) == 5.713  # torchvision's number
    assert (
        round(multiply_accumulates(fourth, 299) / 1e9, 2) == 12.25
    )  # timm's network, counted in the same way


@pytest.mark.parametrize("size", [75, 96])
def test_the_auxiliary_classifier_learns_on_small_images_too(size):
    model = build("inception-v3", (size, size, 3), 2, training=True)
    ((tensor, weight),) = model.module.auxiliary
    assert (tensor.shape, weight, AUXILIARY_WEIGHT) == ((None, 2), 0.4, 0.4)
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    before = {name: value.clone() for name, value in model.module.state_dict().items() if "AuxLogits" in name}
    history = model.fit(picture(size, size), np.array([0, 1]), batch_size=2, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert len(before) == 12  # two convolutions with 5 each, and the dense layer
    after = model.module.state_dict()
    assert all(not torch.equal(after[name], value) for name, value in before.items())


def test_no_auxiliary_classifier_without_a_classifier():
    with torch.device("meta"):
        model = InceptionV3(include_top=False, pooling="max", auxiliary_heads=True)
    assert not model.module.auxiliary
    assert model.output_shape == (None, 2048)


@pytest.mark.parametrize(("network", "channels"), [(InceptionV3, 2048), (InceptionV4, 1536)])
def test_features(network, channels):
    with torch.device("meta"):
        assert network(include_top=False).output_shape == (None, 8, 8, channels)
        assert network(include_top=False, pooling="avg").output_shape == (None, channels)


@pytest.mark.parametrize("network", [InceptionV3, InceptionV4])
def test_wrong_arguments(network):
    name = network.__name__
    with pytest.raises(
        ShapeError, match=rf"^{name}: an input of 74 x 80 pixels is too small; the smallest is 75 x 75"
    ):
        network(input_shape=(74, 80, 3))
    with (
        torch.device("meta"),
        pytest.raises(ArgumentError, match=r"Dropout '(head_drop|dropout)': rate must be"),
    ):
        network(input_shape=(75, 75, 3), dropout=1.5)


def test_registry():
    assert APPLICATIONS["inception-v3"].training == {"auxiliary_heads": True}
    assert APPLICATIONS["inception-v4"].size == 299
