"""The loops: epochs of training steps with events in between, one pass of evaluation, one of prediction."""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from convolens.errors import ArgumentError
from convolens.memory import kept_memory
from convolens.training.batches import Batch, Source
from convolens.training.state import Progress, RandomStates
from convolens.training.step import LazyLogs, Step

# Whether Ctrl-C goes on to who called `fit` once the training is ended, as in Keras.
CTRL_C_GOES_ON: ContextVar[bool] = ContextVar("ctrl_c_goes_on", default=False)


@contextmanager
def batches_of(source: Source, epoch: int, start: int = 0) -> Iterator[Iterator[Batch]]:
    """Give the batches of an epoch from `start` on; whatever ends it, threads that prepare them end with it."""
    batches = source.epoch(epoch, start)
    try:
        yield batches
    finally:
        if hasattr(batches, "close"):
            batches.close()


def evaluate(step: Step, source: Source, events: Any) -> dict[str, Any]:
    """Return loss and metrics over one pass of `source`, in inference mode.

    Args:
        step: holds network, loss and metrics.
        source: of samples and labels; its first epoch is taken.
        events: told of begin and end (a `CallbackList`, or anything with its hooks).

    Raises:
        ArgumentError: the pass held no batch.
    """
    events.on_test_begin()
    step.reset()
    with kept_memory(), batches_of(source, 0) as batches:
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
    """Return the predictions of each batch of one pass, in inference mode.

    Args:
        step: holds the network.
        source: of samples; its first epoch is taken.
        events: told of begin and end (a `CallbackList`, or anything with its hooks).
    """
    outputs = []
    events.on_predict_begin()
    with kept_memory(), batches_of(source, 0) as batches:
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
    progress: Progress,
    should_stop: Callable[[], bool],
    validate: Callable[[], dict[str, Any]] | None = None,
    validation_due: Callable[[int], bool] = lambda epoch: True,
    resumed: Mapping[str, Any] | None = None,
) -> bool:
    """Train from where `progress` is to its last epoch, and return whether Ctrl-C ended it.

    An epoch for which the source has no batch left ends the training: there is nothing to measure. Between two steps,
    and after each epoch, `events.on_checkpoint` is told: then the whole state can be collected.

    Args:
        step: what is trained.
        source: the training batches.
        events: told of every begin and end (a `CallbackList`, or anything with its hooks).
        progress: where to begin; moved on.
        should_stop: asked after every batch and epoch.
        validate: returns loss and metrics on the validation data.
        validation_due: whether an epoch ends with `validate`.
        resumed: what was restored, for `events.on_train_resume`; None for a training from its beginning.

    Raises:
        KeyboardInterrupt: Ctrl-C ended it, where `CTRL_C_GOES_ON`.
    """
    logs: dict[str, Any] = {}
    interrupted = False
    try:
        events.on_train_begin()
        if resumed is not None:
            events.on_train_resume(resumed)
        with kept_memory():
            while progress.epoch < progress.epochs and not progress.stopped:
                epoch = progress.epoch
                _train_epoch(step, source, events, progress, should_stop)
                if step.samples == 0:
                    break
                logs = step.logs()
                if (
                    not math.isfinite(logs.get("loss", 0.0)) and not should_stop()
                ):  # TerminateOnNaN said it already
                    warnings.warn(
                        f"The loss is {logs['loss']} in epoch {epoch + 1}: the weights are no longer of use. Try a "
                        "smaller learning rate, check the data, or add TerminateOnNaN.",
                        stacklevel=3,
                    )
                if validate is not None and validation_due(epoch):
                    logs |= {f"val_{name}": value for name, value in validate().items()}
                events.on_epoch_end(epoch, dict(logs))
                progress.epoch, progress.batch, progress.stopped = epoch + 1, 0, should_stop()
                events.on_checkpoint(progress.epoch, 0)
    except KeyboardInterrupt:
        interrupted = True
    except BaseException:
        events.on_train_abort()
        raise
    step.finish()
    events.on_train_end(dict(logs))
    if interrupted and CTRL_C_GOES_ON.get():
        raise KeyboardInterrupt
    return interrupted


def _train_epoch(
    step: Step, source: Source, events: Any, progress: Progress, should_stop: Callable[[], bool]
) -> None:
    """Take the steps of an epoch, or of what is left of it after a restart."""
    epoch, start, generators = progress.epoch, progress.batch, RandomStates()
    restored, progress.random = progress.random, None
    if start:
        generators.load_state_dict(progress.random_at_epoch)  # for a source that draws from them as it begins
        events.on_epoch_resume(epoch, start)
    else:
        if restored is not None:
            generators.load_state_dict(restored)
        step.reset()
        events.on_epoch_begin(epoch)
        progress.random_at_epoch = generators.state_dict()
    with batches_of(source, epoch, start) as batches:
        if start and restored is not None:
            generators.load_state_dict(restored)
        for index, batch in enumerate(batches, start):
            events.on_train_batch_begin(index)
            step.train(batch)
            progress.batch, progress.step = index + 1, progress.step + 1
            events.on_train_batch_end(index, LazyLogs(step))
            if should_stop():
                break
            events.on_checkpoint(epoch, index + 1)
