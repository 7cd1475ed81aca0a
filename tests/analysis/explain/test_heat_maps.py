"""Each method against another's reckoning: captum, the papers' formulas written out, and windows laid by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from analysis.explain.networks import named
from convolens.analysis.explain import (
    class_scores,
    grad_cam,
    grad_cam_plus_plus,
    integrated_gradients,
    occlusion,
)
from convolens.errors import ArgumentError
from devices import DEVICES

IMAGE = np.random.default_rng(0).random((12, 10, 3), dtype=np.float32)
INPUT = torch.from_numpy(IMAGE).permute(2, 0, 1)[None]  # (1, c, h, w)
NETWORKS = named()


def without_softmax(network: nn.Module) -> nn.Module:
    """captum explains what the network gives; ours takes the score before the softmax."""
    if isinstance(network, nn.Sequential) and isinstance(network[-1], nn.Softmax):
        network = network[:-1]
    return network.eval()


@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize(
    "form", ["plain", "nested", "branches", "branches last", "transposed", "strided to one place"]
)
def test_grad_cam_is_captums(form, number):
    from captum.attr import LayerGradCam

    network, layer = NETWORKS[form]
    wanted = LayerGradCam(without_softmax(network), network.get_submodule(layer)).attribute(
        INPUT, number, relu_attributions=True
    )
    found = grad_cam(network, IMAGE, number, scaled=False)
    assert wanted.shape[2:] == found.shape
    np.testing.assert_allclose(found, wanted[0, 0].detach(), atol=1e-5)
    heat = grad_cam(network, IMAGE, number)
    larger = torch.nn.functional.interpolate(wanted, (12, 10), mode="bilinear")[0, 0].detach().numpy()
    np.testing.assert_allclose(heat, larger / max(larger.max(), 1e-30), atol=1e-4)


@pytest.mark.parametrize("form", ["plain", "nested", "branches"])
def test_grad_cam_plus_plus_is_the_papers(form):
    """Equations 10, 19 and 5 in loops, with derivatives of exp(score) by autograd's repeated differentiation's closed form."""
    network, layer = NETWORKS[form]
    network = without_softmax(network)
    kept = []
    hook = network.get_submodule(layer).register_forward_hook(lambda m, i, o: kept.append(o))
    score = network(INPUT)[0, 1]
    hook.remove()
    (gradient,) = torch.autograd.grad(score, kept)
    maps, gradient, power = (
        kept[0][0].detach().double().numpy(),
        gradient[0].double().numpy(),
        float(score.detach().exp()),
    )
    wanted = np.zeros(maps.shape[1:])
    for k in range(len(maps)):
        weight = 0.0
        for i, j in np.ndindex(*maps.shape[1:]):
            first, second, third = (power * gradient[k, i, j] ** order for order in (1, 2, 3))
            below = 2 * second + sum(maps[k, a, b] * third for a, b in np.ndindex(*maps.shape[1:]))
            weight += (second / below if below else 0.0) * max(first, 0.0)
        wanted += weight * maps[k]
    wanted = np.maximum(wanted, 0) / power
    np.testing.assert_allclose(
        grad_cam_plus_plus(network, IMAGE, 1, scaled=False), wanted, rtol=1e-3, atol=1e-5
    )


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 5), st.integers(1, 4))
def test_occlusion_is_windows_laid_by_hand(rows, columns, down, across):
    torch.manual_seed(1)
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(54, 2), nn.Softmax(1))
    image = np.random.default_rng(rows).random((8, 5, 1), dtype=np.float32)
    down, across = min(down, rows), min(across, columns)
    score = class_scores(network, image)[1]
    total, count = np.zeros((8, 5)), np.zeros((8, 5))
    places = [(r, c) for r in starts(8, rows, down) for c in starts(5, columns, across)]
    covered = np.repeat(image[None], len(places), axis=0)
    for at, (row, column) in enumerate(places):
        covered[at, row : row + rows, column : column + columns] = 0.25
    for (row, column), other in zip(places, class_scores(network, covered)[:, 1], strict=True):
        total[row : row + rows, column : column + columns] += score - other
        count[row : row + rows, column : column + columns] += 1
    found = occlusion(network, image, 1, (rows, columns), (down, across), baseline=0.25, batch_size=7)
    assert (count > 0).all()
    np.testing.assert_allclose(found, total / count, atol=1e-5)


def starts(length, window, step):
    """The window's places: the last one reaches the end, cut off there."""
    return [step * i for i in range(-(-(length - window) // step) + 1)]


@pytest.mark.parametrize("device", DEVICES)
def test_where_the_network_is(device):
    network, _ = named()["residual"]
    methods = (
        grad_cam,
        grad_cam_plus_plus,
        occlusion,
        lambda *given: integrated_gradients(*given).attributions,
    )
    wanted = [method(network, IMAGE, 1) for method in methods]
    network.to(device)
    for method, heat in zip(methods, wanted, strict=True):
        np.testing.assert_allclose(method(network, IMAGE, 1), heat, atol=1e-3)


def test_occlusion_needs_no_gradient():
    class Rounded(nn.Module):
        def forward(self, x):
            return torch.stack([x.round().sum((1, 2, 3)), -x.round().sum((1, 2, 3))], 1).detach()

    bright = np.zeros((8, 8, 1), np.float32)
    bright[2:4, 4:6] = 1
    found = occlusion(Rounded(), bright, 0, window=2, stride=2, baseline=0.0)
    assert found.tolist() == (4 * bright[..., 0]).tolist()


def test_odd_windows():
    network, _ = NETWORKS["plain"]
    with pytest.raises(
        ArgumentError, match="occlusion: a window of 13 x 3 pixels is larger than the image of 12 x 10"
    ):
        occlusion(network, IMAGE, window=(13, 3))
    assert occlusion(network, IMAGE, window=2, stride=9).shape == (12, 10), (
        "a step wider than the window leaves no gap"
    )


@pytest.mark.parametrize("form", sorted(set(NETWORKS) - {"functions"}))
def test_integrated_gradients_add_up_to_the_difference(form):
    network, _ = NETWORKS[form]
    difference = class_scores(network, IMAGE)[2] - class_scores(network, np.zeros_like(IMAGE))[2]
    found = integrated_gradients(network, IMAGE, 2)
    assert found.gap <= 0.01
    assert found.attributions.sum() == pytest.approx(difference, rel=0.01, abs=1e-4)
    assert found.score - found.baseline_score == pytest.approx(difference, abs=1e-5)


def test_integrated_gradients_of_a_linear_network_are_its_terms():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(360, 2))
    found = integrated_gradients(network, IMAGE, 1, baseline=0.5, steps=3)
    weights = network[1].weight[1].detach().view(3, 12, 10).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(found.attributions, (weights * (IMAGE - 0.5)).sum(axis=2), atol=1e-5)
    assert found.steps == 3


def test_a_gap_that_stays_is_told():
    """A step of the score between two images on the way: no number of gradients sees it."""

    class Step(nn.Module):
        def forward(self, x):
            bright = (x.mean((1, 2, 3)) > 0.3).float() + x.mean((1, 2, 3)) * 0.1
            return torch.stack([-bright, bright], 1)

    found = integrated_gradients(Step(), np.full((2, 2, 1), 1.0, np.float32), 1)
    assert found.gap > 0.8
    assert found.steps == 256
