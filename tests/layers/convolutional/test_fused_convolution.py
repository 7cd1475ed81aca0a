"""Every way of a convolution gives what torch's own gives, and so do its gradients."""

import hypothesis.strategies as some
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given

from convolens.layers.convolutional.fused_convolution import convolve

CASES = {
    "kernel": some.tuples(some.integers(1, 7), some.integers(1, 7)),
    "strides": some.tuples(some.integers(1, 3), some.integers(1, 3)),
    "zeros": some.tuples(*[some.integers(0, 2)] * 2),
    "more": some.tuples(some.booleans(), some.booleans()),
    "groups": some.sampled_from([1, 2, 6]),
    "activation": some.sampled_from([F.relu, F.relu6, torch.tanh]),
    "biased": some.booleans(),
    "gradients": some.booleans(),
}


@given(**CASES)
def test_equals_torch(kernel, strides, zeros, more, groups, activation, biased, gradients):
    torch.manual_seed(0)
    x = torch.randn(3, 6, 9, 11).contiguous(memory_format=torch.channels_last)
    weight, bias = torch.randn(6, 6 // groups, *kernel), torch.randn(6) if biased else None
    tensors = [tensor.requires_grad_(gradients) for tensor in (x, weight, bias) if tensor is not None]
    (top, left), (lower, wider) = zeros, more
    padding = ((top, top + lower), (left, left + wider))
    found = convolve(x, weight, bias, strides, padding, (1, 1), groups, activation)
    padded = F.pad(x.contiguous(), (*padding[1], *padding[0]))  # another layout: see below
    expected = activation(F.conv2d(padded, weight, bias, strides, 0, 1, groups))
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=2e-5)
    if gradients:
        for one, other in zip(
            torch.autograd.grad(found.square().sum(), tensors),
            torch.autograd.grad(expected.square().sum(), tensors),
            strict=True,
        ):
            assert (one - other).abs().max() <= 2e-5 * max(1.0, other.abs().max())


@pytest.mark.parametrize("strides", [(2, 2), (2, 1), (1, 2), (3, 2)])
@pytest.mark.parametrize("zeros", [(0, 0), (2, 1)])
@pytest.mark.parametrize("groups", [1, 6])
def test_strided_kernels_of_one_pixel_learn_without_writing_past_their_memory(strides, zeros, groups):
    """torch 2.13's own gradient of them did, and whatever lay there was lost: the reference here is another layout."""
    torch.manual_seed(0)
    x = torch.randn(3, 6, 10, 12, requires_grad=True)
    weight = torch.randn(6, 6 // groups, 1, 1, requires_grad=True)
    expected = F.conv2d(x, weight, None, strides, zeros, 1, groups)  # channels first
    for _ in range(40):
        last = x.contiguous(memory_format=torch.channels_last)
        found = convolve(last, weight, None, strides, ((zeros[0],) * 2, (zeros[1],) * 2), (1, 1), groups)
        gradients = torch.autograd.grad(found.square().sum(), [x, weight])
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=2e-5)
    for one, other in zip(gradients, torch.autograd.grad(expected.square().sum(), [x, weight]), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=2e-4)


def test_no_private_operator_no_difference():
    x, weight = torch.randn(2, 6, 9, 9), torch.randn(6, 1, 3, 3)
    given = (x, weight, None, (2, 2), ((0, 1), (0, 1)), (1, 1), 6, F.relu6)
    quick = convolve(*given)
    with torch.backends.mkldnn.flags(enabled=False):
        torch.testing.assert_close(convolve(*given), quick, rtol=1e-5, atol=1e-5)
