"""OwnStep: a step that a model's own `train_step`, `test_step` or `predict_step` takes, or whose loss its `compute_loss` is."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.layers.axes import inside_tensors, surface_tensors
from convolens.layers.calls.symbols import mapped
from convolens.tensor import as_tensor
from convolens.training import Batch, Step
from convolens.training.added_losses import Added
from convolens.training.step import as_surface


class OwnStep(Step):
    """A `Step` that asks the model for what its class says itself.

    Args:
        model: with `train_step`, `test_step`, `predict_step`, `compute_loss` and `metrics`.
        own: names of those methods that its class defines.
        arguments, keywords: as of `Step`.
    """

    def __init__(self, model: Any, own: set[str], *arguments: Any, **keywords: Any) -> None:
        self.model, self.own, self.seen = model, own, 0
        self.told: dict[str, Any] = {}
        super().__init__(*arguments, **keywords)
        if "compute_loss" in own:
            self.loss = self._computed

    def _computed(self, y_true: Any, y_pred: Any, weight: Any = None) -> Any:
        """Return the loss of the batch that is taken, as the class computes it."""
        value = self.model.compute_loss(
            x=surface_tensors(self.taken.x),
            y=mapped(_as_labels, y_true),
            y_pred=mapped(as_tensor, y_pred),
            sample_weight=None if weight is None else mapped(_as_labels, weight),
        )
        return torch.as_tensor(value).as_subclass(torch.Tensor)

    def _penalized(self, loss: torch.Tensor, added: Added) -> torch.Tensor:
        return loss if "compute_loss" in self.own else super()._penalized(loss, added)  # its own to add

    def reset(self) -> None:
        """Begin the measures of an epoch anew."""
        super().reset()
        self.told = {}
        self.model._usual = None
        for metric in self.model.metrics:
            metric.reset_state()

    def train(self, batch: Batch) -> None:
        """Let the model take a batch."""
        self._take("train_step", super().train, batch)

    def evaluate(self, batch: Batch) -> None:
        """Let the model measure a batch."""
        with torch.no_grad():
            self._take("test_step", super().evaluate, batch)

    def _take(self, name: str, usual: Callable[[Batch], None], batch: Batch) -> None:
        self.taken = batch.to(self.device)
        if name not in self.own:
            usual(batch)
            return
        batch = self.taken
        self.told = dict(getattr(self.model, name)(data_of(batch)) or {})
        self.samples += batch.size

    def predict(self, batch: Batch) -> Any:
        """Return the predictions of a batch, channels last."""
        if "predict_step" not in self.own:
            return super().predict(batch)
        with torch.no_grad():
            given = self.model.predict_step(data_of(batch.to(self.device)))
        return as_surface(inside_tensors(given))

    def logs(self) -> dict[str, Any]:
        """Return what the model's own step told last; else loss and metrics since `reset`."""
        return {name: _number(value) for name, value in self.told.items()} if self.told else super().logs()


def data_of(batch: Batch) -> Any:
    """Return a batch as Keras gives it to a step: x, (x, y) or (x, y, weights), `Tensor`s in Keras' order."""
    x = surface_tensors(batch.x)
    if batch.y is None:
        return x
    parts = (x, mapped(_as_labels, batch.y))
    return parts if batch.weight is None else (*parts, mapped(_as_labels, batch.weight))


def _as_labels(value: Any) -> Any:
    return None if value is None else as_tensor(value)  # labels lie in Keras' order everywhere


def _number(value: Any) -> Any:
    """Return a value as a log holds it: a float, or an array."""
    if isinstance(value, torch.Tensor):
        value = value.detach().as_subclass(torch.Tensor).cpu().numpy()
    return float(value) if getattr(value, "ndim", 0) == 0 else value
