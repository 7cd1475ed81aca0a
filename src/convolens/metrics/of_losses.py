"""Losses kept as metrics: their mean over samples, weighted by the sum of the weights."""

from typing import Any

import torch

from convolens import losses
from convolens.losses.loss import match_ranks
from convolens.metrics.mean import MeanMetric


class MeanSquaredError(MeanMetric):
    """Mean of squared differences.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        4.0
    """

    def __init__(self, name: str = "mean_squared_error") -> None:
        super().__init__(losses.mean_squared_error, name)


class RootMeanSquaredError(MeanMetric):
    """Root of the mean of squared differences.

    Example:
        >>> RootMeanSquaredError()([[1.0]], [[3.0]])
        2.0
    """

    def __init__(self, name: str = "root_mean_squared_error") -> None:
        super().__init__(None, name)

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the squared differences."""
        y_true, y_pred = match_ranks(y_true, y_pred)
        return torch.square(y_pred - y_true)

    def result(self) -> Any:
        """Return the root of the mean so far."""
        return float(super().result() ** 0.5)


class MeanAbsoluteError(MeanMetric):
    """Mean of absolute differences.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        2.0
    """

    def __init__(self, name: str = "mean_absolute_error") -> None:
        super().__init__(losses.mean_absolute_error, name)


class MeanAbsolutePercentageError(MeanMetric):
    """Mean of relative differences, in percent.

    Example:
        >>> MeanAbsolutePercentageError()([[1.0]], [[3.0]])
        200.0
    """

    def __init__(self, name: str = "mean_absolute_percentage_error") -> None:
        super().__init__(losses.mean_absolute_percentage_error, name)


class MeanSquaredLogarithmicError(MeanMetric):
    """Mean of squared differences of `log(x + 1)`.

    Example:
        >>> MeanSquaredLogarithmicError()([[1.0]], [[1.0]])
        0.0
    """

    def __init__(self, name: str = "mean_squared_logarithmic_error") -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name)


class LogCoshError(MeanMetric):
    """Mean of the logarithm of the hyperbolic cosine of the differences.

    Example:
        >>> LogCoshError()([[1.0]], [[1.0]])
        0.0
    """

    def __init__(self, name: str = "logcosh") -> None:
        super().__init__(losses.log_cosh, name)


class CosineSimilarity(MeanMetric):
    """Mean cosine of the angle between labels and predictions: 1 for the same direction.

    Args:
        name: what logs call it.
        axis: along which they are vectors.

    Example:
        >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]])
        1.0
    """

    def __init__(self, name: str = "cosine_similarity", axis: int = -1) -> None:
        super().__init__(None, name, axis=axis)

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the cosine of each sample."""
        return -losses.cosine_similarity(y_true, y_pred, **self.arguments)


class KLDivergence(MeanMetric):
    """Mean Kullback-Leibler divergence.

    Example:
        >>> round(KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]]), 3)
        0.693
    """

    def __init__(self, name: str = "kl_divergence") -> None:
        super().__init__(losses.kl_divergence, name)


class Poisson(MeanMetric):
    """Mean Poisson loss.

    Example:
        >>> Poisson()([[0.0]], [[2.0]])
        2.0
    """

    def __init__(self, name: str = "poisson") -> None:
        super().__init__(losses.poisson, name)


class Hinge(MeanMetric):
    """Mean hinge loss.

    Example:
        >>> Hinge()([[1.0]], [[0.5]])
        0.5
    """

    def __init__(self, name: str = "hinge") -> None:
        super().__init__(losses.hinge, name)


class SquaredHinge(MeanMetric):
    """Mean squared hinge loss.

    Example:
        >>> SquaredHinge()([[1.0]], [[0.5]])
        0.25
    """

    def __init__(self, name: str = "squared_hinge") -> None:
        super().__init__(losses.squared_hinge, name)


class CategoricalHinge(MeanMetric):
    """Mean categorical hinge loss.

    Example:
        >>> CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
        0.75
    """

    def __init__(self, name: str = "categorical_hinge") -> None:
        super().__init__(losses.categorical_hinge, name)


class BinaryCrossentropy(MeanMetric):
    """Mean crossentropy of yes-no labels.

    Args:
        name: what logs call it.
        from_logits: whether predictions are logits; otherwise probabilities in [0, 1].
        label_smoothing: in [0, 1]; pulls labels this share of the way towards 0.5.

    Example:
        >>> round(BinaryCrossentropy()([[1.0]], [[0.5]]), 3)
        0.693
    """

    def __init__(
        self,
        name: str = "binary_crossentropy",
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(None, name, from_logits=from_logits, label_smoothing=label_smoothing)

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        y_true, y_pred = match_ranks(y_true, y_pred)
        return losses.binary_crossentropy(y_true, y_pred, **self.arguments)


class CategoricalCrossentropy(MeanMetric):
    """Mean crossentropy of one-hot labels.

    Args:
        name: what logs call it.
        from_logits: whether predictions are logits; otherwise they are divided by their sum.
        label_smoothing: in [0, 1]; the share of each label spread evenly over all classes.
        axis: the axis of the classes.

    Example:
        >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 3)
        0.693
    """

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            losses.categorical_crossentropy,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(MeanMetric):
    """Mean crossentropy of class numbers.

    Args:
        name: what logs call it.
        from_logits: whether predictions are logits; otherwise they are divided by their sum.
        axis: the axis of the classes.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 3)
        0.693
    """

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(losses.sparse_categorical_crossentropy, name, from_logits=from_logits, axis=axis)
