"""The gradient of wide depthwise kernels, taken in strips three columns wide: oneDNN is many times as fast with those."""

from typing import Any

import torch
import torch.nn.functional as F

Pair = tuple[int, int]

_STRIP = 3  # columns of a kernel that oneDNN's gradient of depthwise weights is made for


def is_slow_depthwise(x: torch.Tensor, weight: torch.Tensor, dilation: Pair, groups: int) -> bool:
    """Return whether these are depthwise kernels wider than oneDNN's gradient is made for.

    Example:
        >>> is_slow_depthwise(torch.zeros(1, 8, 9, 9), torch.zeros(8, 1, 5, 5), (1, 1), 8)
        True
    """
    return (
        weight.shape[1] == 1
        and groups == x.shape[1] == weight.shape[0]
        and groups > 1
        and weight.shape[3] > _STRIP
        and dilation == (1, 1)
    )


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(
        context: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, strides: Pair, zeros: Pair
    ) -> torch.Tensor:  # fmt: skip
        context.save_for_backward(x, weight)
        context.strides, context.zeros = strides, zeros
        return F.conv2d(x, weight, bias, strides, zeros, groups=weight.shape[0])

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> Any:
        x, weight = context.saved_tensors
        to_x, to_weight, to_bias = context.needs_input_grad[:3]
        strides, zeros = context.strides, context.zeros
        return (
            _gradient(gradient, x, weight, strides, zeros, 0) if to_x else None,
            _in_strips(gradient, x, weight, strides, zeros) if to_weight else None,
            gradient.sum((0, 2, 3)) if to_bias else None,
            None,
            None,
        )


def _gradient(
    gradient: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, strides: Pair, zeros: Pair, place: int
) -> torch.Tensor:
    """Return the gradient of x (place 0) or of the weights (place 1)."""
    wanted = [place == 0, place == 1, False]
    found = torch.ops.aten.convolution_backward(
        gradient, x, weight, None, list(strides), list(zeros), [1, 1], False, [0, 0], weight.shape[0], wanted
    )  # fmt: skip
    return found[place]


def _in_strips(
    gradient: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, strides: Pair, zeros: Pair
) -> torch.Tensor:
    columns = weight.shape[3]
    padded = F.pad(x, (zeros[1], zeros[1])) if zeros[1] else x
    reach = (gradient.shape[3] - 1) * strides[1]  # from the first place of a tap to its last
    strips = []
    for first in range(0, columns, _STRIP):
        taps = weight[:, :, :, first : first + _STRIP]
        seen = padded[:, :, :, first : first + reach + taps.shape[3]].contiguous(
            memory_format=torch.channels_last
        )
        strips.append(_gradient(gradient, seen, taps, strides, (zeros[0], 0), 1))
    return torch.cat(strips, 3)


def convolve_depthwise(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, strides: Pair, zeros: Pair
) -> torch.Tensor:
    """Return the depthwise convolution of an NCHW tensor; its gradients are those of `F.conv2d`.

    Args:
        x: (n, channels, rows, columns).
        weight: (channels, 1, kernel rows, kernel columns).
        strides, zeros: (rows, columns); zeros on both sides.

    Example:
        >>> x, weight = torch.ones(1, 2, 5, 5), torch.ones(2, 1, 5, 5, requires_grad=True)
        >>> convolve_depthwise(x, weight, None, (1, 1), (2, 2)).sum().backward()
        >>> weight.grad[0, 0, 2].tolist()
        [15.0, 20.0, 25.0, 20.0, 15.0]
    """
    return _Depthwise.apply(x, weight, bias, strides, zeros)
