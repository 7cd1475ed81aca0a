"""How labels and predictions vary together: the correlations of Pearson and of Lin."""

from typing import Any

import torch

from convolens.losses.loss import match_ranks
from convolens.losses.of_values import of_values
from convolens.metrics.mean import MeanMetric

_EPSILON = 1e-7


@of_values
def pearson_correlation(y_true: torch.Tensor, y_pred: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """Return the correlation of labels and predictions, from -1 to 1.

    Args:
        y_true, y_pred: of one shape.
        axis: along which they vary; it goes away.

    Example:
        >>> pearson_correlation(torch.tensor([[0.0, 1.0, 0.5]]), torch.tensor([[0.0, 2.0, 1.0]]))
        tensor([1.0000])

    Source: Keras 3 `keras.metrics.pearson_correlation`.
    """
    y_true, y_pred = match_ranks(y_true, y_pred)
    normal = []
    for values in (y_true.to(y_pred), y_pred):
        centred = values - values.mean(axis, keepdim=True)
        normal.append(centred / centred.std(axis, correction=0, keepdim=True))
    return (normal[0] * normal[1]).mean(axis)


@of_values
def concordance_correlation(y_true: torch.Tensor, y_pred: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """Return how well predictions lie on the line of labels, from -1 to 1: the correlation, less for another mean or spread.

    Args:
        y_true, y_pred, axis: as of `pearson_correlation`.

    Example:
        >>> concordance_correlation(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.0, 1.0]]))
        tensor([1.0000])

    Source: Keras 3 `keras.metrics.concordance_correlation`; Lin, Biometrics 1989.
    """
    y_true, y_pred = match_ranks(y_true, y_pred)
    y_true = y_true.to(y_pred)
    means = [values.mean(axis, keepdim=True) for values in (y_true, y_pred)]
    spreads = sum(values.var(axis, correction=0, keepdim=True) for values in (y_true, y_pred))
    covariance = (y_true - means[1]) * (y_pred - means[1])
    return (2.0 * covariance / (spreads + (means[0] - means[1]) ** 2 + _EPSILON)).mean(axis)


class PearsonCorrelation(MeanMetric):
    """Mean of `pearson_correlation`.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
        axis: along which values vary.

    Example:
        >>> round(PearsonCorrelation()([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]], [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]]), 4)
        0.9967

    Source: Keras 3 `keras.metrics.PearsonCorrelation`.
    """

    def __init__(self, name: str = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(MeanMetric):
    """Mean of `concordance_correlation`.

    Args:
        name, dtype, axis: as of `PearsonCorrelation`.

    Example:
        >>> round(ConcordanceCorrelation()([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]], [[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]]), 4)
        0.9816

    Source: Keras 3 `keras.metrics.ConcordanceCorrelation`.
    """

    def __init__(self, name: str = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
