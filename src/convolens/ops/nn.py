"""Functions that layers are made of: softmax, crossentropies, convolutions, pooling, normalization; images NHWC, kernels HWIO."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens.activations.inside import over_axes
from convolens.arguments import one_of
from convolens.layers.geometry import same_padding
from convolens.losses import crossentropy
from convolens.ops import also_in
from convolens.ops.operation import operation
from convolens.ops.reductions import fractions

__all__ = [
    "average_pool", "batch_normalization", "binary_crossentropy", "categorical_crossentropy", "conv", "conv_transpose",
    "depth_to_space", "depthwise_conv", "layer_normalization", "log_softmax", "max_pool", "separable_conv", "softmax",
    "space_to_depth", "sparse_categorical_crossentropy",
]  # fmt: skip


@operation(1)
def softmax(x: Any, axis: Any = -1) -> Any:
    """Return probabilities along an axis.

    Args:
        x: scores.
        axis: along which; or several, which share one whole, None for all.
    """
    return over_axes(F.softmax, fractions(x), axis)


@operation(1)
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """Return the logarithms of `softmax`.

    Args: as of `softmax`.
    """
    return over_axes(F.log_softmax, fractions(x), axis)


@operation(2)
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return -(y log p + (1 - y) log(1 - p)), value by value.

    Args:
        target: labels y from 0 to 1.
        output: probabilities p, or scores.
        from_logits: whether they are scores.
    """
    return crossentropy.binary_crossentropy_of_each(target.to(output.dtype.torch), output, from_logits)


@operation(2)
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return -sum(y log p) along an axis.

    Args:
        target: labels that sum to 1 along the axis.
        output: probabilities, which are divided by their sum, or scores.
        from_logits: whether they are scores.
        axis: where the classes lie.
    """
    return crossentropy.categorical_crossentropy(target, output, from_logits, axis=axis)


@operation(2)
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return -log p of each label's class.

    Args:
        target: class numbers.
        output, from_logits, axis: as of `categorical_crossentropy`.
    """
    return crossentropy.sparse_categorical_crossentropy(target, output, from_logits, axis=axis)


def _each(value: Any, axes: int) -> tuple[int, ...]:
    """Return one number for each axis of the windows."""
    given = [int(one) for one in value] if isinstance(value, (list, tuple)) else [int(value)] * axes
    if len(given) == axes + 2:  # TensorFlow's [1, rows, columns, 1]
        given = given[1:-1]
    return tuple(given * axes if len(given) == 1 else given)


def _first(x: Any) -> Any:
    """Return a tensor with its channels first: (n, ..., c) -> (n, c, ...)."""
    return torch.movedim(x, -1, 1)


def _last(x: Any) -> Any:
    """Return a tensor with its channels last: (n, c, ...) -> (n, ..., c)."""
    return torch.movedim(x, 1, -1)


def _sides(x: Any, window: Any, strides: Any, padding: str, dilation: Any) -> list[tuple[int, int]]:
    """Return how much is put (before, after) each axis of x, channels first."""
    if one_of("padding", "padding", padding.lower(), ("valid", "same")) == "valid":
        return [(0, 0)] * len(window)
    return [same_padding(*one) for one in zip(x.shape[2:], window, strides, dilation, strict=True)]


def _padded(x: Any, window: Any, strides: Any, padding: str, dilation: Any, value: float = 0.0) -> Any:
    """Return x, channels first, with what "same" needs around it."""
    each = _sides(x, window, strides, padding, dilation)
    return F.pad(x, [n for pair in reversed(each) for n in pair], value=value) if any(map(any, each)) else x


_CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


@operation(2)
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return the convolution of images (or rows, or volumes) with kernels.

    Args:
        inputs: (n, rows, columns, channels).
        kernel: (rows, columns, channels, filters).
        strides: of the window: one number, or one for each axis.
        padding: "valid" or "same".
        data_format: "channels_last".
        dilation_rate: distances within the window.

    Raises:
        UnknownNameError: another padding or layout.
    """
    axes = kernel.ndim - 2
    steps, apart = _each(strides, axes), _each(dilation_rate, axes)
    x = _padded(_first(inputs), kernel.shape[:-2], steps, padding, apart)
    weight = torch.movedim(kernel, (-1, -2), (0, 1))  # (..., i, o) -> (o, i, ...)
    groups = inputs.shape[-1] // kernel.shape[-2]
    return _last(_CONV[axes](x, weight.to(x.dtype.torch), None, steps, 0, apart, groups))


@operation(2)
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return the convolution of each channel with kernels of its own.

    Args:
        inputs: (n, rows, columns, channels).
        kernel: (rows, columns, channels, kernels of each).
        strides, padding, data_format, dilation_rate: as of `conv`.
    """
    *window, channels, each = kernel.shape
    return conv(
        inputs,
        kernel.reshape([*window, 1, channels * each]),
        strides,
        padding,
        data_format,
        dilation_rate,
    )


@operation(3)
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return `depthwise_conv`, mixed at each place.

    Args:
        inputs: (n, rows, columns, channels).
        depthwise_kernel: (rows, columns, channels, kernels of each).
        pointwise_kernel: (1, 1, channels times kernels, filters).
        strides, padding, data_format, dilation_rate: as of `conv`.
    """
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel)


@operation(2)
def conv_transpose(
    inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None
) -> Any:
    """Return the transposed convolution of images, which makes them larger.

    Args:
        inputs: (n, rows, columns, channels).
        kernel: (rows, columns, filters, channels).
        strides: how many times as large.
        padding: "same" (rows times strides) or "valid".
        data_format: "channels_last".
    """
    steps = _each(strides, 2)
    weight = torch.permute(kernel, (3, 2, 0, 1))  # (h, w, o, i) -> (i, o, h, w)
    full = F.conv_transpose2d(_first(inputs), weight.to(inputs.dtype.torch), None, steps)
    for axis, (length, window, step) in enumerate(
        zip(inputs.shape[1:3], kernel.shape[:2], steps, strict=True)
    ):
        same = padding.lower() == "same"
        wanted = length * step if same else length * step + max(window - step, 0)
        before = max(window - step, 0) // 2 if same else 0
        missing = max(before + wanted - full.shape[2 + axis], 0)
        full = F.pad(full, [0, 0] * (1 - axis) + [0, missing]) if missing else full
        full = full.narrow(2 + axis, before, wanted)
    return _last(full)


def _pool(inputs: Any, pool_size: Any, strides: Any, padding: str) -> Any:
    axes = inputs.ndim - 2
    window = _each(pool_size, axes)
    return axes, window, window if strides is None else _each(strides, axes), _first(inputs), padding


@operation(1)
def max_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Return the largest within each window.

    Args:
        inputs: (n, rows, columns, channels).
        pool_size: of the window: one number, or one for each axis.
        strides: of the window; None for its size.
        padding: "valid" or "same".
        data_format: "channels_last".

    Raises:
        UnknownNameError: another padding or layout.
    """
    axes, window, steps, x, padding = _pool(inputs, pool_size, strides, padding)
    least = float("-inf") if x.is_floating_point() else 0
    x = _padded(x, window, steps, padding, (1,) * axes, least)
    return _last({1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[axes](x, window, steps))


@operation(1)
def average_pool(
    inputs: Any,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Return the mean within each window, of what lies within the image; where "same" is uneven its edge is repeated, as in Keras on torch.

    Args, Raises: as of `max_pool`.
    """
    axes, window, steps, x, padding = _pool(inputs, pool_size, strides, padding)
    sides = _sides(x, window, steps, padding, (1,) * axes)
    even = all(before == after for before, after in sides)
    x = x if even else F.pad(x, [n for pair in reversed(sides) for n in pair], "replicate")
    around = [before if even else 0 for before, _ in sides]
    pool: Any = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}[axes]
    return _last(pool(x, window, steps, around, count_include_pad=False))


def average_within(inputs: Any, pool_size: Any, strides: Any, padding: str) -> Any:
    """Return the mean within each window, of what lies within the image, as in TensorFlow.

    Args: as of `average_pool`.
    """
    axes, window, steps, x, padding = _pool(inputs, pool_size, strides, padding)
    pool: Any = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}[axes]
    inside = _padded(torch.ones_like(x[:1, :1]), window, steps, padding, (1,) * axes)
    x = _padded(x, window, steps, padding, (1,) * axes)
    return _last(pool(x, window, steps) / pool(inside, window, steps))


@operation(1)
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int = -1,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """Return (x - mean) / sqrt(variance + epsilon), times a scale, plus an offset.

    Args:
        x: numbers.
        mean, variance, offset, scale: one each along the axis; None for none of the last two.
        axis: where the channels lie.
        epsilon: see above.
    """
    form = [-1 if one == axis % x.ndim else 1 for one in range(x.ndim)]

    def along(value: Any) -> Any:
        value = torch.as_tensor(value, dtype=x.dtype.torch, device=x.device)
        return value.reshape(form) if value.ndim == 1 else value

    x = (x - along(mean)) * torch.rsqrt(along(variance) + epsilon)
    x = x if scale is None else x * along(scale)
    return x if offset is None else x + along(offset)


@operation(1)
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """Return x with mean 0 and variance 1 along axes.

    Args:
        x: numbers.
        gamma, beta: what it is multiplied by, and what is added; None for none.
        axis: one axis or several.
        epsilon: added to the variance; None for 1e-7.
    """
    middle = torch.mean(x, axis, keepdim=True)
    spread = torch.var(x, axis, correction=0, keepdim=True)
    x = (x - middle) * torch.rsqrt(spread + (1e-7 if epsilon is None else epsilon))
    x = x if gamma is None else x * gamma
    return x if beta is None else x + beta


@operation(1)
def depth_to_space(x: Any, block_size: int, data_format: str | None = None) -> Any:
    """Return images made larger from their channels.

    Args:
        x: (n, rows, columns, channels).
        block_size: how many times as large.
        data_format: "channels_last".
    """
    n, rows, columns, channels = x.shape
    size = int(block_size)
    x = x.reshape(n, rows, columns, size, size, channels // size**2)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(n, rows * size, columns * size, channels // size**2)


@operation(1)
def space_to_depth(x: Any, block_size: int, data_format: str | None = None) -> Any:
    """Return images with blocks of pixels in their channels.

    Args:
        x: (n, rows, columns, channels).
        block_size: rows and columns of a block.
        data_format: "channels_last".
    """
    n, rows, columns, channels = x.shape
    size = int(block_size)
    x = x.reshape(n, rows // size, size, columns // size, size, channels)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(n, rows // size, columns // size, channels * size**2)


__getattr__ = also_in("nn")
