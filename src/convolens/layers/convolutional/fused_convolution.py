"""One convolution with its padding and its activation, by the quickest of the ways that give the same numbers."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import is_in_torch_dispatch_mode

from convolens import activations
from convolens.layers.convolutional.depthwise_gradient import convolve_depthwise, is_slow_depthwise

Pair = tuple[int, int]

# What oneDNN computes together with a convolution: our function -> its name there and its numbers.
FUSED: dict[Callable[..., Any], tuple[str, list[float]]] = {
    F.relu: ("relu", []),
    F.relu6: ("hardtanh", [0.0, 6.0]),
}
_FEW_CHANNELS = 4  # per kernel, up to which a larger kernel costs less than a copy of the image


def convolve(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    strides: Pair,
    padding: tuple[Pair, Pair],
    dilation: Pair,
    groups: int,
    activation: activations.Activation = activations.linear,
) -> torch.Tensor:
    """Return the activation of the convolution of an NCHW tensor, bias added.

    Args:
        x: (n, channels, rows, columns).
        weight: (out, channels per group, kernel rows, kernel columns).
        padding: zeros ((top, bottom), (left, right)); what is after may exceed what is before by one.
        strides, dilation: (rows, columns).
        groups: of channels.
        activation: behind it.

    Example:
        >>> x, weight = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
        >>> convolve(x, weight, None, (2, 2), ((0, 1), (0, 1)), (1, 1), 1)[0, 0].tolist()
        [[9.0, 6.0], [6.0, 4.0]]
    """
    (top, bottom), (left, right) = padding
    alone = _needs_no_gradient(x, weight, bias) and _is_plain(x, weight)
    if (top, left) != (bottom, right):
        if alone and weight.shape[1] <= _FEW_CHANNELS and dilation == (1, 1):
            weight = F.pad(
                weight, (right - left, 0, bottom - top, 0)
            )  # taps of zero instead of a copy of the image
        else:
            x = F.pad(x, (left, right, top, bottom))
            bottom = right = 0
    zeros = (bottom, right)
    if alone and activation in FUSED and hasattr(torch.ops.mkldnn, "_convolution_pointwise"):
        name, numbers = FUSED[activation]
        return torch.ops.mkldnn._convolution_pointwise(
            x, weight, bias, list(zeros), list(strides), list(dilation), groups, name, numbers, ""
        )
    learns = weight.requires_grad and torch.is_grad_enabled()
    if learns and x.device.type == "cpu" and weight.shape[2:] == (1, 1) and strides != (1, 1):
        # oneDNN's gradient of such kernels writes past its memory where the image is channels last (torch 2.13); they
        # see these pixels only
        padded = F.pad(x, (zeros[1], zeros[1], zeros[0], zeros[0])) if any(zeros) else x
        x = padded[:, :, :: strides[0], :: strides[1]]
        strides, zeros = (1, 1), (0, 0)
    if learns and is_slow_depthwise(x, weight, dilation, groups) and _is_plain(x, weight):
        return activations.overwriting(activation, convolve_depthwise(x, weight, bias, strides, zeros))
    return activations.overwriting(activation, F.conv2d(x, weight, bias, strides, zeros, dilation, groups))


def _needs_no_gradient(*tensors: torch.Tensor | None) -> bool:
    return not torch.is_grad_enabled() or not any(item.requires_grad for item in tensors if item is not None)


def _is_plain(x: torch.Tensor, weight: torch.Tensor) -> bool:
    """Return whether these are float32 on the CPU and nobody watches or translates the operations."""
    return (
        x.device.type == "cpu"
        and weight.device.type == "cpu"
        and x.dtype == weight.dtype == torch.float32
        and x.numel() > 0
        and torch.backends.mkldnn.is_available()
        and torch._C._get_mkldnn_enabled()
        and not torch.is_autocast_enabled("cpu")
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()
        and not is_in_torch_dispatch_mode()
        and not torch._C._len_torch_function_stack()
        and not torch._C._functorch.is_functorch_wrapped_tensor(x)
    )
