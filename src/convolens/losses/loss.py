"""The base of all losses: rank matching, sample weights and reduction, as in Keras."""

from collections.abc import Callable
from typing import Any, Self

import torch

from convolens.arguments import one_of
from convolens.constructors import kept_arguments
from convolens.errors import ShapeError
from convolens.naming import snake_case

REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)


class Loss:
    """A loss with its reduction: `loss(y_true, y_pred, sample_weight=None)`.

    A subclass defines `call(y_true, y_pred)`, which returns one value per sample (per pixel for
    rank 4, where the last axis holds the channels).

    Args:
        name: what logs call it; by default the class name in snake case.
        reduction: "sum_over_batch_size" (or "mean"): the sum of weighted values over their number,
            whatever the weights sum to; "mean_with_sample_weight": over the sum of the weights;
            "sum"; "none" or None for no reduction; Keras 2's "auto" is the first.

    Raises:
        UnknownNameError: no such reduction; the nearest is offered.

    Example:
        >>> from convolens.losses import MeanSquaredError
        >>> MeanSquaredError(reduction="sum")(torch.zeros(2, 1), torch.ones(2, 1))
        tensor(2.)

    Source: Keras 3 `keras.Loss`.
    """

    # Whether integer labels reach `call` as they are; otherwise they become floats, as in Keras.
    keeps_integer_labels = False

    def __init__(self, name: str | None = None, reduction: str | None = "sum_over_batch_size") -> None:
        self.name = name or snake_case(type(self).__name__)
        if isinstance(reduction, str):  # tf.keras 2 had constants, whose values are in lower case
            reduction = "sum_over_batch_size" if reduction.lower() == "auto" else reduction.lower()
        self.reduction = one_of(type(self).__name__, "reduction", reduction, REDUCTIONS)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample.

        Args:
            y_true: labels, on the device of the predictions and of their dtype (integers stay where `keeps_integer_labels`);
                (n,) and (n, 1) were made to fit each other.
            y_pred: predictions, float32 or float64, (n, ...); the last axis holds the channels.

        Raises:
            ShapeError: labels and predictions do not fit together.
        """
        raise NotImplementedError

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        """Return the reduced loss, a scalar float tensor (the values themselves for "none").

        Args:
            y_true: labels or targets; tensor, array or list.
            y_pred: predictions; half precision is widened to float32.
            sample_weight: one weight per sample, or per value.

        Raises:
            ShapeError: labels, predictions or weights do not fit together.
        """
        y_pred = as_float(y_pred)
        y_true = torch.as_tensor(y_true, device=y_pred.device)
        if not self.keeps_integer_labels:
            y_true = y_true.to(y_pred)
        y_true, y_pred = match_ranks(y_true, y_pred)
        values = as_float(self.call(y_true, y_pred))
        return reduce(values, sample_weight, self.reduction, self.name)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return kept_arguments(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a loss from `get_config()`, ours or that of Keras."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})

    def __repr__(self) -> str:
        words = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({words})"


class FormulaLoss(Loss):
    """A loss with no arguments but `reduction` and `name`, in this order as in Keras."""

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str | None = None) -> None:
        super().__init__(name, reduction)


class FunctionLoss(Loss):
    """A loss from a function `fn(y_true, y_pred)` that returns one value per sample, or a scalar.

    Args:
        function: takes (y_true, y_pred), tensors as of `Loss.call`.
        name: what logs call it; by default the function's name.
        reduction: see `Loss`.

    Example:
        >>> loss = FunctionLoss(lambda y_true, y_pred: (y_true - y_pred).abs().mean(-1), "mine")
        >>> loss([[0.0, 2.0]], [[1.0, 1.0]])
        tensor(1.)
    """

    def __init__(
        self,
        function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
    ) -> None:
        super().__init__(name or str(getattr(function, "__name__", type(function).__name__)), reduction)
        self._function = function  # it has no written form

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return what the function returns."""
        return self._function(y_true, y_pred)


def as_float(values: Any) -> torch.Tensor:
    """Return a float32 (or wider) tensor; integers and half precision are widened."""
    tensor = torch.as_tensor(values)
    return tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.float()


def match_ranks(first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Add or drop a last axis of length 1 where the ranks differ by one, as Keras does.

    Example:
        >>> [tuple(t.shape) for t in match_ranks(torch.zeros(4), torch.zeros(4, 1))]
        [(4, 1), (4, 1)]
    """
    if first.ndim == second.ndim + 1 and first.shape[-1] == 1:
        if second.ndim == 1:
            return first, second.unsqueeze(-1)
        return first.squeeze(-1), second
    if second.ndim == first.ndim + 1 and second.shape[-1] == 1:
        if first.ndim == 1:
            return first.unsqueeze(-1), second
        return first, second.squeeze(-1)
    return first, second


def same_shape(where: str, y_true: torch.Tensor, y_pred: torch.Tensor) -> None:
    """Raise `ShapeError` unless labels and predictions have the same shape."""
    if y_true.shape != y_pred.shape:
        hint = ""
        if where.startswith("categorical") and y_true.ndim == y_pred.ndim - 1:
            hint = " For labels that are class numbers use the sparse_ form of this loss."
        raise ShapeError(
            f"{where}: labels have shape {tuple(y_true.shape)}, predictions "
            f"{tuple(y_pred.shape)}; expected the same shape.{hint}"
        )


def same_rank(where: str, y_true: torch.Tensor, y_pred: torch.Tensor) -> None:
    """Raise `ShapeError` where one of the two would be spread over samples of the other."""
    if y_true.ndim != y_pred.ndim:
        raise ShapeError(
            f"{where}: labels have shape {tuple(y_true.shape)}, predictions "
            f"{tuple(y_pred.shape)}; expected the same number of axes."
        )


def reduce(
    values: torch.Tensor, sample_weight: Any, reduction: str | None, where: str = "loss"
) -> torch.Tensor:
    """Weigh the values and reduce them.

    Args:
        values: float, one per sample or more.
        sample_weight: None, or of the shape of `values` or of its leading axes.
        reduction: one of `REDUCTIONS`.
        where: what an error calls the caller.

    Raises:
        ShapeError: the weights do not fit the values.

    Example:
        >>> reduce(torch.tensor([2.0, 4.0]), torch.tensor([1.0, 0.0]), "sum_over_batch_size")
        tensor(1.)
    """
    weights = None
    if sample_weight is not None:
        weights = torch.as_tensor(sample_weight, device=values.device).to(values)
        shapes = tuple(weights.shape), tuple(values.shape)
        values, weights = match_ranks(values, weights)
        if 0 < weights.ndim < values.ndim:
            weights = weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim))
        try:
            values = values * weights
        except RuntimeError:
            raise ShapeError(
                f"{where}: sample_weight has shape {shapes[0]}, the loss of the samples "
                f"{shapes[1]}; expected one weight per sample."
            ) from None
    if reduction in (None, "none") or values.ndim == 0 or values.numel() == 0:
        return values
    total = values.sum()
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weights is not None:
        divisor = weights.sum()
        safe = torch.where(divisor == 0, torch.ones_like(divisor), divisor)
        return torch.where(divisor == 0, torch.zeros_like(total), total / safe)
    return total / values.numel()
