"""ConvNeXt-Tiny is torchvision's: names but for one rule, shapes, outputs, numbers."""

import numpy as np
import pytest
import torch

from convolens.applications import APPLICATIONS, ConvNeXtTiny
from convolens.errors import ArgumentError
from convolens.layers import StochasticDepth
from reference_weights import digest, draw, multiply_accumulates, picture

# Of torchvision 0.29.1, `convnext_tiny()`: the digest of the state dict, and the first logits of the first picture of
# 67 x 52 with the weights of `reference_weights`, in inference mode.
DIGEST = "39d0e94f41cc6e25e619c9d727a6547ac643edca615a567ce63144f078a89be5"
LOGITS = [-2.789138, -2.547662, -1.430629, -0.1895847, -1.929564, -0.1627858]


def in_torchvision(name: str) -> str:
    return name.removesuffix(".weight") if name.endswith(".layer_scale.weight") else name


def test_names_shapes_and_outputs_of_the_reference():
    model = ConvNeXtTiny(input_shape=(67, 52, 3), classifier_activation=None)
    shapes = {in_torchvision(name): tuple(value.shape) for name, value in model.module.state_dict().items()}
    assert digest(shapes) == DIGEST
    renamed = APPLICATIONS["convnext-tiny"].renamed
    drawn = {renamed(name): torch.from_numpy(draw(name, shape)) for name, shape in shapes.items()}
    model.module.load_state_dict(drawn)  # every name, and no other
    received = model.predict(picture(67, 52), verbose=0)
    np.testing.assert_allclose(received[0, :6], LOGITS, rtol=1e-4, atol=1e-4)


def test_the_published_numbers():
    with torch.device("meta"):
        model = ConvNeXtTiny()
        assert ConvNeXtTiny(include_top=False).output_shape == (None, 7, 7, 768)
    assert sum(parameter.numel() for parameter in model.module.parameters()) == 28_589_128
    assert round(multiply_accumulates(model.module, 224) / 1e9, 3) == 4.456  # torchvision's number
    assert (model.input_shape, model.output_shape) == ((None, 224, 224, 3), (None, 1000))


def test_only_one_rule_renames_and_only_here():
    assert [
        name for name, entry in APPLICATIONS.items() if entry.renamed("a.layer_scale") != "a.layer_scale"
    ] == ["convnext-tiny"]
    assert all(
        entry.renamed("features.0.0.weight") == "features.0.0.weight" for entry in APPLICATIONS.values()
    )


def test_later_blocks_are_dropped_more_often():
    with torch.device("meta"):
        model = ConvNeXtTiny(stochastic_depth=0.34)
    rates = [layer.rate for layer in model.layers if isinstance(layer, StochasticDepth)]
    assert rates == pytest.approx([0.02 * block for block in range(18)])


def test_it_learns_and_says_nothing_different_twice():
    model = ConvNeXtTiny(input_shape=(32, 32, 3), classes=2)
    model.compile(optimizer="adamw", loss="sparse_categorical_crossentropy")
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    history = model.fit(picture(32, 32), np.array([0, 1]), batch_size=2, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    after = model.module.state_dict()
    for name in ("features.1.0.layer_scale.weight", "features.0.0.weight", "classifier.2.weight"):
        assert not torch.equal(after[name], before[name])
    images = picture(32, 32)
    np.testing.assert_array_equal(model.predict(images, verbose=0), model.predict(images, verbose=0))


@pytest.mark.parametrize("rate", [1.0, -0.1, "much"])
def test_wrong_stochastic_depth(rate):
    with pytest.raises(ArgumentError, match=r"ConvNeXtTiny: stochastic_depth must be a number in \[0, 1\)"):
        ConvNeXtTiny(stochastic_depth=rate)
