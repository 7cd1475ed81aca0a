"""Metrics with Keras' names and meaning, gathered on the device of the predictions.

Example:
    >>> from convolens import metrics
    >>> metrics.get("accuracy")([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    0.5
"""

from typing import Any

from convolens import losses
from convolens.arguments import look_up
from convolens.custom_objects import deserializer
from convolens.errors import ArgumentError, ArgumentTypeError
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
from convolens.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from convolens.metrics.counts import (
    FalseNegatives,
    FalsePositives,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
from convolens.metrics.fbeta_score import F1Score, FBetaScore
from convolens.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from convolens.metrics.mean import Mean, MeanMetric, MeanMetricWrapper, Sum
from convolens.metrics.mean_tensor import MeanTensor
from convolens.metrics.metric import Metric
from convolens.metrics.of_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
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
from convolens.metrics.r2_score import R2Score
from convolens.missing import answer_for
from convolens.naming import snake_case

_CLASSES: tuple[type[Metric], ...] = (
    AUC,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    CategoricalHinge,
    ConcordanceCorrelation,
    CosineSimilarity,
    F1Score,
    FBetaScore,
    FalseNegatives,
    FalsePositives,
    Hinge,
    KLDivergence,
    LogCoshError,
    Mean,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    PearsonCorrelation,
    Poisson,
    Precision,
    R2Score,
    Recall,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    SquaredHinge,
    Sum,
    TopKCategoricalAccuracy,
    TrueNegatives,
    TruePositives,
    BinaryIoU,
    IoU,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)

# Keras has the functions of losses here too, and these names of classes.
mean_squared_error = mse = MSE = losses.mean_squared_error
mean_absolute_error = mae = MAE = losses.mean_absolute_error
mean_absolute_percentage_error = mape = MAPE = losses.mean_absolute_percentage_error
mean_squared_logarithmic_error = msle = MSLE = losses.mean_squared_logarithmic_error
binary_crossentropy, categorical_crossentropy = losses.binary_crossentropy, losses.categorical_crossentropy
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
hinge, squared_hinge, categorical_hinge = losses.hinge, losses.squared_hinge, losses.categorical_hinge
kl_divergence = kld = KLD = kullback_leibler_divergence = losses.kl_divergence
binary_focal_crossentropy = losses.binary_focal_crossentropy
categorical_focal_crossentropy = losses.categorical_focal_crossentropy
poisson, cosine_similarity, huber = losses.poisson, losses.cosine_similarity, losses.huber
log_cosh = logcosh = losses.log_cosh

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
        ArgumentError: the metric that has this name needs arguments. ArgumentTypeError: it is none of these.

    Example:
        >>> get("acc").name
        'acc'
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        folded = identifier.casefold()
        name = folded if folded in ("accuracy", "acc") else identifier
        kind = look_up("compile", "metric", name, METRICS)
        try:
            metric = kind.from_config({})
        except TypeError:
            raise ArgumentError(
                f"compile: metric {identifier!r} cannot be made without arguments; give metrics.{kind.__name__}(...)."
            ) from None
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


def serialize(metric: Metric) -> dict[str, Any]:
    """Return a metric as plain values, as Keras writes it.

    Args:
        metric: one of this module.
    """
    return {
        "module": "keras.metrics",
        "class_name": type(metric).__name__,
        "config": metric.get_config(),
        "registered_name": None,
    }


deserialize = deserializer(get)

__all__ = [
    "AUC",
    "METRICS",
    "Accuracy",
    "AccuracyByShape",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetric",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "MeanTensor",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "categorical_accuracy",
    "concordance_correlation",
    "deserialize",
    "get",
    "pearson_correlation",
    "serialize",
    "snake_case",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
