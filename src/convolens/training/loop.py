"""The loops: epochs of training steps with events in between, one pass of evaluation, one of prediction."""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.training.batches import Batch, Source
from convolens.training.step import LazyLogs, Step


@contextmanager
def mode(module: torch.nn.Module, training: bool) -> Iterator[None]:
    """Put a module into training or inference mode, and back afterwards."""
    before = module.training
    module.train(training)
    try:
        yield
    finally:
        module.train(before)


@contextmanager
def batches_of(source: Source, epoch: int) -> Iterator[Iterator[Batch]]:
    """Give the batches of an epoch; whatever ends it, threads that prepare them end with it."""
    batches = source.epoch(epoch)
    try:
        yield batches
    finally:
        if hasattr(batches, "close"):
            batches.close()


def evaluate(step: Step, source: Source, events: Any) -> dict[str, Any]:
    """Return loss and metrics over one pass of `source`, in inference mode.

    Raises:
        ArgumentError: the pass held no batch.
    """
    events.on_test_begin()
    step.reset()
    with mode(step.module, training=False), batches_of(source, 0) as batches:
        for index, batch in enumerate(batches):
            events.on_test_batch_begin(index)
            step.evaluate(batch)
            events.on_test_batch_end(index, LazyLogs(step))
    if step.samples == 0:
        raise ArgumentError(
            "evaluate: the data held no batch; where a generator gave all it had before, give steps "
            "(validation_steps in fit) and make it endless, or give a list of batches."
        )
    logs = step.logs()
    events.on_test_end(logs)
    return logs


def predict(step: Step, source: Source, events: Any) -> list[Any]:
    """Return the predictions of each batch of one pass, in inference mode."""
    outputs = []
    events.on_predict_begin()
    with mode(step.module, training=False), batches_of(source, 0) as batches:
        for index, batch in enumerate(batches):
            events.on_predict_batch_begin(index)
            outputs.append(step.predict(batch))
            events.on_predict_batch_end(index, {"outputs": outputs[-1]})
    events.on_predict_end()
    return outputs


def fit(
    step: Step,
    source: Source,
    events: Any,
    epochs: range,
    should_stop: Callable[[], bool],
    validate: Callable[[], dict[str, Any]] | None = None,
    validation_due: Callable[[int], bool] = lambda epoch: True,
) -> bool:
    """Train for the given epochs and return whether Ctrl-C ended it.

    An epoch for which the source has no batch left ends the training: there is nothing to measure.

    Args:
        step: what is trained.
        source: the training batches.
        events: told of every begin and end (a `CallbackList`, or anything with its hooks).
        epochs: numbers from 0.
        should_stop: asked after every batch and epoch.
        validate: returns loss and metrics on the validation data.
        validation_due: whether an epoch ends with `validate`.
    """
    logs: dict[str, Any] = {}
    interrupted = False
    try:
        events.on_train_begin()
        with mode(step.module, training=True):
            for epoch in epochs:
                step.reset()
                events.on_epoch_begin(epoch)
                with batches_of(source, epoch) as batches:
                    for index, batch in enumerate(batches):
                        events.on_train_batch_begin(index)
                        step.train(batch)
                        events.on_train_batch_end(index, LazyLogs(step))
                        if should_stop():
                            break
                if step.samples == 0:
                    break
                logs = step.logs()
                if not math.isfinite(logs["loss"]) and not should_stop():  # TerminateOnNaN said it already
                    warnings.warn(
                        f"The loss is {logs['loss']} in epoch {epoch + 1}: the weights are no longer of use. Try a "
                        "smaller learning rate, check the data, or add TerminateOnNaN.",
                        stacklevel=3,
                    )
                if validate is not None and validation_due(epoch):
                    logs |= {f"val_{name}": value for name, value in validate().items()}
                events.on_epoch_end(epoch, dict(logs))
                if should_stop():
                    break
    except KeyboardInterrupt:
        interrupted = True
    except BaseException:
        events.on_train_abort()
        raise
    events.on_train_end(dict(logs))
    return interrupted
