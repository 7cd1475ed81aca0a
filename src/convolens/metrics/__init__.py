"""Metrics with Keras' names and meaning, gathered on the device of the predictions.

Example:
    >>> from convolens import metrics
    >>> metrics.get("accuracy")([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    0.5
"""

from typing import Any

from convolens.arguments import look_up
from convolens.errors import ArgumentTypeError
from convolens.metrics.accuracy import (
    Accuracy,
    AccuracyByShape,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from convolens.metrics.auc import AUC
from convolens.metrics.f1_score import F1Score
from convolens.metrics.mean import Mean, MeanMetric
from convolens.metrics.metric import Metric
from convolens.metrics.of_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from convolens.metrics.precision_recall import Precision, Recall
from convolens.missing import answer_for
from convolens.naming import snake_case

_CLASSES: tuple[type[Metric], ...] = (
    AUC,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    CategoricalHinge,
    F1Score,
    Hinge,
    KLDivergence,
    LogCoshError,
    Mean,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    Precision,
    Recall,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    SquaredHinge,
    TopKCategoricalAccuracy,
)

# Every name that `compile(metrics=...)` understands: class names, snake case, short names.
METRICS: dict[str, type[Metric]] = {
    **{metric.__name__: metric for metric in _CLASSES},
    **{snake_case(metric.__name__): metric for metric in _CLASSES},
    "accuracy": AccuracyByShape,
    "Accuracy": AccuracyByShape,
    "acc": AccuracyByShape,
    "bce": BinaryCrossentropy,
    "BCE": BinaryCrossentropy,
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "MAPE": MeanAbsolutePercentageError,
    "msle": MeanSquaredLogarithmicError,
    "MSLE": MeanSquaredLogarithmicError,
}


def get(identifier: Any, loss: Any = None, output_shape: Any = None) -> Metric:
    """Return the metric that a name, class, function, config or metric stands for, as `compile`.

    A metric given by its name keeps this name in the logs ("acc", "mse"). "accuracy" is binary,
    sparse or categorical by the shapes of the first labels and predictions, as in Keras.

    Args:
        identifier: a key of `METRICS`, a `Metric` or its class, a function or loss
            `fn(y_true, y_pred)` of torch tensors, or `{"class_name": ..., "config": {...}}`.
        loss, output_shape: accepted for callers that know them; Keras' rule needs only shapes.

    Raises:
        UnknownNameError: no metric has this name; the nearest is offered.
        ArgumentTypeError: it is none of these.

    Example:
        >>> get("acc").name
        'acc'
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        folded = identifier.casefold()
        name = folded if folded in ("accuracy", "acc") else identifier
        metric = look_up("compile", "metric", name, METRICS).from_config({})
        metric.name = identifier
        return metric
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier.from_config({})
    if isinstance(identifier, dict) and "class_name" in identifier:
        name = str(identifier["class_name"])
        metric_class = Accuracy if name == "Accuracy" else look_up("metrics", "metric", name, METRICS)
        return metric_class.from_config(identifier.get("config", {}))
    if callable(identifier):
        return MeanMetric(identifier)
    raise ArgumentTypeError(
        "compile: a metric must be a name, an object of convolens.metrics or a function "
        f"fn(y_true, y_pred); received {identifier!r}."
    )


__all__ = [
    "AUC",
    "METRICS",
    "Accuracy",
    "AccuracyByShape",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "F1Score",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetric",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "Poisson",
    "Precision",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SquaredHinge",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "get",
    "snake_case",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
