"""The crossentropies: binary, categorical and sparse categorical, on probabilities or logits."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import number_in
from convolens.errors import ShapeError
from convolens.losses.labels import check_labels
from convolens.losses.loss import Loss, match_ranks, same_shape
from convolens.losses.of_values import of_values

EPSILON = 1e-7  # Keras' fuzz factor: probabilities are kept within [EPSILON, 1 - EPSILON]


@of_values
def binary_crossentropy(
    y_true: torch.Tensor,
    y_pred: torch.Tensor,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> torch.Tensor:
    """Return `-(y log p + (1 - y) log(1 - p))` averaged over `axis`.

    Args:
        y_true: labels in [0, 1], a tensor (n, ..., d) of any dtype.
        y_pred: probabilities in [0, 1] (or logits), float, of the same shape.
        from_logits, label_smoothing, axis: see `BinaryCrossentropy`.

    Raises:
        ShapeError: another shape.

    Example:
        >>> binary_crossentropy(torch.tensor([[1.0]]), torch.tensor([[0.5]]))
        tensor([0.6931])
    """
    same_shape("binary_crossentropy", y_true, y_pred)
    y_true = y_true.to(y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return binary_crossentropy_of_each(y_true, y_pred, from_logits).mean(dim=axis)


def binary_crossentropy_of_each(
    y_true: torch.Tensor, y_pred: torch.Tensor, from_logits: bool = False
) -> torch.Tensor:
    """Return the binary crossentropy of every element."""
    if from_logits:
        return F.binary_cross_entropy_with_logits(y_pred, y_true, reduction="none")
    clipped = torch.clip(y_pred, EPSILON, 1.0 - EPSILON)
    if (
        y_true.device.type == "cpu" and y_true.numel() and (y_true.min() < 0 or y_true.max() > 1)
    ):  # torch refuses these
        return -(y_true * clipped.log() + (1 - y_true) * (1 - clipped).log())
    return F.binary_cross_entropy(clipped, y_true, reduction="none")


@of_values
def categorical_crossentropy(
    y_true: torch.Tensor,
    y_pred: torch.Tensor,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> torch.Tensor:
    """Return `-sum(y log p)` over `axis` for one-hot or soft labels.

    Args:
        y_true: labels that sum to 1 over `axis`, a tensor (n, ..., classes) of any dtype.
        y_pred: probabilities, which are divided by their sum (or logits), float, of the same shape.
        from_logits, label_smoothing, axis: see `CategoricalCrossentropy`.

    Raises:
        ShapeError: another shape.

    Example:
        >>> categorical_crossentropy(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.5]]))
        tensor([0.6931])
    """
    same_shape("categorical_crossentropy", y_true, y_pred)
    y_true = y_true.to(y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    return -(y_true * _log_probabilities(y_pred, from_logits, axis)).sum(dim=axis)


@of_values
def sparse_categorical_crossentropy(
    y_true: torch.Tensor,
    y_pred: torch.Tensor,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> torch.Tensor:
    """Return `-log p[y]` for labels that are class numbers.

    Args:
        y_true: class numbers in [0, classes), a tensor of the shape of the predictions without `axis`, or with 1 there.
        y_pred: probabilities, which are divided by their sum (or logits), float, (n, ..., classes).
        from_logits, ignore_class, axis: see `SparseCategoricalCrossentropy`.

    Raises:
        ShapeError: the labels have another shape; one-hot labels are told of `categorical_crossentropy`.
        ArgumentError: a label outside the classes.

    Example:
        >>> sparse_categorical_crossentropy(torch.tensor([1]), torch.tensor([[0.5, 0.5]]))
        tensor([0.6931])
    """
    if y_true.ndim == y_pred.ndim and y_true.shape[axis] == 1:
        y_true = y_true.squeeze(axis)
    expected = list(y_pred.shape)
    del expected[axis]
    if list(y_true.shape) != expected:
        hint = ""
        if y_true.shape == y_pred.shape:
            hint = " For one-hot labels use categorical_crossentropy."
        raise ShapeError(
            f"sparse_categorical_crossentropy: labels have shape {tuple(y_true.shape)}, "
            f"predictions {tuple(y_pred.shape)}; expected labels of shape {tuple(expected)}, "
            f"one class number each.{hint}"
        )
    labels = y_true.long()
    counted = None
    if ignore_class is not None:
        counted = labels != ignore_class
        labels = torch.where(counted, labels, 0)
    if labels.device.type == "cpu":  # a GPU is not waited for
        check_labels(labels, y_pred.shape[axis])
    classes_last = _log_probabilities(y_pred, from_logits, axis).movedim(axis, -1)
    rows = classes_last.reshape(-1, y_pred.shape[axis]).contiguous()  # torch asks it of the gradients
    values = F.nll_loss(rows, labels.reshape(-1), reduction="none").reshape(labels.shape)
    return values if counted is None else torch.where(counted, values, 0.0)


def _log_probabilities(y_pred: torch.Tensor, from_logits: bool, axis: int) -> torch.Tensor:
    if from_logits:
        return F.log_softmax(y_pred, dim=axis)
    shares = y_pred / y_pred.sum(dim=axis, keepdim=True)
    return torch.log(torch.clip(shares, EPSILON, 1.0 - EPSILON))


class BinaryCrossentropy(Loss):
    """Crossentropy of yes-no labels and predictions, averaged over the last axis.

    Args:
        from_logits: whether predictions are logits; otherwise probabilities in [0, 1].
        label_smoothing: in [0, 1]; pulls labels this share of the way towards 0.5.
        axis: the axis averaged over.
        reduction, name: see `Loss`.

    Shapes: labels and predictions the same, as (n, 1); (n,) fits (n, 1).

    Raises:
        ArgumentError: label_smoothing out of range.

    Example:
        >>> loss = BinaryCrossentropy(from_logits=True)
        >>> loss([1.0, 0.0], [[0.0], [0.0]])
        tensor(0.6931)

    Source: Keras 3 `keras.losses.BinaryCrossentropy`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
    ) -> None:
        super().__init__(name, reduction)
        where = "BinaryCrossentropy"
        self.from_logits = bool(from_logits)
        self.label_smoothing = number_in(where, "label_smoothing", label_smoothing, 0.0, 1.0)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class CategoricalCrossentropy(Loss):
    """Crossentropy of one-hot (or soft) labels and predictions over classes.

    Args:
        from_logits: whether predictions are logits; otherwise they are divided by their sum.
        label_smoothing: in [0, 1]; the share of each label spread evenly over all classes.
        axis: the axis of the classes.
        reduction, name: see `Loss`.

    Shapes: labels and predictions (n, classes).

    Raises:
        ArgumentError: label_smoothing out of range.

    Example:
        >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.6931)

    Source: Keras 3 `keras.losses.CategoricalCrossentropy`.
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
    ) -> None:
        super().__init__(name, reduction)
        where = "CategoricalCrossentropy"
        self.from_logits = bool(from_logits)
        self.label_smoothing = number_in(where, "label_smoothing", label_smoothing, 0.0, 1.0)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class SparseCategoricalCrossentropy(Loss):
    """Crossentropy of labels given as class numbers and predictions over classes.

    Args:
        from_logits: whether predictions are logits; otherwise they are divided by their sum.
        ignore_class: a label whose samples do not count; the mean is over the others.
        reduction, name: see `Loss`.
        axis: the axis of the classes.

    Shapes: labels (n,) or (n, 1), integers in [0, classes); predictions (n, classes).

    Example:
        >>> SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])
        tensor(0.6931)

    Source: Keras 3 `keras.losses.SparseCategoricalCrossentropy`.
    """

    keeps_integer_labels = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(name, reduction)
        self.from_logits = bool(from_logits)
        self.ignore_class = ignore_class
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample, 0 where the label is `ignore_class`."""
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        """Return the reduced loss; see `Loss`."""
        if self.ignore_class is not None:
            labels = torch.as_tensor(y_true, device=torch.as_tensor(y_pred).device)
            sample_weight = self._weights_without_ignored(labels, sample_weight)
        return super().__call__(y_true, y_pred, sample_weight)

    def _weights_without_ignored(self, labels: torch.Tensor, sample_weight: Any) -> torch.Tensor:
        """Return weights that make a mean over all samples one over those that count."""
        counted = torch.ne(labels, self.ignore_class or 0).float()
        if counted.ndim > 1 and counted.shape[-1] == 1:
            counted = counted.squeeze(-1)
        if self.reduction in ("mean", "sum_over_batch_size"):
            counted = counted * (counted.numel() / torch.clamp(counted.sum(), min=1.0))
        if sample_weight is None:
            return counted
        weights = torch.as_tensor(sample_weight, device=counted.device).float()
        counted, weights = match_ranks(counted, weights)
        return counted * weights.reshape(weights.shape + (1,) * (counted.ndim - weights.ndim))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments but `axis`, which Keras leaves out too."""
        config = super().get_config()
        del config["axis"]
        return config
