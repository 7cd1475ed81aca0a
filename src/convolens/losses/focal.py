"""Focal crossentropies: what is already right weighs less (Lin et al., arXiv:1708.02002)."""

import torch

from convolens.arguments import number_in
from convolens.losses.crossentropy import EPSILON, binary_crossentropy_of_each
from convolens.losses.loss import Loss, same_shape
from convolens.losses.of_values import of_values

_INFINITY = float("inf")


@of_values
def binary_focal_crossentropy(
    y_true: torch.Tensor,
    y_pred: torch.Tensor,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> torch.Tensor:
    """Return the binary crossentropy times `(1 - p_t) ** gamma`.

    Args:
        y_true, y_pred: as of `binary_crossentropy`.
        apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis: see `BinaryFocalCrossentropy`.

    Raises:
        ShapeError: labels and predictions of different shapes.

    Example:
        >>> binary_focal_crossentropy(torch.tensor([[1.0]]), torch.tensor([[0.5]]))
        tensor([0.1733])
    """
    same_shape("binary_focal_crossentropy", y_true, y_pred)
    y_true = y_true.to(y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        y_pred = torch.sigmoid(y_pred)
    values = binary_crossentropy_of_each(y_true, y_pred)
    right = y_true * y_pred + (1 - y_true) * (1 - y_pred)
    values = torch.pow(1.0 - right, gamma) * values
    if apply_class_balancing:
        values = (y_true * alpha + (1 - y_true) * (1 - alpha)) * values
    return values.mean(dim=axis)


@of_values
def categorical_focal_crossentropy(
    y_true: torch.Tensor,
    y_pred: torch.Tensor,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> torch.Tensor:
    """Return the crossentropy times `alpha (1 - p) ** gamma`.

    Args:
        y_true, y_pred: as of `categorical_crossentropy`.
        alpha, gamma, from_logits, label_smoothing, axis: see `CategoricalFocalCrossentropy`.

    Raises:
        ShapeError: labels and predictions of different shapes.

    Example:
        >>> categorical_focal_crossentropy(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.5]]))
        tensor([0.0433])
    """
    same_shape("categorical_focal_crossentropy", y_true, y_pred)
    y_true = y_true.to(y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    if from_logits:
        y_pred = torch.softmax(y_pred, dim=axis)
    shares = torch.clip(y_pred / y_pred.sum(dim=axis, keepdim=True), EPSILON, 1.0 - EPSILON)
    return (alpha * torch.pow(1.0 - shares, gamma) * -y_true * torch.log(shares)).sum(dim=axis)


class BinaryFocalCrossentropy(Loss):
    """Focal loss of yes-no labels.

    Args:
        apply_class_balancing: whether label 1 weighs `alpha` and label 0 `1 - alpha`.
        alpha: weight of label 1, in [0, 1].
        gamma: focus, >= 0; 0 gives the plain crossentropy.
        from_logits, label_smoothing, axis: as in `BinaryCrossentropy`.
        reduction, name: see `Loss`.

    Shapes: labels and predictions the same; (n,) fits (n, 1).

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> BinaryFocalCrossentropy(gamma=0)([[1.0]], [[0.5]])
        tensor(0.6931)

    Source: Keras 3 `keras.losses.BinaryFocalCrossentropy`.
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
    ) -> None:
        super().__init__(name, reduction)
        where = "BinaryFocalCrossentropy"
        self.apply_class_balancing = bool(apply_class_balancing)
        self.alpha = number_in(where, "alpha", alpha, 0.0, 1.0)
        self.gamma = number_in(where, "gamma", gamma, 0.0, _INFINITY)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number_in(where, "label_smoothing", label_smoothing, 0.0, 1.0)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return binary_focal_crossentropy(
            y_true,
            y_pred,
            self.apply_class_balancing,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )


class CategoricalFocalCrossentropy(Loss):
    """Focal loss of one-hot labels.

    Args:
        alpha: weight of every class, in [0, 1].
        gamma: focus, >= 0.
        from_logits, label_smoothing, axis: as in `CategoricalCrossentropy`.
        reduction, name: see `Loss`.

    Shapes: labels and predictions (n, classes).

    Raises:
        ArgumentError: a value out of range.

    Example:
        >>> CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.0433)

    Source: Keras 3 `keras.losses.CategoricalFocalCrossentropy`.
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
    ) -> None:
        super().__init__(name, reduction)
        where = "CategoricalFocalCrossentropy"
        self.alpha = number_in(where, "alpha", alpha, 0.0, 1.0)
        self.gamma = number_in(where, "gamma", gamma, 0.0, _INFINITY)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number_in(where, "label_smoothing", label_smoothing, 0.0, 1.0)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return categorical_focal_crossentropy(
            y_true,
            y_pred,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )
