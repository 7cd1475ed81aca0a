"""MobileNetV3 is torchvision's: names, shapes, outputs, numbers."""

import numpy as np
import pytest
import torch

from convolens.applications.architectures.mobilenet_v3 import MobileNetV3Large, MobileNetV3Small
from convolens.errors import ShapeError
from reference_weights import digest, draw, multiply_accumulates, picture

# Of torchvision 0.29.1, `mobilenet_v3_small()` and `mobilenet_v3_large()`: the digest of the state dict without
# num_batches_tracked, and the first logits of the first picture of 67 x 52 with the weights of `reference_weights`, in
# inference mode.
REFERENCES = [
    (
        MobileNetV3Small,
        "c9434bf8fbe13322ebb701f59ca5c6d2e1d727364afa6f52ae904ae27a8ede13",
        [0.8766373, 0.5704941, -0.3673102, -0.2651968, 0.2647136, -0.2247941],
    ),
    (
        MobileNetV3Large,
        "3abde803707966e4926ecf17ab35060528f76363e2f430f21fbae7e3ead435a2",
        [77.68897, 68.15578, 34.89533, -164.0313, 51.33316, 12.19418],
    ),
]


@pytest.mark.parametrize(("network", "expected", "logits"), REFERENCES)
def test_names_shapes_and_outputs_of_the_reference(network, expected, logits):
    model = network(input_shape=(67, 52, 3), classifier_activation=None)
    state = model.module.state_dict()
    assert digest({name: value.shape for name, value in state.items()}) == expected
    drawn = {name: torch.from_numpy(draw(name, tuple(value.shape))) for name, value in state.items()}
    model.module.load_state_dict(drawn)
    received = model.predict(picture(67, 52), verbose=0)
    scale = np.abs(logits).max()
    np.testing.assert_allclose(received[0, :6] / scale, np.array(logits) / scale, atol=1e-4)
    assert np.abs(received[0] - received[1]).max() > 0.1 * scale


@pytest.mark.parametrize(
    ("network", "parameters", "millions", "channels"),
    [(MobileNetV3Small, 2_542_856, 57, 576), (MobileNetV3Large, 5_483_032, 217, 960)],
)
def test_the_published_numbers(network, parameters, millions, channels):
    with torch.device("meta"):
        model = network()
        assert network(include_top=False).output_shape == (None, 7, 7, channels)
    assert sum(parameter.numel() for parameter in model.module.parameters()) == parameters
    assert round(multiply_accumulates(model.module, 224) / 1e6) == millions  # torchvision's numbers
    assert (model.input_shape, model.output_shape) == ((None, 224, 224, 3), (None, 1000))


def test_it_learns():
    model = MobileNetV3Small(input_shape=(32, 32, 3), classes=2)
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    history = model.fit(picture(32, 32), np.array([0, 1]), batch_size=2, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    after = model.module.state_dict()
    assert not torch.equal(after["features.4.block.2.fc1.weight"], before["features.4.block.2.fc1.weight"])
    assert not torch.equal(after["features.0.0.weight"], before["features.0.0.weight"])


@pytest.mark.parametrize("network", [MobileNetV3Small, MobileNetV3Large])
def test_too_small(network):
    name = network.__name__
    with pytest.raises(
        ShapeError, match=rf"^{name}: an input of 31 x 32 pixels is too small; the smallest is 32 x 32"
    ):
        network(input_shape=(31, 32, 3))
