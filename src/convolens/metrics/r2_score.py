"""R2 score: the share of the variance of numbers that predictions explain."""

import warnings
from typing import Any

import torch

from convolens.arguments import integer, one_of
from convolens.errors import ShapeError
from convolens.losses.loss import as_float, match_ranks
from convolens.metrics.metric import Metric
from convolens.metrics.thresholds import weights_of


class R2Score(Metric):
    """One less the squared errors over the squared differences from the mean: 1 is perfect, 0 as good as the mean.

    Args:
        class_aggregation: "uniform_average" (the mean over columns), "variance_weighted_average", or None (one value per column).
        num_regressors: of the adjusted score; 0 for the plain one.
        name: what logs call it.
        dtype: accepted; sums are float64.

    Shapes: labels and predictions (n, columns), or one of them (n,) beside (n, 1).

    Raises:
        UnknownNameError: no such aggregation; the nearest is offered.
        ArgumentError: num_regressors below 0.

    Example:
        >>> round(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]]), 4)
        0.5714

    Source: Keras 3 `keras.metrics.R2Score`.
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        known = (None, "uniform_average", "variance_weighted_average")
        self.class_aggregation = one_of("R2Score", "class_aggregation", class_aggregation, known)
        self.num_regressors = integer("R2Score", "num_regressors", num_regressors, 0)
        for state in ("sum", "squared_sum", "residual", "count"):
            self.add_state(state, (0,))  # as many as columns, from the first batch
        self.add_state("num_samples")

    @torch.no_grad()
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Raises:
            ShapeError: labels or predictions are not (samples, columns), or do not fit together.
        """
        y_pred = as_float(y_pred)
        y_true, y_pred = match_ranks(torch.as_tensor(y_true, device=y_pred.device), y_pred)
        if y_pred.ndim != 2 or y_true.shape != y_pred.shape:
            raise ShapeError(
                f"R2Score: labels of shape {tuple(y_true.shape)} and predictions of shape {tuple(y_pred.shape)}; "
                "expected both (samples, columns)."
            )
        weights = weights_of("R2Score", sample_weight, y_pred)  # (n, columns)
        y_true, y_pred = y_true.to(weights), y_pred.to(weights)
        self.accumulate(
            sum=(y_true * weights).sum(0),
            squared_sum=(y_true**2 * weights).sum(0),
            residual=((y_true - y_pred) ** 2 * weights).sum(0),
            count=weights.sum(0),
            num_samples=torch.full((), float(y_true.numel()), device=y_true.device),
        )

    def result(self) -> Any:
        """Return the score so far: a float, or for class_aggregation=None an array, one value per column.

        Warns, as Keras, where there are not more values than `num_regressors`, and gives the plain score.
        """
        total = self.state("squared_sum") - self.state("sum") ** 2 / self.state("count")
        score = 1.0 - self.state("residual") / total
        score = torch.where(score.isinf(), 0.0, score)
        if self.class_aggregation == "uniform_average":
            score = score.mean()
        elif self.class_aggregation == "variance_weighted_average":
            score = (total * score).sum() / total.sum()
        if self.num_regressors:
            left = self.state("num_samples").item() - self.num_regressors - 1
            if left > 0:
                score = 1.0 - (1.0 - score) * (left + self.num_regressors) / left
            else:
                warnings.warn(
                    f"R2Score: num_regressors={self.num_regressors} are too many for "
                    f"{left + self.num_regressors + 1:.0f} values; the plain score is given.",
                    UserWarning,
                    stacklevel=2,
                )
        return score.item() if score.ndim == 0 else score.numpy()
