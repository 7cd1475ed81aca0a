"""How often predictions are right: binary, categorical, sparse, top-k, or chosen by shape."""

from typing import Any

import torch

from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.losses.loss import match_ranks
from convolens.losses.of_values import of_values
from convolens.metrics.mean import MeanMetric


@of_values
def exact_accuracy(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return 1 where label and prediction are equal, else 0.

    Example:
        >>> exact_accuracy(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
        tensor([1., 0.])
    """
    y_true, y_pred = match_ranks(y_true, y_pred)
    return (y_true == y_pred).float()


@of_values
def binary_accuracy(y_true: torch.Tensor, y_pred: torch.Tensor, threshold: float = 0.5) -> torch.Tensor:
    """Return 1 where the prediction is above the threshold exactly if the label is 1, else 0.

    Args:
        y_true: labels 0 or 1, a tensor of any dtype; (n,) fits predictions (n, 1).
        y_pred: probabilities, float, of the same shape.
        threshold: in [0, 1]; a prediction equal to it is below.

    Raises:
        ShapeError: labels and predictions of different shapes.

    Example:
        >>> binary_accuracy(torch.tensor([1, 0]), torch.tensor([[0.6], [0.5]]))
        tensor([[1.],
                [1.]])
    """
    y_true, y_pred = match_ranks(y_true, y_pred)
    _fits("binary_accuracy", y_true, y_pred, y_true.shape == y_pred.shape)
    return (y_true == (y_pred > threshold).to(y_true)).float()


@of_values
def categorical_accuracy(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return 1 where the largest prediction is at the one-hot label's class, else 0.

    Args:
        y_true: one-hot labels, a tensor (n, ..., classes) of any dtype.
        y_pred: probabilities or logits, float, of the same shape.

    Raises:
        ShapeError: labels and predictions of different shapes.

    Example:
        >>> categorical_accuracy(torch.tensor([[0, 1]]), torch.tensor([[0.4, 0.6]]))
        tensor([1.])
    """
    _fits("categorical_accuracy", y_true, y_pred, y_true.shape == y_pred.shape)
    return (y_true.argmax(dim=-1) == y_pred.argmax(dim=-1)).float()


@of_values
def sparse_categorical_accuracy(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return 1 where the largest prediction is at the class number, else 0.

    Args:
        y_true: class numbers in [0, classes), a tensor (n, ...) or (n, ..., 1).
        y_pred: probabilities or logits, float, (n, ..., classes).

    Raises:
        ShapeError: labels and predictions do not fit together.

    Example:
        >>> sparse_categorical_accuracy(torch.tensor([1]), torch.tensor([[0.4, 0.6]]))
        tensor([1.])
    """
    labels = _class_numbers("sparse_categorical_accuracy", y_true, y_pred)
    return (labels == y_pred.argmax(dim=-1)).float()


@of_values
def top_k_categorical_accuracy(y_true: torch.Tensor, y_pred: torch.Tensor, k: int = 5) -> torch.Tensor:
    """Return 1 where the one-hot label's class is among the k largest predictions, else 0.

    Args:
        y_true, y_pred: as of `categorical_accuracy`.
        k: at most the number of classes.

    Raises:
        ShapeError: labels and predictions of different shapes. ArgumentError: k above the number of classes.

    Example:
        >>> top_k_categorical_accuracy(torch.tensor([[0, 1]]), torch.tensor([[0.6, 0.4]]), k=2)
        tensor([1.])
    """
    _fits("top_k_categorical_accuracy", y_true, y_pred, y_true.shape == y_pred.shape)
    return sparse_top_k_categorical_accuracy(y_true.argmax(dim=-1), y_pred, k)


@of_values
def sparse_top_k_categorical_accuracy(y_true: torch.Tensor, y_pred: torch.Tensor, k: int = 5) -> torch.Tensor:
    """Return 1 where the class number is among the k largest predictions (ties count), else 0.

    Args:
        y_true, y_pred: as of `sparse_categorical_accuracy`.
        k: at most the number of classes.

    Raises:
        ShapeError: labels and predictions do not fit together. ArgumentError: k above the number of classes.

    Example:
        >>> sparse_top_k_categorical_accuracy(torch.tensor([1]), torch.tensor([[0.6, 0.4]]), k=1)
        tensor([0.])
    """
    labels = _class_numbers("sparse_top_k_categorical_accuracy", y_true, y_pred).long()
    if k > y_pred.shape[-1]:
        raise ArgumentError(
            f"top_k_categorical_accuracy: k={k} with {y_pred.shape[-1]} classes; "
            f"expected k of at most {y_pred.shape[-1]}."
        )
    smallest_of_top = y_pred.topk(k, dim=-1).values[..., -1]
    at_label = torch.take_along_dim(y_pred, labels.unsqueeze(-1), dim=-1).squeeze(-1)
    return (at_label >= smallest_of_top).float()


def accuracy_by_shape(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return what Keras means by "accuracy" for labels and predictions of these shapes.

    One output: binary. Labels with fewer axes, or with one number per sample: sparse. Else
    categorical.
    """
    if y_pred.ndim == 1 or y_pred.shape[-1] == 1:
        return binary_accuracy(y_true, y_pred)
    if y_true.ndim < y_pred.ndim or y_true.shape[-1] == 1:
        return sparse_categorical_accuracy(y_true, y_pred)
    return categorical_accuracy(y_true, y_pred)


def _class_numbers(where: str, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    labels = y_true
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        labels = y_true.squeeze(-1)
    _fits(where, y_true, y_pred, labels.shape == y_pred.shape[:-1])
    return labels


def _fits(where: str, y_true: torch.Tensor, y_pred: torch.Tensor, condition: bool) -> None:
    if not condition:
        raise ShapeError(
            f"{where}: labels of shape {tuple(y_true.shape)} do not fit predictions of shape "
            f"{tuple(y_pred.shape)}; class numbers go with sparse_categorical_accuracy, one-hot "
            "labels with categorical_accuracy."
        )


class Accuracy(MeanMetric):
    """Share of predictions equal to the label, as numbers; see `AccuracyByShape` for "accuracy".

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> Accuracy()([1, 2], [1, 3])
        0.5
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(exact_accuracy, name, dtype)


class AccuracyByShape(MeanMetric):
    """What `metrics=["accuracy"]` means: binary, sparse or categorical accuracy, by the shapes.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> AccuracyByShape()([1, 0], [[0.1, 0.9], [0.2, 0.8]])
        0.5

    Source: Keras 3 `compile(metrics=["accuracy"])`.
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy_by_shape, name, dtype)


class BinaryAccuracy(MeanMetric):
    """Share of right yes-no predictions.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
        threshold: in [0, 1]; a prediction above it means 1.

    Raises:
        ArgumentError: threshold out of range.

    Example:
        >>> BinaryAccuracy(threshold=0.7)([1, 0], [[0.6], [0.1]])
        0.5
    """

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        number_in("BinaryAccuracy", "threshold", threshold, 0.0, 1.0)
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanMetric):
    """Share of right predictions, with one-hot labels.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> CategoricalAccuracy()([[0, 1]], [[0.4, 0.6]])
        1.0
    """

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetric):
    """Share of right predictions, with class numbers as labels.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> SparseCategoricalAccuracy()([1], [[0.4, 0.6]])
        1.0
    """

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetric):
    """Share of samples whose one-hot label is among the k largest predictions.

    Args:
        k: >= 1, at most the number of classes.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Raises:
        ArgumentError: k out of range.

    Example:
        >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1]], [[0.5, 0.1, 0.4]])
        1.0
    """

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        k = integer("TopKCategoricalAccuracy", "k", k)
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetric):
    """Share of samples whose class number is among the k largest predictions.

    Args:
        k: >= 1, at most the number of classes.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Raises:
        ArgumentError: k out of range.

    Example:
        >>> SparseTopKCategoricalAccuracy(k=2)([2], [[0.5, 0.1, 0.4]])
        1.0
    """

    def __init__(
        self, k: int = 5, name: str = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        k = integer("SparseTopKCategoricalAccuracy", "k", k)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)
