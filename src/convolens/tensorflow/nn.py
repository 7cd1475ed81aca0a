"""`tf.nn`: activations, convolutions, pooling, crossentropies; images NHWC, kernels HWIO."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens import ops, random
from convolens.missing import answer_for
from convolens.ops.operation import composed, operation
from convolens.tensorflow import math
from convolens.tensorflow.random import stream
from convolens.tensorflow.top.spelling import all_spelt, spelt

_SPELT = {
    **{name: name for name in (
        "depth_to_space", "elu", "log_softmax", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign",
        "space_to_depth", "swish", "tanh",
    )},
}  # fmt: skip
globals().update(all_spelt(_SPELT, {"features": "x", "logits": "x", "input": "x"}))
in_top_k, l2_normalize, top_k, zero_fraction = (
    getattr(math, name) for name in ("in_top_k", "l2_normalize", "top_k", "zero_fraction")
)
_OWN = (
    "avg_pool", "avg_pool2d", "batch_normalization", "bias_add", "compute_average_loss", "conv1d", "conv2d", "conv2d_transpose", "convolution", "crelu",
    "depthwise_conv2d", "dropout", "embedding_lookup", "gelu", "in_top_k", "l2_loss", "l2_normalize", "leaky_relu",
    "local_response_normalization", "lrn", "max_pool", "max_pool2d", "moments", "scale_regularization_loss", "separable_conv2d",
    "sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2",
    "sparse_softmax_cross_entropy_with_logits", "top_k", "zero_fraction",
)  # fmt: skip
__all__ = sorted({*_SPELT, *_OWN})


__getattr__ = answer_for(__name__)


@composed
def leaky_relu(features: Any, alpha: float = 0.2) -> Any:
    """Return x where it is positive, else its share.

    Args:
        features: numbers.
        alpha: the share.
    """
    return ops.leaky_relu(features, alpha)


@composed
def gelu(features: Any, approximate: bool = False) -> Any:
    """Return the Gaussian error linear unit.

    Args:
        features: numbers.
        approximate: whether by tanh.
    """
    return ops.gelu(features, approximate)


@operation(1)
def crelu(features: Any, axis: int = -1) -> Any:
    """Return relu of numbers and of their negatives, side by side.

    Args:
        features: numbers.
        axis: along which.
    """
    return F.relu(torch.cat([features, -features], axis))


@operation(2)
def conv2d(
    input: Any,
    filters: Any,
    strides: Any = 1,
    padding: Any = "VALID",
    data_format: str = "NHWC",
    dilations: Any = 1,
) -> Any:
    """Return the convolution of images with kernels.

    Args:
        input: (n, rows, columns, channels).
        filters: (rows, columns, channels, filters).
        strides: of the window: one number, two, or [1, rows, columns, 1].
        padding: "VALID", "SAME", or [[0, 0], [top, bottom], [left, right], [0, 0]].
        data_format: "NHWC".
        dilations: distances within the window.

    Raises:
        UnknownNameError: another padding or layout.
    """
    if not isinstance(padding, str):
        input, padding = ops.pad(input, padding), "valid"
    return ops.conv(input, filters, strides, padding, data_format, dilations)


@operation(2)
def conv1d(
    input: Any,
    filters: Any,
    stride: Any = 1,
    padding: str = "VALID",
    data_format: str = "NWC",
    dilations: Any = 1,
) -> Any:
    """Return the convolution of rows with kernels.

    Args:
        input: (n, length, channels).
        filters: (length, channels, filters).
        stride, padding, data_format, dilations: as of `conv2d`.
    """
    return ops.conv(input, filters, stride, padding, data_format, dilations)


@operation(2)
def convolution(
    input: Any,
    filters: Any,
    strides: Any = 1,
    padding: str = "VALID",
    data_format: str | None = None,
    dilations: Any = 1,
) -> Any:
    """Return the convolution of rows, images or volumes with kernels.

    Args:
        input, filters: as of `conv2d`, or with an axis less or more.
        strides, padding, data_format, dilations: as of `conv2d`.
    """
    return ops.conv(input, filters, strides, padding, data_format, 1 if dilations is None else dilations)


@operation(2)
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any = 1,
    padding: str = "VALID",
    data_format: str = "NHWC",
    dilations: Any = None,
) -> Any:
    """Return the convolution of each channel with kernels of its own.

    Args:
        input: (n, rows, columns, channels).
        filter: (rows, columns, channels, kernels of each).
        strides, padding, data_format, dilations: as of `conv2d`.
    """
    return ops.depthwise_conv(
        input, filter, strides, padding, data_format, 1 if dilations is None else dilations
    )


@operation(3)
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any = 1,
    padding: str = "VALID",
    data_format: str = "NHWC",
    dilations: Any = None,
) -> Any:
    """Return `depthwise_conv2d`, mixed at each place.

    Args:
        input: (n, rows, columns, channels).
        depthwise_filter, pointwise_filter: (rows, columns, channels, each) and (1, 1, channels times each, filters).
        strides, padding, data_format, dilations: as of `conv2d`.
    """
    apart = 1 if dilations is None else dilations
    return ops.separable_conv(input, depthwise_filter, pointwise_filter, strides, padding, data_format, apart)


@operation(2)
def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any = None,
    strides: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
) -> Any:
    """Return the transposed convolution of images, which makes them larger.

    Args:
        input: (n, rows, columns, channels).
        filters: (rows, columns, filters, channels).
        output_shape: accepted; it follows from the rest.
        strides, padding, data_format: as of `conv2d`.
    """
    return ops.conv_transpose(input, filters, strides, padding, data_format)


@operation(1)
def max_pool2d(
    input: Any, ksize: Any, strides: Any = None, padding: str = "VALID", data_format: str = "NHWC"
) -> Any:
    """Return the largest within each window.

    Args:
        input: (n, rows, columns, channels).
        ksize, strides: of the window: one number, two, or [1, rows, columns, 1].
        padding: "VALID" or "SAME".
        data_format: "NHWC".
    """
    return ops.max_pool(input, ksize, strides, padding, data_format)


@operation(1)
def avg_pool2d(
    input: Any, ksize: Any, strides: Any = None, padding: str = "VALID", data_format: str = "NHWC"
) -> Any:
    """Return the mean within each window.

    Args: as of `max_pool2d`.
    """
    return ops.nn.average_within(input, ksize, strides, padding)


max_pool = spelt(max_pool2d, "nn.max_pool", {"value": "input"})
avg_pool = spelt(avg_pool2d, "nn.avg_pool", {"value": "input"})


@operation(1)
def bias_add(value: Any, bias: Any, data_format: str | None = None) -> Any:
    """Return numbers plus one for each channel.

    Args:
        value: (..., channels).
        bias: the numbers.
        data_format: "NHWC".
    """
    return value + bias


@operation(1)
def dropout(x: Any, rate: float = 0.5, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Return x with a random share of values set to 0, the others divided by what stays.

    Args:
        x: numbers.
        rate: the share.
        noise_shape: the shape of what is drawn; None for that of x.
        seed: of a row of draws; None for the program's.
    """
    return random.dropout(x, rate, noise_shape, stream(seed))


@operation(1)
def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any = None, scale: Any = None, variance_epsilon: float = 1e-3
) -> Any:
    """Return (x - mean) / sqrt(variance + epsilon) * scale + offset.

    Args:
        x: numbers.
        mean, variance, offset, scale: one each for the last axis, or of shapes that spread; None for none of the last two.
        variance_epsilon: see above.
    """
    return ops.batch_normalization(x, mean, variance, -1, offset, scale, variance_epsilon)


@operation(1)
def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False) -> Any:
    """Return (mean, variance) along axes.

    Args:
        x: numbers.
        axes: one axis or several.
        shift: accepted.
        keepdims: whether the axes stay, of size 1.
    """
    return ops.moments(x, axes, keepdims)


@operation(1)
def l2_loss(t: Any) -> Any:
    """Return half the sum of squares."""
    return torch.square(t).sum() / 2


@operation(1)
def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> Any:
    """Return values divided by those of neighbouring channels (Krizhevsky et al., 2012).

    Args:
        input: (n, rows, columns, channels).
        depth_radius: how many channels to each side.
        bias, alpha, beta: each value is divided by (bias + alpha times the sum of squares) to the power of beta.
    """
    squares = (
        F.pad(torch.square(input), (depth_radius, depth_radius)).unfold(-1, 2 * depth_radius + 1, 1).sum(-1)
    )
    return input / (bias + alpha * squares) ** beta


lrn = local_response_normalization


@operation(2)
def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, dim: int | None = None
) -> Any:
    """Return -sum(y log softmax(x)) of each sample.

    Args:
        labels: y, which sum to 1 along the axis.
        logits: scores x.
        axis: where the classes lie.
        dim: TensorFlow 1's word for axis.
    """
    return ops.categorical_crossentropy(labels, logits, True, axis if dim is None else dim)


softmax_cross_entropy_with_logits_v2 = softmax_cross_entropy_with_logits


@operation(2)
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """Return -log softmax(x) of each sample's class.

    Args:
        labels: class numbers.
        logits: scores x.
    """
    return ops.sparse_categorical_crossentropy(labels, logits, True)


@operation(2)
def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """Return -(y log s + (1 - y) log(1 - s)) with s = sigmoid(x), value by value.

    Args:
        labels: y from 0 to 1.
        logits: scores x.
    """
    return ops.binary_crossentropy(labels, logits, True)


@operation(2)
def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None, **options: Any
) -> Any:
    """Return the sum of the samples' losses divided by the size of the batch on all devices, of which there is one.

    Args:
        per_example_loss: (n,).
        sample_weight: one a sample; None for 1.
        global_batch_size: what to divide by; None for n.
        options: TensorFlow's others are accepted.

    Example:
        >>> float(compute_average_loss([1.0, 3.0], global_batch_size=8))
        0.5
    """
    losses = ops.multiply(per_example_loss, 1.0 if sample_weight is None else sample_weight)
    return ops.sum(losses) / (losses.shape[0] if global_batch_size is None else global_batch_size)


@operation(1)
def scale_regularization_loss(regularization_loss: Any) -> Any:
    """Return the sum of penalties for each device, of which there is one.

    Args:
        regularization_loss: one, or a list of them.
    """
    return ops.sum(regularization_loss)


@operation(1)
def embedding_lookup(params: Any, ids: Any) -> Any:
    """Return rows of a table.

    Args:
        params: the table.
        ids: the rows' numbers, of any shape.
    """
    return ops.take(params, ids, 0)
