"""The score is what goes into the last softmax or sigmoid, and the network stays as it was."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import convolens as keras
from convolens.analysis.explain import class_scores, grad_cam, integrated_gradients, occlusion
from convolens.errors import ArgumentError, ArgumentTypeError, NotBuiltError, ShapeError

IMAGE = np.random.default_rng(0).random((6, 5, 3), dtype=np.float32)


class Ending(nn.Module):
    def __init__(self, units, end):
        super().__init__()
        self.conv, self.dense, self.end = nn.Conv2d(3, 4, 3), nn.Linear(4, units), end

    def logits(self, x):
        return self.dense(self.conv(x).mean((2, 3)))

    def forward(self, x):
        return self.end(self.logits(x))


SOFTMAXES = {
    "function": lambda x: F.softmax(x, 1), "method": lambda x: x.softmax(-1), "layer": nn.Softmax(1), "log": nn.LogSoftmax(1),
    "none": nn.Identity(), "seen through a view": lambda x: x.softmax(1).reshape(len(x), -1).view_as(x),
    "sigmoids": torch.sigmoid, "in place": lambda x: x.clone().sigmoid_(),
}  # fmt: skip


@pytest.mark.parametrize("form", SOFTMAXES)
def test_before_the_last_activation(form):
    torch.manual_seed(0)
    network = Ending(4, SOFTMAXES[form]).eval()
    with torch.no_grad():
        wanted = network.logits(torch.from_numpy(IMAGE).permute(2, 0, 1)[None])[0]
    np.testing.assert_allclose(class_scores(network, IMAGE), wanted, atol=1e-6)


def test_an_earlier_sigmoid_is_not_the_last():
    network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Sigmoid(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    scores = class_scores(network, IMAGE)
    assert ((scores > 0) & (scores < 1)).all(), "the means of the sigmoids"


@pytest.mark.parametrize("end", [torch.sigmoid, nn.Identity()], ids=["sigmoid", "logit"])
def test_one_output_is_two_classes(end):
    torch.manual_seed(0)
    network = Ending(1, end)
    scores = class_scores(network, IMAGE)
    assert scores.shape == (2,)
    assert scores[0] == -scores[1]
    np.testing.assert_allclose(occlusion(network, IMAGE, 0), -occlusion(network, IMAGE, 1), atol=1e-6)
    for number in (0, 1):
        found = integrated_gradients(network, IMAGE, number)
        assert found.score == pytest.approx(scores[number])
    both = [grad_cam(network, IMAGE, number, scaled=False) for number in (0, 1)]
    assert (np.minimum(*both) == 0).all(), "what speaks for one class speaks against the other"


def test_a_saturated_probability_hides_nothing():
    """At 1.0 in float32 the softmax's gradient is exactly 0; the score's is not."""
    model = keras.models.Sequential(
        [
            keras.layers.Conv2D(2, 1, input_shape=(2, 2, 1)),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Activation("softmax"),
        ]
    )
    model.set_weights([np.array([400.0, -400.0], np.float32).reshape(1, 1, 1, 2), np.zeros(2, np.float32)])
    image = np.array([[[1.0], [0.0]], [[0.0], [0.0]]], np.float32)
    assert model.predict(image[None], verbose=0)[0].tolist() == [1.0, 0.0]
    assert grad_cam(model, image).tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_the_network_stays_as_it_was():
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.BatchNorm2d(4),
        nn.Dropout(0.5),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 2),
    )
    network.train()
    network[1].eval()  # frozen
    network[0].requires_grad_(False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    heat = [grad_cam(network, IMAGE) for _ in range(2)]
    np.testing.assert_array_equal(*heat)
    occlusion(network, IMAGE)
    integrated_gradients(network, IMAGE, steps=8)
    assert [module.training for module in network.modules()] == [True, True, False, True, True, True, True]
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def test_a_batch_is_its_images():
    torch.manual_seed(0)
    network = Ending(3, nn.Softmax(1))
    images = np.random.default_rng(3).random((3, 6, 5, 3), dtype=np.float32)
    for method in (grad_cam, occlusion, lambda *a: integrated_gradients(*a, steps=16).attributions):
        together = method(network, images)
        assert together.shape == (3, 6, 5)
        for i in range(3):
            np.testing.assert_allclose(together[i], method(network, images[i]), atol=1e-5)


def test_under_inference_mode():
    network = Ending(2, nn.Softmax(1))
    with torch.inference_mode():
        assert grad_cam(network, IMAGE).shape == (6, 5)


def test_bad_input():
    network = Ending(2, nn.Softmax(1))
    with pytest.raises(
        ArgumentTypeError, match=r"grad_cam: expected a Model or a torch.nn.Module; received str"
    ):
        grad_cam("vgg16", IMAGE)
    with pytest.raises(
        ShapeError,
        match=r"image must be numbers of shape \(rows, columns, channels\).*received float32 of shape \(6, 5\)",
    ):
        grad_cam(network, IMAGE[..., 0])
    with pytest.raises(
        ShapeError,
        match=r"cannot take an image of shape \(6, 5, 1\) \(rows, columns, channels\): Given groups",
    ):
        grad_cam(network, IMAGE[..., :1])
    with pytest.raises(ArgumentError, match="the image holds NaN or infinite values"):
        grad_cam(network, np.full_like(IMAGE, np.nan))
    with pytest.raises(ArgumentError, match="class_number must be an integer of at most 1; received 2"):
        grad_cam(network, IMAGE, 2)
    with pytest.raises(ArgumentError, match="class_number must be an integer of at least 0; received -1"):
        occlusion(network, IMAGE, -1)
    with pytest.raises(ArgumentTypeError, match="the network gives a tuple, not one tensor"):
        grad_cam(Ending(2, lambda x: (x, x)), IMAGE)
    with pytest.raises(
        ShapeError, match=r"must give \(batch, classes\); for 1 images it gives \(1, 4, 4, 3\)"
    ):
        grad_cam(nn.Conv2d(3, 4, 3), IMAGE)
    with pytest.raises(NotBuiltError, match="has no weights yet"):
        grad_cam(nn.LazyConv2d(3, 3), IMAGE)
    with torch.no_grad():
        network.dense.weight.fill_(torch.nan)
    with pytest.raises(
        ArgumentError,
        match="the network gives NaN or infinite scores for this image; its weights are damaged",
    ):
        occlusion(network, IMAGE)
