"""`tf.math`, and the functions of numbers that `tf` itself has: value by value, along axes."""

from typing import Any

import torch

from convolens import ops
from convolens.missing import answer_for
from convolens.ops.operation import operation
from convolens.tensor import as_tensor
from convolens.tensorflow.top.spelling import all_spelt, spelt

_ONE = {
    **{name: name for name in (
        "abs", "ceil", "cos", "cosh", "erf", "erfinv", "exp", "expm1", "floor", "log", "log1p", "log_sigmoid", "logical_not",
        "negative", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "softplus", "softsign", "sqrt", "square",
        "tan", "tanh",
    )},
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atanh": "arctanh",
    "is_finite": "isfinite", "is_inf": "isinf", "is_nan": "isnan", "rint": "round",
}  # fmt: skip
_TWO = {
    **{name: name for name in (
        "add", "divide_no_nan", "equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or",
        "logical_xor", "maximum", "minimum", "mod", "multiply", "not_equal", "subtract",
    )},
    "atan2": "arctan2", "divide": "divide", "floordiv": "floor_divide", "floormod": "mod", "pow": "power", "truediv": "divide",
}  # fmt: skip
_REDUCED = {
    "reduce_all": "all", "reduce_any": "any", "reduce_euclidean_norm": "norm", "reduce_logsumexp": "logsumexp", "reduce_max": "max",
    "reduce_min": "min", "reduce_prod": "prod", "reduce_std": "std", "reduce_sum": "sum", "reduce_variance": "var",
}  # fmt: skip
_ALONG = {"softmax": "softmax", "log_softmax": "log_softmax"}

globals().update(
    all_spelt(_ONE, {"features": "x"})
    | all_spelt(_TWO, {"x": "x1", "y": "x2"})
    | all_spelt({name: ours for name, ours in _REDUCED.items() if ours != "norm"}, {"input_tensor": "x"})
    | all_spelt(_ALONG, {"logits": "x"})
)
_OWN = (
    "accumulate_n", "add_n", "argmax", "argmin", "bincount", "confusion_matrix", "count_nonzero", "cumprod", "cumsum", "in_top_k",
    "l2_normalize", "multiply_no_nan", "reduce_euclidean_norm", "reduce_mean", "squared_difference", "top_k", "zero_fraction",
)  # fmt: skip
__all__ = sorted({*_ONE, *_TWO, *_REDUCED, *_ALONG, *_OWN})


__getattr__ = answer_for(__name__)


@operation(1)
def _mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the mean along axes; of whole numbers a whole one, rounded towards 0, as in TensorFlow.

    Args:
        x: numbers.
        axis: one axis or several, None for all.
        keepdims: whether the axes stay, of size 1.
    """
    return ops.mean(x, axis, keepdims).to(x.dtype)


@operation(1)
def _length(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the root of the sum of squares along axes.

    Args:
        x: numbers.
        axis: one axis or several, None for all.
        keepdims: whether the axes stay, of size 1.
    """
    return ops.norm(x, None, axis, keepdims)


reduce_mean = spelt(_mean, "reduce_mean", {"input_tensor": "x"})
reduce_euclidean_norm = spelt(_length, "reduce_euclidean_norm", {"input_tensor": "x"})


@operation(1)
def argmax(
    input: Any, axis: int | None = None, output_type: Any = "int64", dimension: int | None = None
) -> Any:
    """Return where the largest lies along an axis, the first of several.

    Args:
        input: numbers.
        axis: along which; None for the first.
        output_type: of the places.
        dimension: TensorFlow 1's word for axis.
    """
    return ops.argmax(input, next((one for one in (axis, dimension) if one is not None), 0)).to(output_type)


@operation(1)
def argmin(
    input: Any, axis: int | None = None, output_type: Any = "int64", dimension: int | None = None
) -> Any:
    """Return where the smallest lies along an axis, the first of several.

    Args: as of `argmax`.
    """
    return ops.argmin(input, next((one for one in (axis, dimension) if one is not None), 0)).to(output_type)


@operation(0)
def add_n(inputs: Any) -> Any:
    """Return the sum of tensors of one shape."""
    total = as_tensor(inputs[0])
    for one in inputs[1:]:
        total = total + one
    return total


accumulate_n = add_n


@operation(2)
def squared_difference(x: Any, y: Any) -> Any:
    """Return (x - y) squared, value by value.

    Args:
        x, y: shapes that spread over each other.
    """
    return torch.square(x - y)


@operation(2)
def multiply_no_nan(x: Any, y: Any) -> Any:
    """Return x times y, 0 where y is 0, value by value.

    Args:
        x, y: shapes that spread over each other.
    """
    return torch.where(y == 0, torch.zeros_like(x * y), x * y)


def _along(x: Any, axis: int, exclusive: bool, reverse: bool, run: Any, first: int) -> Any:
    x = torch.flip(x, (axis,)) if reverse else x
    if exclusive:
        start = torch.full_like(x.narrow(axis, 0, 1), first)
        x = torch.cat([start, x.narrow(axis, 0, x.size(axis) - 1)], axis)
    x = run(x, axis)
    return torch.flip(x, (axis,)) if reverse else x


@operation(1)
def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Any:
    """Return the sums so far, along an axis.

    Args:
        x: numbers.
        axis: along which.
        exclusive: whether each leaves out its own place.
        reverse: whether from the end.
    """
    return _along(x, axis, exclusive, reverse, ops.cumsum, 0)


@operation(1)
def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Any:
    """Return the products so far, along an axis.

    Args: as of `cumsum`.
    """
    return _along(x, axis, exclusive, reverse, ops.cumprod, 1)


@operation(1)
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12) -> Any:
    """Return x divided by its length along an axis.

    Args:
        x: numbers.
        axis: one axis or several; None for all.
        epsilon: the least square of a length.
    """
    return x * torch.rsqrt(torch.clamp(ops.sum(torch.square(x), axis, True), min=epsilon))


@operation(1)
def count_nonzero(input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = "int64") -> Any:
    """Return how many are not 0, along axes.

    Args:
        input: numbers.
        axis: one axis or several, None for all.
        keepdims: whether the axes stay, of size 1.
        dtype: of the result.
    """
    return ops.sum(input != 0, axis, keepdims).to(dtype)


@operation(1)
def zero_fraction(value: Any) -> Any:
    """Return the share of values that are 0."""
    return (value == 0).to(torch.float32).mean()


@operation(1)
def top_k(input: Any, k: Any = 1, sorted: bool = True) -> Any:
    """Return (values, indices) of the largest along the last axis.

    Args:
        input: numbers.
        k: how many.
        sorted: whether the largest comes first.
    """
    values, indices = ops.top_k(input, k, sorted)
    return torch.return_types.topk((values, indices))


@operation(2)
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Return whether each right class is among the largest scores.

    Args:
        targets: class numbers, (n,).
        predictions: scores, (n, classes).
        k: how many of the largest.
    """
    return ops.in_top_k(targets, predictions, k)


@operation(1)
def bincount(arr: Any, weights: Any = None, minlength: int = 0) -> Any:
    """Return how often each whole number from 0 occurs.

    Args:
        arr: whole numbers.
        weights: what each counts; None for 1.
        minlength: how many numbers at least.
    """
    counts = None if weights is None else as_tensor(weights).reshape(-1)
    counted = torch.bincount(arr.reshape(-1).long(), counts, int(minlength))
    return counted.int() if weights is None else counted


@operation(2)
def confusion_matrix(
    labels: Any, predictions: Any, num_classes: int | None = None, weights: Any = None, dtype: Any = "int32"
) -> Any:
    """Return how often each class (a row) was taken for each (a column).

    Args:
        labels, predictions: class numbers.
        num_classes: how many classes; None for the largest number plus one.
        weights: what each counts; None for 1.
        dtype: of the result.
    """
    size = int(max(labels.max(), predictions.max())) + 1 if num_classes is None else int(num_classes)
    places = labels.reshape(-1).long() * size + predictions.reshape(-1).long()
    counts = None if weights is None else as_tensor(weights).reshape(-1)
    return torch.bincount(places, counts, size * size).reshape(size, size).to(as_tensor(0, dtype).dtype)
