"""SeveralLosses: the losses of a model of several outputs as one, and what the logs show of them and of the outputs' metrics."""

import copy
from collections.abc import Sequence
from typing import Any

import torch

from convolens import losses, metrics
from convolens.errors import ArgumentError
from convolens.models.outputs.by_output import by_output


class SeveralLosses:
    """The weighted sum of one loss for each output, called like a loss: on lists.

    Args:
        names: of the outputs, in order.
        loss: a loss for all, or a list or dict by output; None leaves an output untrained.
        loss_weights: the same of numbers; None is 1.

    Raises:
        ArgumentError: no output has a loss. Others: as of `by_output` and `losses.get`.

    Example:
        >>> both = SeveralLosses(["a", "b"], "mse", [1.0, 0.5])
        >>> float(both([torch.zeros(2, 1), torch.zeros(2, 1)], [torch.ones(2, 1), torch.ones(2, 1)]))
        1.5

    Source: Keras 3 `CompileLoss`.
    """

    name = "loss"

    def __init__(self, names: Sequence[str], loss: Any, loss_weights: Any = None) -> None:
        self.names = list(names)
        given = by_output("compile", "loss", loss, names)
        self.losses = [None if one is None else losses.get(one) for one in given]
        if all(one is None for one in self.losses):
            raise ArgumentError(f"compile: no output has a loss; outputs: {', '.join(names)}.")
        weights = by_output("compile", "loss_weights", loss_weights, names)
        self.weights = [1.0 if weight is None else float(weight) for weight in weights]
        self.last: dict[str, torch.Tensor] = {}  # name of an output -> its loss in the last batch

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the weighted sum.

        Args:
            y_true, y_pred: one for each output, in lists, or in dicts by name.
            sample_weight: one array for all, or a list of one for each output.
        """
        trues, predictions = (
            by_output("loss", "y", y_true, self.names),
            by_output("loss", "y", y_pred, self.names),
        )
        weights = by_output("loss", "sample_weight", sample_weight, self.names)
        total: Any = 0.0
        for name, loss, factor, true, prediction, weight in zip(
            self.names, self.losses, self.weights, trues, predictions, weights, strict=True
        ):
            if loss is not None and true is not None:
                value = loss(true, prediction, weight)
                self.last[name] = value.detach()
                total = total + factor * value
        return total


class OutputLoss(metrics.Mean):
    """The mean loss of one output over an epoch, as the last call of the losses found it.

    Args:
        losses: of the model.
        output: the name of the output.
    """

    def __init__(self, losses: SeveralLosses, output: str) -> None:
        super().__init__(name=f"{output}_loss")
        self.losses, self.output = losses, output

    def update_state(self, y_true: Any, y_pred: Any = None, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in the last batch.

        Args:
            y_true: of all outputs; its length counts.
            y_pred, sample_weight: as of any metric; not used.
        """
        if self.output in self.losses.last:
            first = next(one for one in y_true if one is not None)
            size = torch.as_tensor(float(len(first)))
            super().update_state(self.losses.last[self.output], size.to(self.losses.last[self.output].device))


class OutputMetric:
    """A metric of one output among several.

    Args:
        output: the name of the output.
        place: which it is.
        metric: updated with the labels and predictions of this output.
    """

    def __init__(self, output: str, place: int, metric: metrics.Metric) -> None:
        self.name, self.output, self.place, self.metric = f"{output}_{metric.name}", output, place, metric
        self.weighted_name = f"{output}_weighted_{metric.name}"  # in the logs, where the name is taken
        self.reset_state, self.result = metric.reset_state, metric.result

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Args:
            y_true, y_pred, sample_weight: of all outputs, in lists.
        """
        weight = sample_weight[self.place] if isinstance(sample_weight, list) else sample_weight
        prediction = y_pred[self.output] if isinstance(y_pred, dict) else y_pred[self.place]
        if y_true[self.place] is not None:
            self.metric.update_state(y_true[self.place], prediction, weight)

    def __copy__(self) -> "OutputMetric":
        return OutputMetric(self.output, self.place, copy.copy(self.metric))

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return the sums of the metric."""
        return self.metric.state_dict()

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from sums."""
        self.metric.load_state_dict(state)


def metrics_by_output(names: Sequence[str], given: Any) -> list[OutputMetric]:
    """Return the metrics of each output.

    Args:
        names: of the outputs.
        given: a dict by the outputs' names; a list of one entry (or list) for each output, where any of them is a list; else
            metrics, alone or in a list, of every output.

    Raises:
        UnknownNameError: a metric or an output that is not known.
    """
    if given is None:
        return []
    apart = isinstance(given, dict) and "class_name" not in given
    nested = isinstance(given, (list, tuple)) and any(
        isinstance(one, (list, tuple, type(None))) for one in given
    )
    each = by_output("compile", "metrics", given, names) if apart or nested else [given] * len(names)
    found = []
    for place, (name, wanted) in enumerate(zip(names, each, strict=True)):
        for one in wanted if isinstance(wanted, (list, tuple)) else [] if wanted is None else [wanted]:
            metric = copy.deepcopy(one) if isinstance(one, metrics.Metric) else metrics.get(one)
            found.append(OutputMetric(name, place, metric))
    return found
