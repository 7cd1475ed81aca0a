"""One step of training, of evaluation or of prediction on one batch."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import torch

from convolens.errors import CheckpointError
from convolens.training.added_losses import Added, collected
from convolens.training.batches import Batch
from convolens.training.mode import mode
from convolens.training.precision import GradientHook, Precision, widen


class Measured(Protocol):
    """What a step needs of a metric."""

    name: str

    def reset_state(self) -> None: ...
    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None: ...
    def result(self) -> Any: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> None: ...


def names_in_logs(metrics: Iterable[Any], weighted_metrics: Iterable[Any]) -> list[str]:
    """Return what the logs call metrics, those with sample weights last: of a name that is taken they say that they are weighted.

    Args:
        metrics, weighted_metrics: with a `name`, and a `weighted_name` where that is not "weighted_" before it.

    Example:
        >>> from convolens.metrics import BinaryAccuracy
        >>> names_in_logs([BinaryAccuracy()], [BinaryAccuracy(), BinaryAccuracy()])
        ['binary_accuracy', 'weighted_binary_accuracy', 'weighted_binary_accuracy_1']

    Source: Keras 3 `CompileMetrics.result`.
    """
    times: Counter[str] = Counter()
    wanted = [(metric.name, metric.name) for metric in metrics]
    wanted += [
        (metric.name, getattr(metric, "weighted_name", f"weighted_{metric.name}"))
        for metric in weighted_metrics
    ]
    names = []
    for first, otherwise in wanted:
        name = otherwise if first in times else first
        names.append(f"{name}_{times[name]}" if name in times else name)
        times[name] += 1
    return names


def as_surface(output: Any) -> Any:
    """Return a network's output as losses, metrics and users see it: channels last."""
    if isinstance(output, (list, tuple)):
        return [as_surface(item) for item in output]
    if isinstance(output, dict):
        return {name: as_surface(item) for name, item in output.items()}
    return output.permute(0, 2, 3, 1) if output.ndim == 4 else output


def _detached(output: Any) -> Any:
    if isinstance(output, (list, tuple)):
        return [item.detach() for item in output]
    if isinstance(output, dict):
        return {name: item.detach() for name, item in output.items()}
    return output.detach()


def _forward(module: torch.nn.Module, x: torch.Tensor) -> tuple[Any, list[tuple[Any, float]]]:
    """Return a network's output, and those of auxiliary classifiers with the weights of their losses."""
    weighted = getattr(module, "auxiliary", None)
    if not weighted:
        return module(x), []
    output, others = module.forward_with_auxiliary(x)  # type: ignore[operator]
    return output, [(other, weight) for other, (_, weight) in zip(others, weighted, strict=True)]


class Step:
    """A module with its loss, optimizer and metrics; keeps the running mean of the loss on the device.

    Args:
        module: maps batch.x to predictions.
        loss: (y_true, y_pred, sample_weight) -> scalar; None for prediction only.
        optimizer: with `zero_grad` and `apply`; None where nothing is trained, or can be.
        metrics: updated without sample weights.
        weighted_metrics: updated with them.
        device: where the module is.
        precision: of the training steps; None is float32.
        part: returns the part of the module that runs, on batches of what comes before it; None runs all of it.
        reduce_gradients: given the gradients of a batch, to change in place before they are clipped and taken in: the mean over
            several processes, say.
        penalties: functions of nothing whose values are added to the loss: on weights, say.
    """

    def __init__(
        self,
        module: torch.nn.Module,
        loss: Any,
        optimizer: Any,
        metrics: list[Measured],
        weighted_metrics: list[Measured],
        device: torch.device,
        precision: Precision | None = None,
        part: Callable[[], torch.nn.Module | None] = lambda: None,
        reduce_gradients: GradientHook | None = None,
        penalties: Sequence[Callable[[], torch.Tensor]] = (),
    ) -> None:
        self.penalties = penalties
        self.part, self.reduce_gradients = part, reduce_gradients
        self.module, self.loss, self.optimizer = module, loss, optimizer
        self.metrics, self.weighted_metrics = metrics, weighted_metrics
        self.device = device
        self.precision = precision or Precision()
        self.reset()

    @property
    def running(self) -> torch.nn.Module:
        """What a batch is given to."""
        part = self.part()
        return self.module if part is None else part

    def reset(self) -> None:
        """Begin the measures of an epoch anew."""
        self.loss_sum = torch.zeros((), device=self.device)
        self.samples = 0
        self.added_sums: dict[str, torch.Tensor] = {}
        self.has_added = hasattr(
            self.module, "forget_losses"
        )  # whether layers may have added losses in the last run
        for metric in (*self.metrics, *self.weighted_metrics):
            metric.reset_state()

    def _taken(self, batch: Batch) -> Batch:
        """Return a batch where the module is, which forgets what it added in the run before."""
        if self.has_added:
            self.module.forget_losses()  # type: ignore[operator]
        return batch.to(self.device)

    def _measure(self, batch: Batch, output: torch.Tensor, loss: torch.Tensor, added: Added) -> None:
        self.has_added = bool(added.losses)
        for name, values in added.metrics.items():
            sums = torch.stack([values.double().sum(), values.new_tensor(values.numel()).double()])
            self.added_sums[name] = self.added_sums.get(name, 0) + sums
        self.loss_sum += loss.detach() * batch.size
        self.samples += batch.size
        for metric in self.metrics:
            metric.update_state(batch.y, output)
        for metric in self.weighted_metrics:
            metric.update_state(batch.y, output, batch.weight)

    def _penalized(self, loss: torch.Tensor, added: Added) -> torch.Tensor:
        """Return a loss with the penalties, and with what layers added while they ran."""
        for penalty in self.penalties:
            loss = loss + penalty()
        for other in added.losses:
            loss = loss + other
        return loss

    def train(self, batch: Batch) -> None:
        """Take a batch's gradients into the optimizer; where there is none, measure it as in training."""
        batch = self._taken(batch)
        if self.optimizer is None:
            with torch.no_grad(), collected() as added, mode(self.running, training=True):
                output = as_surface(self.running(batch.x))
                loss = self._penalized(self.loss(batch.y, output, batch.weight), added)
                self._measure(batch, output, loss, added)
            return
        if self.optimizer.averages_in_model:
            self.optimizer.swap_averages()
        self.optimizer.zero_grad()
        running = self.running
        with mode(running, training=True):  # in the backward pass too: parts may be computed again in it
            with self.precision.autocast(self.device), collected() as added:
                output, auxiliary = _forward(running, batch.x)
            output = as_surface(widen(output))
            loss = self.loss(batch.y, output, batch.weight)
            for other, weight in auxiliary:
                loss = loss + weight * self.loss(batch.y, as_surface(widen(other)), batch.weight)
            loss = self._penalized(loss, added)
            self.precision.step(loss, self.optimizer, self.reduce_gradients)
        with torch.no_grad():
            self._measure(batch, _detached(output), loss, added)

    def finish(self) -> None:
        """End a training: where the optimizer averages weights, the averages are the result."""
        if self.optimizer is not None:
            self.optimizer.use_averages()

    def evaluate(self, batch: Batch) -> None:
        """Measure a batch, changing nothing."""
        batch = batch.to(self.device)
        with torch.inference_mode():
            with collected() as added:
                output = self.predict(batch)
            loss = self._penalized(self.loss(batch.y, output, batch.weight), added)
            self._measure(batch, output, loss, added)

    def predict(self, batch: Batch) -> Any:
        """Return the predictions of a batch, channels last."""
        running = self.running
        with torch.inference_mode(), mode(running, training=False):
            return as_surface(running(batch.to(self.device).x))

    def state_dict(self) -> dict[str, Any]:
        """Return the sums since `reset`, to go on from within an epoch."""
        measured = (*self.metrics, *self.weighted_metrics)
        return {
            "loss_sum": self.loss_sum,
            "samples": self.samples,
            "metrics": [[metric.name, metric.state_dict()] for metric in measured],
            "added_sums": self.added_sums,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from sums.

        Raises:
            CheckpointError: they are of other metrics.
        """
        measured = (*self.metrics, *self.weighted_metrics)
        names, given = [metric.name for metric in measured], [name for name, _ in state["metrics"]]
        if names != given:
            raise CheckpointError(
                f"state: within an epoch of the metrics {', '.join(given) or 'none'}; the model is compiled with "
                f"{', '.join(names) or 'none'}. Compile it as before."
            )
        self.loss_sum = state["loss_sum"].to(self.device)
        self.samples = int(state["samples"])
        self.added_sums = {
            name: sums.to(self.device) for name, sums in state.get("added_sums", {}).items()
        }  # older states have none
        for metric, (_, sums) in zip(measured, state["metrics"], strict=True):
            metric.load_state_dict(sums)

    def logs(self) -> dict[str, Any]:
        """Return loss and metrics since `reset`, as floats."""
        values: dict[str, Any] = {"loss": float(self.loss_sum) / max(self.samples, 1)}
        names = names_in_logs(self.metrics, self.weighted_metrics)
        for name, metric in zip(names, (*self.metrics, *self.weighted_metrics), strict=True):
            values[name] = metric.result()
        for name, (total, count) in self.added_sums.items():
            values[name] = float(total) / max(float(count), 1)
        return values


class LazyLogs(Mapping[str, Any]):
    """A step's logs, read from the device only when somebody looks."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._values: dict[str, Any] | None = None

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = self._step.logs()
        return self._values

    def __getitem__(self, key: str) -> Any:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
