"""Functions of tensors by the names and arguments of `keras.backend`."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens import ops
from convolens.arguments import one_of
from convolens.ops.operation import composed, operation
from convolens.tensor import as_dtype

# Functions that Keras' two rooms have by one name, with the same arguments.
_SAME = (
    "abs", "all", "any", "arange", "cast", "cos", "dot", "elu", "equal", "exp", "greater", "greater_equal", "less", "less_equal", "log",
    "logsumexp", "max", "maximum", "mean", "min", "minimum", "not_equal", "ones_like", "prod", "relu", "reshape", "round", "sigmoid",
    "sign", "sin", "softmax", "softplus", "softsign", "sparse_categorical_crossentropy", "square", "squeeze", "std", "stop_gradient",
    "sum", "tanh", "tile", "transpose", "var", "zeros_like", "binary_crossentropy", "categorical_crossentropy", "zeros", "ones",
)  # fmt: skip
_OWN = (
    "argmax", "argmin", "batch_flatten", "batch_normalization", "bias_add", "clip", "concatenate", "conv1d", "conv2d",
    "conv2d_transpose", "cumprod", "cumsum", "depthwise_conv2d", "dropout", "dtype", "expand_dims", "eye", "flatten", "gather",
    "hard_sigmoid", "in_top_k", "l2_normalize", "map_fn", "ndim", "one_hot", "permute_dimensions", "pool2d", "pow", "repeat",
    "repeat_elements", "resize_images", "reverse", "separable_conv2d", "shape", "spatial_2d_padding", "sqrt", "stack", "switch",
)  # fmt: skip
__all__ = [*_SAME, *_OWN]


def __getattr__(name: str) -> Any:
    if name in _SAME:
        return getattr(ops, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@composed
def argmax(x: Any, axis: int = -1) -> Any:
    """Return where the largest lies along an axis.

    Args:
        x: numbers.
        axis: along which.
    """
    return ops.argmax(x, axis)


@composed
def argmin(x: Any, axis: int = -1) -> Any:
    """Return where the smallest lies along an axis.

    Args: as of `argmax`.
    """
    return ops.argmin(x, axis)


@operation(1)
def sqrt(x: Any) -> Any:
    """Return the square root of x, 0 where x is negative."""
    return torch.sqrt(torch.clamp(x, min=0))


@composed
def pow(x: Any, a: Any) -> Any:
    """Return x to the power of a.

    Args:
        x: numbers.
        a: the power.
    """
    return ops.power(x, a)


@composed
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Return x kept within bounds.

    Args:
        x: numbers.
        min_value, max_value: the bounds, None for none.
    """
    return ops.clip(x, min_value, max_value)


@operation(1)
def hard_sigmoid(x: Any) -> Any:
    """Return x / 5 + 1 / 2, kept within 0 and 1: Keras 2's form of it."""
    return torch.clamp(0.2 * x + 0.5, 0, 1)


@composed
def cumsum(x: Any, axis: int = 0) -> Any:
    """Return the sums so far, along an axis.

    Args:
        x: numbers.
        axis: along which.
    """
    return ops.cumsum(x, axis)


@composed
def cumprod(x: Any, axis: int = 0) -> Any:
    """Return the products so far, along an axis.

    Args: as of `cumsum`.
    """
    return ops.cumprod(x, axis)


@operation(1)
def l2_normalize(x: Any, axis: Any = None) -> Any:
    """Return x divided by its length along an axis.

    Args:
        x: numbers.
        axis: one axis or several; None for all.
    """
    return x * torch.rsqrt(torch.clamp(ops.sum(torch.square(x), axis, True), min=1e-12))


@composed
def expand_dims(x: Any, axis: int = -1) -> Any:
    """Return x with an axis of size 1 more.

    Args:
        x: a tensor.
        axis: its place in the result.
    """
    return ops.expand_dims(x, axis)


@composed
def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Return tensors joined along an axis.

    Args:
        tensors: the tensors.
        axis: the axis.
    """
    return ops.concatenate(tensors, axis)


@composed
def stack(x: Any, axis: int = 0) -> Any:
    """Return tensors joined along a new axis.

    Args:
        x: the tensors, of one shape.
        axis: the place of the axis in the result.
    """
    return ops.stack(x, axis)


@composed
def permute_dimensions(x: Any, pattern: Any) -> Any:
    """Return x with its axes in another order.

    Args:
        x: a tensor.
        pattern: the order.
    """
    return ops.transpose(x, pattern)


@composed
def flatten(x: Any) -> Any:
    """Return the values in a row."""
    return ops.ravel(x)


@operation(1)
def batch_flatten(x: Any) -> Any:
    """Return the values of each sample in a row."""
    return torch.reshape(x, (x.shape[0], -1))


@composed
def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Return x with each value repeated along an axis.

    Args:
        x: a tensor.
        rep: how often.
        axis: along which.
    """
    return ops.repeat(x, rep, axis)


@operation(1)
def repeat(x: Any, n: int) -> Any:
    """Return each row of x n times, in an axis of its own.

    Args:
        x: (samples, values).
        n: how often.
    """
    return ops.repeat(x[:, None], n, 1)


@composed
def reverse(x: Any, axes: Any) -> Any:
    """Return x turned round.

    Args:
        x: a tensor.
        axes: along which.
    """
    return ops.flip(x, axes)


@composed
def gather(reference: Any, indices: Any) -> Any:
    """Return the parts at places along the first axis.

    Args:
        reference: a tensor.
        indices: the places, of any shape.
    """
    return ops.take(reference, indices, 0)


@composed
def one_hot(indices: Any, num_classes: int) -> Any:
    """Return class numbers as rows of zeros with a one.

    Args:
        indices: whole numbers.
        num_classes: how many classes.
    """
    return ops.one_hot(indices, num_classes)


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
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Return one thing where a condition holds, another elsewhere.

    Args:
        condition: truths, which spread over the axes that they lack.
        then_expression, else_expression: tensors, or functions that give them.
    """
    then, other = (one() if callable(one) else one for one in (then_expression, else_expression))
    rank = max(ops.ndim(then), ops.ndim(other))
    return ops.where(
        condition[(..., *[None] * (rank - condition.ndim))] if condition.ndim else condition, then, other
    )


def eye(size: int, dtype: Any = None) -> Any:
    """Return a square matrix with ones on its diagonal.

    Args:
        size: rows and columns.
        dtype: of the values; None for float32.
    """
    return ops.eye(size, dtype=dtype)


@operation(1)
def shape(x: Any) -> Any:
    """Return the sizes of a tensor as a tensor of whole numbers."""
    return ops.convert_to_tensor(list(x.shape), "int32")


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return ops.ndim(x)


def dtype(x: Any) -> str:
    """Return the name of the type of the values."""
    return as_dtype(x.dtype).name


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


def map_fn(fn: Any, elems: Any, dtype: Any = None) -> Any:
    """Return what a function gives for each part along the first axis, stacked.

    Args:
        fn: of one part.
        elems: a tensor, or a tuple or list of them.
        dtype: accepted.
    """
    return ops.map(fn, elems)
