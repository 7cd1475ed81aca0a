"""MeanTensor: the mean of each value of a tensor, of Keras 2."""

from typing import Any

import numpy as np
import torch

from convolens.errors import ShapeError
from convolens.losses.loss import as_float
from convolens.metrics.metric import Metric


class MeanTensor(Metric):
    """The mean of each value of tensors of one shape, `update_state(values, sample_weight=None)`, as Keras 2's `keras.metrics.MeanTensor`.

    Args:
        name: what logs call it.
        dtype: accepted; sums are float64.
        shape: of the values; None takes that of the first.

    Example:
        >>> mean = MeanTensor()
        >>> mean.update_state([0.0, 1.0])
        >>> mean.update_state([2.0, 5.0], sample_weight=[1.0, 0.0])
        >>> mean.result().tolist()
        [1.0, 1.0]
    """

    def __init__(self, name: str | None = None, dtype: Any = None, shape: Any = None) -> None:
        super().__init__(name or "mean_tensor", dtype)
        self.shape = None if shape is None else tuple(shape)
        self.add_state("total", self.shape or (0,))
        self.add_state("count", self.shape or (0,))

    @torch.no_grad()
    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in a tensor.

        Args:
            values: of the shape of those before.
            sample_weight: what each value counts, of their shape or one that spreads to it; None for 1.

        Raises:
            ShapeError: another shape.
        """
        values = as_float(values)
        if self.shape is None:
            self.shape = tuple(values.shape)
        if tuple(values.shape) != self.shape:
            raise ShapeError(
                f"{self.name}: expected values of shape {self.shape}, as those before; received {tuple(values.shape)}."
            )
        count = torch.ones_like(values)
        if sample_weight is not None:
            weights = torch.as_tensor(sample_weight, device=values.device).to(values)
            while weights.ndim < values.ndim:
                weights = weights.unsqueeze(-1)  # one a sample
            count = count * weights
        self.accumulate(total=values * count, count=count)

    def __call__(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Take in a tensor and return the means so far."""
        self.update_state(values, sample_weight)
        return self.result()

    def result(self) -> np.ndarray:
        """Return the means so far, float32; 0 where nothing counted."""
        total, count = self.state("total"), self.state("count")
        means: np.ndarray = torch.where(count == 0, 0.0, total / count).float().numpy()
        return means

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype, "shape": self.shape}
