"""Losses between distributions: Kullback-Leibler divergence and Poisson."""

import torch

from convolens.losses.crossentropy import EPSILON
from convolens.losses.loss import FormulaLoss, same_rank
from convolens.losses.of_values import of_values


@of_values
def kl_divergence(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `sum(y_true log(y_true / y_pred))` over the last axis; values in [1e-7, 1].

    Args:
        y_true: probabilities in [0, 1], a tensor (n, ..., classes).
        y_pred: the same of the predictions, float.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> kl_divergence(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.5]]))
        tensor([0.6931])
    """
    same_rank("kl_divergence", y_true, y_pred)
    y_true = torch.clip(y_true.to(y_pred), EPSILON, 1.0)
    y_pred = torch.clip(y_pred, EPSILON, 1.0)
    return (y_true * torch.log(y_true / y_pred)).sum(dim=-1)


@of_values
def poisson(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `y_pred - y_true log(y_pred)` averaged over the last axis.

    Args:
        y_true: counts, a tensor (n, ..., d), at least 0.
        y_pred: the rates predicted for them, float, above 0.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> poisson(torch.tensor([[0.0]]), torch.tensor([[2.0]]))
        tensor([2.])
    """
    same_rank("poisson", y_true, y_pred)
    return (y_pred - y_true.to(y_pred) * torch.log(y_pred + EPSILON)).mean(dim=-1)


class KLDivergence(FormulaLoss):
    """Kullback-Leibler divergence of predictions from labels; see `kl_divergence` and `Loss`.

    Example:
        >>> KLDivergence()([[0.0, 1.0]], [[0.5, 0.5]])
        tensor(0.6931)
    """

    call = staticmethod(kl_divergence)


class Poisson(FormulaLoss):
    """Poisson loss of counts and predicted rates; see `poisson` and `Loss`.

    Example:
        >>> Poisson()([[0.0]], [[2.0]])
        tensor(2.)
    """

    call = staticmethod(poisson)
