"""Margin losses: hinge, squared hinge, categorical hinge."""

import torch

from convolens.losses.loss import FormulaLoss, same_rank
from convolens.losses.of_values import of_values


@of_values
def hinge(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `max(1 - y_true y_pred, 0)` averaged; labels -1 and 1, or 0 and 1, which become these.

    Args:
        y_true: labels, a tensor (n, ..., d) of any dtype.
        y_pred: scores of any sign, float, of the same number of axes.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> hinge(torch.tensor([[0.0, 1.0]]), torch.tensor([[-2.0, 0.5]]))
        tensor([0.2500])
    """
    same_rank("hinge", y_true, y_pred)
    return _positive_part(1.0 - _signs(y_true, y_pred) * y_pred).mean(dim=-1)


@of_values
def squared_hinge(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `max(1 - y_true y_pred, 0) ** 2` averaged over the last axis.

    Args, Raises: as of `hinge`.

    Example:
        >>> squared_hinge(torch.tensor([[0.0, 1.0]]), torch.tensor([[-2.0, 0.5]]))
        tensor([0.1250])
    """
    same_rank("squared_hinge", y_true, y_pred)
    margin = _positive_part(1.0 - _signs(y_true, y_pred) * y_pred)
    return torch.square(margin).mean(dim=-1)


@of_values
def categorical_hinge(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `max(neg - pos + 1, 0)` of one-hot labels: the best wrong score and the right one.

    Args:
        y_true: one-hot labels, a tensor (n, ..., classes) of any dtype.
        y_pred: scores of any sign, float, of the same number of axes.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> categorical_hinge(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.75]]))
        tensor([0.7500])
    """
    same_rank("categorical_hinge", y_true, y_pred)
    y_true = y_true.to(y_pred)
    positive = (y_true * y_pred).sum(dim=-1)
    negative = ((1.0 - y_true) * y_pred).amax(dim=-1)
    return _positive_part(negative - positive + 1.0)


def _positive_part(margin: torch.Tensor) -> torch.Tensor:
    """Return `max(margin, 0)`; the gradient at 0 is one half, as in Keras (`clamp` has 1 there)."""
    return torch.maximum(margin, torch.zeros_like(margin))


def _signs(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return labels with 0 and 1 made -1 and 1, where all labels are of these two."""
    y_true = y_true.to(y_pred)
    zero_or_one = ((y_true == 0) | (y_true == 1)).all()
    return torch.where(zero_or_one, 2.0 * y_true - 1.0, y_true)


class Hinge(FormulaLoss):
    """Hinge loss; see `hinge` and `Loss`.

    Example:
        >>> Hinge()([[1.0]], [[0.5]])
        tensor(0.5000)
    """

    call = staticmethod(hinge)


class SquaredHinge(FormulaLoss):
    """Squared hinge loss; see `squared_hinge` and `Loss`.

    Example:
        >>> SquaredHinge()([[1.0]], [[0.5]])
        tensor(0.2500)
    """

    call = staticmethod(squared_hinge)


class CategoricalHinge(FormulaLoss):
    """Hinge loss over classes; see `categorical_hinge` and `Loss`.

    Example:
        >>> CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
        tensor(0.7500)
    """

    call = staticmethod(categorical_hinge)
