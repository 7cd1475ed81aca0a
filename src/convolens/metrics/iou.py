"""Intersection over union: how well areas of classes lie over each other, from a matrix of confusions."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch

from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.metrics.metric import Metric
from convolens.metrics.precision_recall import divide_or_zero
from convolens.metrics.thresholds import weights_of


class IoU(Metric):
    """The mean, over chosen classes, of the values that label and prediction both give the class, over those that either gives it.

    Args:
        num_classes: how many there are.
        target_class_ids: the classes whose mean it is.
        name: what logs call it.
        dtype: accepted; sums are float64.
        ignore_class: a label that does not count; None for none.
        sparse_y_true, sparse_y_pred: whether labels and predictions are class numbers; else one value a class along `axis`.
        axis: of the classes.

    Raises:
        ArgumentError: a class that there is not.

    Example:
        >>> round(IoU(2, [0])([0, 0, 1, 1], [0, 1, 0, 1]), 4)
        0.3333

    Source: Keras 3 `keras.metrics.IoU`.
    """

    keras_words: ClassVar = {"total_cm": "confusions"}

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        where = type(self).__name__
        self.num_classes = integer(where, "num_classes", num_classes)
        self.target_class_ids = [integer(where, "target_class_ids", one, 0) for one in target_class_ids]
        if max(self.target_class_ids) >= self.num_classes:
            raise ArgumentError(
                f"{where}: target class {max(self.target_class_ids)} is none of num_classes={self.num_classes}."
            )
        self.ignore_class = ignore_class
        self.sparse_y_true, self.sparse_y_pred = bool(sparse_y_true), bool(sparse_y_pred)
        self.axis = axis
        self.add_state("confusions", (self.num_classes, self.num_classes))
        self.add_state(
            "outside"
        )  # labels and predictions of no class; `result` raises, so that no update waits for the device

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Args:
            y_true, y_pred: class numbers of one shape, or scores, as the constructor was told.
            sample_weight: one weight a sample, or a value; None for 1.

        Raises:
            ShapeError: they do not fit together.
        """
        y_pred = torch.as_tensor(y_pred)
        y_true = torch.as_tensor(y_true, device=y_pred.device)
        labels = (y_true if self.sparse_y_true else y_true.argmax(self.axis)).long()
        weights = weights_of(type(self).__name__, sample_weight, labels).flatten()
        labels = labels.flatten()
        found = (y_pred if self.sparse_y_pred else y_pred.argmax(self.axis)).flatten().long()
        if labels.shape != found.shape:
            raise ShapeError(
                f"{type(self).__name__}: labels of shape {tuple(y_true.shape)} do not fit predictions of shape {tuple(y_pred.shape)}."
            )
        last = self.num_classes - 1
        outside = (labels < 0) | (labels > last) | (found < 0) | (found > last)
        if self.ignore_class is not None:
            ignored = labels == self.ignore_class
            weights, outside = weights.masked_fill(ignored, 0.0), outside & ~ignored
        cells = labels.clamp(0, last) * self.num_classes + found.clamp(0, last)
        flat = weights.new_zeros(self.num_classes**2).index_add(0, cells, weights)
        self.accumulate(
            confusions=flat.reshape(self.num_classes, self.num_classes), outside=outside.sum().to(flat)
        )

    def result(self) -> Any:
        """Return the mean so far; classes that neither labels nor predictions have do not count.

        Raises:
            ArgumentError: a label or prediction was of a class that there is not.
        """
        if self.state("outside"):
            raise ArgumentError(
                f"{type(self).__name__}: labels or predictions have a class outside 0 to {self.num_classes - 1}; "
                "give num_classes as many as there are."
            )
        confusions = self.state("confusions")
        both = confusions.diagonal()[self.target_class_ids]
        either = (confusions.sum(0) + confusions.sum(1))[self.target_class_ids] - both
        seen = either != 0
        return divide_or_zero(both, either)[seen].mean().item() if seen.any() else 0.0


class MeanIoU(IoU):
    """The mean of `IoU` over all classes.

    Args:
        num_classes: how many there are.
        name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis: as of `IoU`.

    Example:
        >>> round(MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1]), 4)
        0.3333

    Source: Keras 3 `keras.metrics.MeanIoU`.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {key: value for key, value in super().get_config().items() if key != "target_class_ids"}


class OneHotIoU(IoU):
    """`IoU` of one-hot labels and scores.

    Args:
        num_classes, target_class_ids, name, dtype, ignore_class, sparse_y_pred, axis: as of `IoU`.

    Example:
        >>> OneHotIoU(2, [1])([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]])
        1.0

    Source: Keras 3 `keras.metrics.OneHotIoU`.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {key: value for key, value in super().get_config().items() if key != "sparse_y_true"}


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of one-hot labels and scores.

    Args:
        num_classes, name, dtype, ignore_class, sparse_y_pred, axis: as of `MeanIoU`.

    Example:
        >>> OneHotMeanIoU(2)([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8]])
        1.0

    Source: Keras 3 `keras.metrics.OneHotMeanIoU`.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {key: value for key, value in super().get_config().items() if key != "sparse_y_true"}


class BinaryIoU(IoU):
    """`IoU` of the classes 0 and 1, from yes-no predictions.

    Args:
        target_class_ids: of 0 and 1.
        threshold: predictions from it on are 1.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Raises:
        ArgumentError: a threshold out of range.

    Example:
        >>> round(BinaryIoU()([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]), 4)
        0.5833

    Source: Keras 3 `keras.metrics.BinaryIoU`.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = number_in("BinaryIoU", "threshold", threshold, 0.0, 1.0)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; predictions in [0, 1], labels 0 or 1."""
        super().update_state(y_true, torch.as_tensor(y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = ("name", "dtype", "target_class_ids", "threshold")
        return {key: value for key, value in super().get_config().items() if key in own}
