"""Losses of a distance between numbers: squared, absolute, relative, logarithmic, Huber."""

import math

import torch
import torch.nn.functional as F

from convolens.arguments import number_in
from convolens.losses.crossentropy import EPSILON
from convolens.losses.loss import FormulaLoss, Loss, match_ranks, same_rank
from convolens.losses.of_values import of_values


@of_values
def mean_squared_error(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `(y_true - y_pred) ** 2` averaged over the last axis.

    Args:
        y_true: targets, a tensor (n, ..., d) of any dtype; (n,) fits predictions (n, 1).
        y_pred: predictions, a float tensor of the same number of axes.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> mean_squared_error(torch.tensor([[0.0, 1.0]]), torch.tensor([[2.0, 1.0]]))
        tensor([2.])
    """
    y_true, y_pred = _pair("mean_squared_error", y_true, y_pred)
    return torch.square(y_true - y_pred).mean(dim=-1)


@of_values
def mean_absolute_error(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `|y_true - y_pred|` averaged over the last axis.

    Args, Raises: as of `mean_squared_error`.

    Example:
        >>> mean_absolute_error(torch.tensor([[0.0, 1.0]]), torch.tensor([[2.0, 1.0]]))
        tensor([1.])
    """
    y_true, y_pred = _pair("mean_absolute_error", y_true, y_pred)
    return torch.abs(y_true - y_pred).mean(dim=-1)


@of_values
def mean_absolute_percentage_error(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `100 |y_true - y_pred| / |y_true|` averaged over the last axis, in percent.

    Args, Raises: as of `mean_squared_error`.

    Example:
        >>> mean_absolute_percentage_error(torch.tensor([[2.0]]), torch.tensor([[1.0]]))
        tensor([50.])
    """
    y_true, y_pred = _pair("mean_absolute_percentage_error", y_true, y_pred)
    share = torch.abs((y_true - y_pred) / torch.clamp(torch.abs(y_true), min=EPSILON))
    return 100.0 * share.mean(dim=-1)


@of_values
def mean_squared_logarithmic_error(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `(log(y_true + 1) - log(y_pred + 1)) ** 2` averaged; values below 0 count as 0.

    Args, Raises: as of `mean_squared_error`.

    Example:
        >>> mean_squared_logarithmic_error(torch.tensor([[1.0]]), torch.tensor([[1.0]]))
        tensor([0.])
    """
    y_true, y_pred = _pair("mean_squared_logarithmic_error", y_true, y_pred)
    predicted = torch.log(torch.clamp(y_pred, min=EPSILON) + 1.0)
    return torch.square(predicted - torch.log(torch.clamp(y_true, min=EPSILON) + 1.0)).mean(dim=-1)


@of_values
def huber(y_true: torch.Tensor, y_pred: torch.Tensor, delta: float = 1.0) -> torch.Tensor:
    """Return a square of errors up to `delta` and a line above it, averaged over the last axis.

    Args:
        y_true, y_pred: as of `mean_squared_error`.
        delta: the size of an error from which on the line goes.

    Raises: as of `mean_squared_error`.

    Example:
        >>> huber(torch.tensor([[0.0]]), torch.tensor([[3.0]]))
        tensor([2.5000])
    """
    y_true, y_pred = _pair("huber", y_true, y_pred)
    error = y_pred - y_true
    size = torch.abs(error)
    line = delta * size - 0.5 * delta**2
    return torch.where(size <= delta, 0.5 * torch.square(error), line).mean(dim=-1)


@of_values
def log_cosh(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Return `log(cosh(y_pred - y_true))` averaged over the last axis.

    Args, Raises: as of `mean_squared_error`.

    Example:
        >>> log_cosh(torch.tensor([[0.0]]), torch.tensor([[0.0]]))
        tensor([0.])
    """
    y_true, y_pred = _pair("log_cosh", y_true, y_pred)
    error = y_pred - y_true
    return (error + F.softplus(error * -2.0) - math.log(2.0)).mean(dim=-1)


@of_values
def cosine_similarity(y_true: torch.Tensor, y_pred: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """Return minus the cosine of the angle between labels and predictions: -1 for the same direction.

    Args:
        y_true, y_pred: as of `mean_squared_error`.
        axis: along which they are vectors.

    Raises: as of `mean_squared_error`.

    Example:
        >>> cosine_similarity(torch.tensor([[0.0, 2.0]]), torch.tensor([[0.0, 3.0]]))
        tensor([-1.])
    """
    y_true, y_pred = _pair("cosine_similarity", y_true, y_pred)
    return -(F.normalize(y_true, dim=axis, eps=1e-6) * F.normalize(y_pred, dim=axis, eps=1e-6)).sum(dim=axis)


def _pair(where: str, y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    y_true, y_pred = match_ranks(y_true.to(y_pred), y_pred)
    same_rank(where, y_true, y_pred)
    return y_true, y_pred


class MeanSquaredError(FormulaLoss):
    """Mean of squared differences; see `mean_squared_error` and `Loss`.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        tensor(4.)
    """

    call = staticmethod(mean_squared_error)


class MeanAbsoluteError(FormulaLoss):
    """Mean of absolute differences; see `mean_absolute_error` and `Loss`.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        tensor(2.)
    """

    call = staticmethod(mean_absolute_error)


class MeanAbsolutePercentageError(FormulaLoss):
    """Mean of relative differences in percent; see `mean_absolute_percentage_error` and `Loss`.

    Example:
        >>> MeanAbsolutePercentageError()([[1.0]], [[3.0]])
        tensor(200.)
    """

    call = staticmethod(mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(FormulaLoss):
    """Mean of squared differences of logarithms; see `mean_squared_logarithmic_error`.

    Example:
        >>> MeanSquaredLogarithmicError()([[1.0]], [[1.0]])
        tensor(0.)
    """

    call = staticmethod(mean_squared_logarithmic_error)


class LogCosh(FormulaLoss):
    """Mean of the logarithm of the hyperbolic cosine; see `log_cosh` and `Loss`.

    Example:
        >>> LogCosh()([[1.0]], [[1.0]])
        tensor(0.)
    """

    call = staticmethod(log_cosh)


class Huber(Loss):
    """Squared for small errors, linear for large ones.

    Args:
        delta: the error from which it is linear, >= 0.
        reduction, name: see `Loss`.

    Raises:
        ArgumentError: delta out of range.

    Example:
        >>> Huber(delta=1.0)([[0.0]], [[3.0]])
        tensor(2.5000)

    Source: Keras 3 `keras.losses.Huber`.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
    ) -> None:
        super().__init__(name, reduction)
        self.delta = number_in("Huber", "delta", delta, 0.0, float("inf"))

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return huber(y_true, y_pred, self.delta)


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between labels and predictions; see `cosine_similarity`.

    Args:
        axis: along which they are vectors.
        reduction, name: see `Loss`.

    Example:
        >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]])
        tensor(-1.)

    Source: Keras 3 `keras.losses.CosineSimilarity`.
    """

    def __init__(
        self, axis: int = -1, reduction: str | None = "sum_over_batch_size", name: str = "cosine_similarity"
    ) -> None:
        super().__init__(name, reduction)
        self.axis = axis

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample."""
        return cosine_similarity(y_true, y_pred, self.axis)
