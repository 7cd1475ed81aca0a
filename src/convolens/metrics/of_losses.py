"""Losses kept as metrics: their mean over samples, weighted by the sum of the weights."""

from typing import Any

import torch

from convolens import losses
from convolens.losses.loss import as_float, match_ranks
from convolens.metrics.mean import MeanMetric
from convolens.metrics.thresholds import weights_of


class MeanSquaredError(MeanMetric):
    """Mean of squared differences.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        4.0
    """

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


class RootMeanSquaredError(MeanMetric):
    """Root of the mean of squared differences.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> RootMeanSquaredError()([[1.0]], [[3.0]])
        2.0
    """

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(None, name, dtype)

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the squared differences."""
        y_true, y_pred = match_ranks(y_true, y_pred)
        return torch.square(y_pred - y_true)

    def result(self) -> Any:
        """Return the root of the mean so far."""
        return float(super().result() ** 0.5)


class MeanAbsoluteError(MeanMetric):
    """Mean of absolute differences.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        2.0
    """

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetric):
    """Mean of relative differences, in percent.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> MeanAbsolutePercentageError()([[1.0]], [[3.0]])
        200.0
    """

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetric):
    """Mean of squared differences of `log(x + 1)`.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> MeanSquaredLogarithmicError()([[1.0]], [[1.0]])
        0.0
    """

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanMetric):
    """Mean of the logarithm of the hyperbolic cosine of the differences.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> LogCoshError()([[1.0]], [[1.0]])
        0.0
    """

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


class CosineSimilarity(MeanMetric):
    """Mean cosine of the angle between labels and predictions: 1 for the same direction.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
        axis: along which they are vectors.

    Example:
        >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]])
        1.0
    """

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(None, name, dtype, axis=axis)

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the cosine of each sample."""
        return -losses.cosine_similarity(y_true, y_pred, **self.arguments)


class KLDivergence(MeanMetric):
    """Mean Kullback-Leibler divergence.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> round(KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]]), 3)
        0.693
    """

    def __init__(self, name: str = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(losses.kl_divergence, name, dtype)


class Poisson(MeanMetric):
    """Mean Poisson loss.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> Poisson()([[0.0]], [[2.0]])
        2.0
    """

    def __init__(self, name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(losses.poisson, name, dtype)


class Hinge(MeanMetric):
    """Mean hinge loss.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> Hinge()([[1.0]], [[0.5]])
        0.5
    """

    def __init__(self, name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(losses.hinge, name, dtype)


class SquaredHinge(MeanMetric):
    """Mean squared hinge loss.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> SquaredHinge()([[1.0]], [[0.5]])
        0.25
    """

    def __init__(self, name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(losses.squared_hinge, name, dtype)


class CategoricalHinge(MeanMetric):
    """Mean categorical hinge loss.

    Args:
        name, dtype: as of `Mean`.

    Example:
        >>> CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
        0.75
    """

    def __init__(self, name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)


class BinaryCrossentropy(MeanMetric):
    """Mean crossentropy of yes-no labels.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
        from_logits: whether predictions are logits; otherwise probabilities in [0, 1].
        label_smoothing: in [0, 1]; pulls labels this share of the way towards 0.5.

    Example:
        >>> round(BinaryCrossentropy()([[1.0]], [[0.5]]), 3)
        0.693
    """

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(None, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        y_true, y_pred = match_ranks(y_true, y_pred)
        return losses.binary_crossentropy(y_true, y_pred, **self.arguments)


class CategoricalCrossentropy(MeanMetric):
    """Mean crossentropy of one-hot labels.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
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
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            losses.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(MeanMetric):
    """Mean crossentropy of class numbers.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
        from_logits: whether predictions are logits; otherwise they are divided by their sum.
        ignore_class: a label that does not count; None for none.
        axis: the axis of the classes.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 3)
        0.693
    """

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            losses.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch; a label that is ignored has no weight where there are weights, else a loss of 0, as in Keras."""
        ignored = self.arguments["ignore_class"]
        if ignored is not None and sample_weight is not None:
            y_pred = as_float(y_pred)
            labels = torch.as_tensor(y_true, device=y_pred.device)
            if labels.ndim == y_pred.ndim:
                labels = labels.squeeze(self.arguments["axis"])
            sample_weight = weights_of(self.name, sample_weight, labels) * (labels != ignored)
        super().update_state(y_true, y_pred, sample_weight)
