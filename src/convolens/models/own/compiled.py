"""What a `train_step` of the user's own asks of what was compiled: `compiled_loss`, `compiled_metrics`."""

from collections.abc import Iterable
from typing import Any

import torch

from convolens.layers.calls.symbols import mapped
from convolens.metrics import Mean, Metric
from convolens.tensor import Tensor, as_tensor


class CompiledLoss:
    """The loss of a model as TensorFlow 2's `compiled_loss`: the value with penalties, which the metric "loss" takes in.

    Args:
        loss: (y_true, y_pred, sample_weight) -> scalar.
    """

    def __init__(self, loss: Any) -> None:
        self.loss, self.tracker = loss, Mean(name="loss")
        self.name = getattr(loss, "name", "loss")

    def __call__(
        self,
        y_true: Any,
        y_pred: Any,
        sample_weight: Any = None,
        regularization_losses: Iterable[Any] | None = None,
    ) -> Any:
        """Return the loss of a batch, a scalar `Tensor` followed by autograd.

        Args:
            y_true, y_pred: labels and predictions in Keras' order.
            sample_weight: one weight a sample, or None.
            regularization_losses: added, as `model.losses`.
        """
        value = self.loss(plain(y_true), plain(y_pred), plain(sample_weight))
        for other in regularization_losses or ():
            value = value + torch.as_tensor(other).as_subclass(torch.Tensor)
        self.tracker.update_state(value.detach())
        return value.as_subclass(Tensor)

    @property
    def metrics(self) -> list[Metric]:
        """The metric "loss"."""
        return [self.tracker]

    def reset_state(self) -> None:
        """Begin the mean of the loss anew."""
        self.tracker.reset_state()


class CompiledMetrics(list[Any]):
    """The metrics of a model: a list that is updated as one.

    Args:
        metrics: those that look at no weights.
        weighted: those that do, which are updated with them and are not in the list.
    """

    def __init__(self, metrics: Iterable[Any] = (), weighted: Iterable[Any] = ()) -> None:
        super().__init__(metrics)
        self.weighted = list(weighted)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch.

        Args:
            y_true, y_pred: labels and predictions in Keras' order.
            sample_weight: one weight a sample, for the weighted metrics; or None.
        """
        for metric in self:
            metric.update_state(plain(y_true), plain(y_pred))
        for metric in self.weighted:
            metric.update_state(plain(y_true), plain(y_pred), plain(sample_weight))

    @property
    def metrics(self) -> list[Any]:
        """The metrics, the weighted ones last."""
        return [*self, *self.weighted]

    def reset_state(self) -> None:
        """Begin all of them anew."""
        for metric in self.metrics:
            metric.reset_state()

    def result(self) -> dict[str, Any]:
        """Return name -> value."""
        return {metric.name: metric.result() for metric in self.metrics}


def plain(value: Any) -> Any:
    """Return values as torch's tensors in Keras' order, within lists and dicts too; None stays."""
    return mapped(lambda one: None if one is None else as_tensor(one).as_subclass(torch.Tensor), value)
