"""What layers do by the names and arguments of `keras.backend`."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens import ops
from convolens.arguments import one_of
from convolens.ops.operation import operation

__all__ = [
    "batch_normalization", "bias_add", "conv1d", "conv2d", "conv2d_transpose", "depthwise_conv2d", "dropout", "hard_sigmoid", "in_top_k",
    "l2_normalize", "pool2d", "resize_images", "separable_conv2d", "spatial_2d_padding",
]  # fmt: skip


@operation(1)
def hard_sigmoid(x: Any) -> Any:
    """Return x / 5 + 1 / 2, kept within 0 and 1: Keras 2's form of it."""
    return torch.clamp(0.2 * x + 0.5, 0, 1)


@operation(1)
def l2_normalize(x: Any, axis: Any = None) -> Any:
    """Return x divided by its length along an axis.

    Args:
        x: numbers.
        axis: one axis or several; None for all.
    """
    return x * torch.rsqrt(torch.clamp(ops.sum(torch.square(x), axis, True), min=1e-12))


@operation(2)
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Return whether each right class is among the largest scores.

    Args:
        predictions: scores, (n, classes).
        targets: class numbers, (n,).
        k: how many of the largest.
    """
    return ops.in_top_k(targets, predictions, k)


@operation(1)
def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Return x with a random share of values set to 0 and the rest enlarged.

    Args:
        x: numbers.
        level: the share.
        noise_shape: the shape of what is drawn; None for that of x.
        seed: of the draw; None goes on with the program's.
    """
    from convolens import random

    return random.dropout(x, level, noise_shape, seed)


@operation(1)
def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """Return x plus one number for each channel.

    Args:
        x: (..., channels).
        bias: the numbers.
        data_format: "channels_last".
    """
    return x + bias


@operation(1)
def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Any:
    """Return (x - mean) / sqrt(var + epsilon) * gamma + beta.

    Args:
        x: numbers.
        mean, var, beta, gamma: one each along the axis; None for none of the last two.
        axis: where the channels lie.
        epsilon: see above.
    """
    return ops.batch_normalization(x, mean, var, axis, beta, gamma, epsilon)


@operation(2)
def conv1d(
    x: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return the convolution of rows with kernels.

    Args:
        x: (n, length, channels).
        kernel: (length, channels, filters).
        strides, padding, data_format, dilation_rate: as of `ops.conv`.
    """
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@operation(2)
def conv2d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Return the convolution of images with kernels.

    Args:
        x: (n, rows, columns, channels).
        kernel: (rows, columns, channels, filters).
        strides, padding, data_format, dilation_rate: as of `ops.conv`.
    """
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@operation(2)
def conv2d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any = None,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
) -> Any:
    """Return the transposed convolution of images.

    Args:
        x: (n, rows, columns, channels).
        kernel: (rows, columns, filters, channels).
        output_shape: accepted; it follows from the rest.
        strides, padding, data_format: as of `ops.conv_transpose`.
    """
    return ops.conv_transpose(x, kernel, strides, padding, data_format)


@operation(2)
def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Return the convolution of each channel with kernels of its own.

    Args:
        x: (n, rows, columns, channels).
        depthwise_kernel: (rows, columns, channels, kernels of each).
        strides, padding, data_format, dilation_rate: as of `ops.conv`.
    """
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, data_format, dilation_rate)


@operation(3)
def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:
    """Return `depthwise_conv2d`, mixed at each place.

    Args:
        x: (n, rows, columns, channels).
        depthwise_kernel, pointwise_kernel: (rows, columns, channels, each) and (1, 1, channels times each, filters).
        strides, padding, data_format, dilation_rate: as of `ops.conv`.
    """
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate
    )


@operation(1)
def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> Any:
    """Return the largest or the mean within each window.

    Args:
        x: (n, rows, columns, channels).
        pool_size, strides, padding, data_format: as of `ops.max_pool`.
        pool_mode: "max" or "avg".

    Raises:
        UnknownNameError: no such mode.
    """
    pool = (
        ops.max_pool
        if one_of("pool2d", "pool_mode", pool_mode, ("max", "avg")) == "max"
        else ops.average_pool
    )
    return pool(x, pool_size, strides, padding, data_format)


@operation(1)
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Return images with zeros around them.

    Args:
        x: (n, rows, columns, channels).
        padding: ((top, bottom), (left, right)), or (rows, columns) on both sides, as in Keras 1.
        data_format: "channels_last".
    """
    (top, bottom), (left, right) = ((side, side) if isinstance(side, int) else side for side in padding)
    return F.pad(x, (0, 0, left, right, top, bottom))


@operation(1)
def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: Any = None, interpolation: str = "nearest"
) -> Any:
    """Return images so many times as large.

    Args:
        x: (n, rows, columns, channels).
        height_factor, width_factor: how many times.
        data_format: "channels_last".
        interpolation: "nearest" or "bilinear".
    """
    size = (x.shape[1] * height_factor, x.shape[2] * width_factor)
    return ops.image.resize(x, size, interpolation)
