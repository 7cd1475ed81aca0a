"""The mean of values over samples, weighted: what most metrics are made of."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.losses.loss import as_float, match_ranks
from convolens.metrics.metric import Metric
from convolens.naming import snake_case


class MeanMetric(Metric):
    """Mean of a function `fn(y_true, y_pred)`: weighted values over the sum of the weights.

    Args:
        function: returns one value per sample (or per element), or a scalar for the batch.
        name: what logs call it; by default the function's name.
        dtype: accepted; sums are float64.
        arguments: further keyword arguments for the function.

    Example:
        >>> metric = MeanMetric(lambda y_true, y_pred: (y_true - y_pred).abs(), name="distance")
        >>> metric([1.0, 2.0], [1.0, 4.0])
        1.0
    """

    def __init__(
        self,
        function: Callable[..., torch.Tensor] | None,
        name: str | None = None,
        dtype: Any = None,
        **arguments: Any,
    ) -> None:
        if name is None and type(self) is MeanMetric:
            own_name = getattr(function, "name", None) or getattr(function, "__name__", None)
            name = own_name or snake_case(type(function).__name__)
        super().__init__(name, dtype)
        self.function = function
        self.arguments = arguments
        self.add_state("total")
        self.add_state("count")

    def values(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return what is averaged: one value per sample or element.

        Args:
            y_true: labels, a tensor on the device of the predictions.
            y_pred: predictions, float32 or float64.

        Raises:
            ShapeError: they do not fit together.
        """
        if self.function is None:
            raise NotImplementedError
        return self.function(*match_ranks(y_true, y_pred), **self.arguments)

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch of labels and predictions."""
        y_pred = as_float(y_pred)
        y_true = torch.as_tensor(y_true, device=y_pred.device)
        self.take_in(self.values(y_true, y_pred), sample_weight)

    def take_in(self, values: Any, sample_weight: Any = None) -> None:
        """Add values to the mean.

        Args:
            values: of shape (), (n,) or (n, ...); further axes are averaged first.
            sample_weight: one weight a sample, or None for 1.

        Raises:
            ShapeError: the weights do not fit the values.
        """
        values = as_float(values)
        weights = None
        if sample_weight is not None:
            weights = torch.as_tensor(sample_weight, device=values.device).to(values)
        values, weights = per_sample(values, weights, self.name)
        if weights is not None:
            count = weights.sum()
        else:
            count = torch.full((), values.shape[0] if values.ndim else 1.0, device=values.device)
        self.accumulate(total=values.sum(), count=count)

    def result(self) -> Any:
        """Return the mean so far, 0.0 before the first value."""
        total, count = self.state("total").item(), self.state("count").item()
        return total / count if count else 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype, **self.arguments}


class MeanMetricWrapper(MeanMetric):
    """`MeanMetric` by Keras' words, to make classes of one's own from.

    Args:
        fn: as `function` of `MeanMetric`.
        name: what logs call it; by default the class name in snake case.
        dtype: accepted; sums are float64.
        arguments: further keyword arguments for the function.

    Example:
        >>> MeanMetricWrapper(fn=lambda y_true, y_pred: (y_true - y_pred).abs(), name="distance")([1.0, 2.0], [1.0, 4.0])
        1.0

    Source: Keras 3 `keras.metrics.MeanMetricWrapper`.
    """

    def __init__(
        self, fn: Callable[..., torch.Tensor], name: str | None = None, dtype: Any = None, **arguments: Any
    ) -> None:
        super().__init__(fn, name, dtype, **arguments)
        self.fn = fn

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return super().get_config() | {"fn": self.fn}


class Mean(MeanMetric):
    """Mean of values given directly: `update_state(values, sample_weight=None)`.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.

    Example:
        >>> mean = Mean()
        >>> mean.update_state([1.0, 3.0], sample_weight=[1.0, 0.0])
        >>> mean.result()
        1.0

    Source: Keras 3 `keras.metrics.Mean`.
    """

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(None, name, dtype)

    @torch.no_grad()
    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in values of shape (), (n,) or (n, ...); further axes are averaged first."""
        self.take_in(values, sample_weight)

    def __call__(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Take in values and return the mean so far."""
        self.update_state(values, sample_weight)
        return self.result()


class Sum(Mean):
    """Sum of values given directly, each times its weight.

    Args:
        name: what logs call it.

    Example:
        >>> total = Sum()
        >>> total.update_state([1.0, 3.0])
        >>> total.result()
        4.0

    Source: Keras 3 `keras.metrics.Sum`.
    """

    def result(self) -> Any:
        """Return the sum so far."""
        return self.state("total").item()


def per_sample(
    values: torch.Tensor, weights: torch.Tensor | None, where: str
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return one (weighted) value and one weight per sample, averaging all further axes.

    Raises:
        ShapeError: the weights do not fit the values.

    Source: Keras 3 `reduce_to_samplewise_values`.
    """
    if weights is not None:
        shapes = tuple(weights.shape), tuple(values.shape)
        values, weights = match_ranks(values, weights)
        if values.ndim > weights.ndim:
            values = values.mean(dim=tuple(range(weights.ndim, values.ndim)))
        try:
            weights = weights.broadcast_to(values.shape)
        except RuntimeError:
            raise ShapeError(
                f"{where}: sample_weight has shape {shapes[0]}, the values of the samples "
                f"{shapes[1]}; expected one weight per sample."
            ) from None
        values = values * weights
        if weights.ndim > 1:
            weights = weights.mean(dim=tuple(range(1, weights.ndim)))
    if values.ndim > 1:
        values = values.mean(dim=tuple(range(1, values.ndim)))
    return values, weights
