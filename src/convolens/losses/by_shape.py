"""The crossentropy that fits the shapes of labels and predictions: Keras' "crossentropy"."""

import torch

from convolens.losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from convolens.losses.loss import FormulaLoss


class Crossentropy(FormulaLoss):
    """Binary for one output, sparse for class numbers, categorical for one-hot labels.

    Example:
        >>> Crossentropy()([1], [[0.5, 0.5]])
        tensor(0.6931)

    Source: Keras 3 `compile(loss="crossentropy")`.
    """

    keeps_integer_labels = True

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        if y_pred.shape[-1] == 1:
            return binary_crossentropy(y_true, y_pred)
        if y_true.ndim < y_pred.ndim or y_true.shape[-1] == 1:
            return sparse_categorical_crossentropy(y_true, y_pred)
        return categorical_crossentropy(y_true, y_pred)
