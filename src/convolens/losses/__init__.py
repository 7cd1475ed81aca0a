"""Losses with Keras' names and meaning, on torch tensors whose last axis holds the channels.

Example:
    >>> from convolens import losses
    >>> losses.get("mse")([[1.0]], [[3.0]])
    tensor(4.)
"""

from typing import Any

import torch

from convolens.arguments import look_up
from convolens.custom_objects import deserializer
from convolens.errors import ArgumentTypeError
from convolens.losses.by_shape import Crossentropy
from convolens.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from convolens.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
)
from convolens.losses.hinge import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from convolens.losses.labels import check_labels
from convolens.losses.loss import FunctionLoss, Loss
from convolens.losses.probabilistic import KLDivergence, Poisson, kl_divergence, poisson
from convolens.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from convolens.missing import answer_for

# Every name that `compile(loss=...)` understands: function, class and short names, old ones too.
LOSSES: dict[str, type[Loss]] = {
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "binary_crossentropy": BinaryCrossentropy,
    "bce": BinaryCrossentropy,
    "BCE": BinaryCrossentropy,
    "crossentropy": Crossentropy,
    "ce": Crossentropy,
    "binary_focal_crossentropy": BinaryFocalCrossentropy,
    "categorical_focal_crossentropy": CategoricalFocalCrossentropy,
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "mean_absolute_error": MeanAbsoluteError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "mean_absolute_percentage_error": MeanAbsolutePercentageError,
    "mape": MeanAbsolutePercentageError,
    "MAPE": MeanAbsolutePercentageError,
    "mean_squared_logarithmic_error": MeanSquaredLogarithmicError,
    "msle": MeanSquaredLogarithmicError,
    "MSLE": MeanSquaredLogarithmicError,
    "huber": Huber,
    "log_cosh": LogCosh,
    "logcosh": LogCosh,
    "hinge": Hinge,
    "squared_hinge": SquaredHinge,
    "categorical_hinge": CategoricalHinge,
    "kl_divergence": KLDivergence,
    "kld": KLDivergence,
    "KLD": KLDivergence,
    "kullback_leibler_divergence": KLDivergence,
    "poisson": Poisson,
    "cosine_similarity": CosineSimilarity,
    "CosineSimilarity": CosineSimilarity,
    "BinaryCrossentropy": BinaryCrossentropy,
    "BinaryFocalCrossentropy": BinaryFocalCrossentropy,
    "CategoricalCrossentropy": CategoricalCrossentropy,
    "CategoricalFocalCrossentropy": CategoricalFocalCrossentropy,
    "CategoricalHinge": CategoricalHinge,
    "Hinge": Hinge,
    "Huber": Huber,
    "KLDivergence": KLDivergence,
    "LogCosh": LogCosh,
    "MeanAbsoluteError": MeanAbsoluteError,
    "MeanAbsolutePercentageError": MeanAbsolutePercentageError,
    "MeanSquaredError": MeanSquaredError,
    "MeanSquaredLogarithmicError": MeanSquaredLogarithmicError,
    "Poisson": Poisson,
    "SparseCategoricalCrossentropy": SparseCategoricalCrossentropy,
    "SquaredHinge": SquaredHinge,
}


# Keras has the functions under these names too.
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh


class Reduction:
    """How a loss is reduced, as tf.keras 2 named it; see `Loss`."""

    AUTO, NONE, SUM, SUM_OVER_BATCH_SIZE = "auto", "none", "sum", "sum_over_batch_size"


def get(identifier: Any) -> Loss:
    """Return the loss that a name, class, function, config or loss stands for, as `compile` does.

    Args:
        identifier: a key of `LOSSES`, a `Loss` or its class, a function `fn(y_true, y_pred)` of
            torch tensors, or `{"class_name": ..., "config": {...}}`.

    Raises:
        UnknownNameError: no loss has this name; the nearest is offered.
        ArgumentTypeError: it is none of these, or a loss module of torch, whose arguments are
            in the other order.

    Example:
        >>> get("bce").name
        'bce'
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        loss = look_up("compile", "loss", identifier, LOSSES)()
        loss.name = identifier
        return loss
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if isinstance(identifier, dict) and "class_name" in identifier:
        loss_class = look_up("losses.get", "loss", str(identifier["class_name"]), LOSSES)
        return loss_class.from_config(identifier.get("config", {}))
    if isinstance(identifier, torch.nn.Module):
        name = type(identifier).__name__
        raise ArgumentTypeError(
            f"compile: loss torch.nn.{name} takes (predictions, labels), a loss here takes "
            "(y_true, y_pred); wrap it: lambda y_true, y_pred: module(y_pred, y_true)."
        )
    if callable(identifier):
        return FunctionLoss(identifier)
    raise ArgumentTypeError(
        "compile: loss must be a name, an object of convolens.losses or a function "
        f"fn(y_true, y_pred); received {identifier!r}."
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """Return a loss as plain values, as Keras writes it.

    Args:
        loss: one of this module.
    """
    return {
        "module": "keras.losses",
        "class_name": type(loss).__name__,
        "config": loss.get_config(),
        "registered_name": None,
    }


deserialize = deserializer(get)

__all__ = [
    "LOSSES",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Crossentropy",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "Reduction",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "check_labels",
    "cosine_similarity",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
