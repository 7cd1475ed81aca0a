"""Callback: the base of all callbacks, with Keras' hooks and a state that a checkpoint can keep."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Logs = Mapping[str, Any] | None


class CallbackModel(Protocol):
    """What a callback may use of a model."""

    stop_training: bool
    optimizer: Any

    def collect_state(self, spare: Any = None) -> Any: ...
    def get_weights(self) -> list[np.ndarray]: ...
    def set_weights(self, weights: list[np.ndarray]) -> None: ...
    def save_weights(self, path: Any) -> None: ...
    def save(self, path: Any) -> None: ...


class Callback:
    """Override the hooks you need; `self.model` and `self.params` are set before training.

    `params` holds "epochs", "steps", "verbose", "validation", "metrics" (the names in an epoch's logs when they
    reach the callback) and "unnamed" (whether a callback of the user's own may have added others).

    Attributes:
        reports: names that `on_epoch_end` adds to the logs; callbacks further down the list see them.
        only_writes: whether its hooks do nothing but write; where `is_writer` is False they are not called.

    Example:
        >>> class Stop(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         self.model.stop_training = logs["loss"] < 0.1
    """

    reports: tuple[str, ...] = ()
    only_writes: bool = False

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_model(self, model: Any) -> None:
        """Remember the model that is trained."""
        self.model = model

    @property
    def is_writer(self) -> bool:
        """Whether this process writes: of several that train one model one does; see `Model`."""
        return getattr(self.model, "is_writer", True)

    def set_params(self, params: dict[str, Any]) -> None:
        """Remember how it is trained."""
        self.params = params

    def on_train_begin(self, logs: Logs = None) -> None:
        """Called once, before the first epoch."""

    def on_train_end(self, logs: Logs = None) -> None:
        """Called once, after the last epoch."""

    def on_train_abort(self) -> None:
        """Called instead of `on_train_end` where an error ended the training: close what is open."""

    def on_train_resume(self, logs: Logs = None) -> None:
        """Called after `on_train_begin` where the training goes on from a state.

        `logs` says what was restored: "place", "epoch" (finished ones), "batch" and "step" (finished ones),
        "learning_rate", and "best": the name of a watched measure -> its best value.
        """

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        """Called between two steps, and after each epoch, when `self.model.collect_state()` gives the whole training.

        Not called after a step at which the training is stopped.

        Args:
            epoch: how many epochs are finished.
            batch: how many batches of the next epoch are finished; 0 after an epoch.
        """

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Called before an epoch.

        Args:
            epoch: counted from 0.
            logs: nothing, as in Keras.
        """

    def on_epoch_resume(self, epoch: int, batch: int) -> None:
        """Called instead of `on_epoch_begin` where a training goes on within an epoch.

        By default `on_epoch_begin` is called; override it where that would do something twice.

        Args:
            epoch: counted from 0.
            batch: the next one, counted from 0; those before it were trained on.
        """
        self.on_epoch_begin(epoch, {})

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Called after an epoch and its validation.

        Args:
            epoch: counted from 0.
            logs: "loss" and each metric over the epoch, floats, the same of the validation as "val_loss" and so on, and what
                callbacks before this one added (`reports`); a dict that may be added to.
        """

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a training step.

        Args:
            batch: counted from 0, within the epoch.
            logs: nothing, as in Keras.
        """
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a training step.

        Args:
            batch: counted from 0, within the epoch.
            logs: "loss" and each metric over the epoch so far; a GPU is waited for where one of them is read.
        """
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs = None) -> None:
        """Called before evaluation."""

    def on_test_end(self, logs: Logs = None) -> None:
        """Called after evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a batch of evaluation.

        Args:
            batch: counted from 0.
            logs: nothing, as in Keras.
        """

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a batch of evaluation.

        Args:
            batch: counted from 0.
            logs: loss and metrics over the batches so far, read as in `on_train_batch_end`.
        """

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Called before prediction."""

    def on_predict_end(self, logs: Logs = None) -> None:
        """Called after prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a batch of prediction.

        Args:
            batch: counted from 0.
            logs: nothing, as in Keras.
        """

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a batch of prediction.

        Args:
            batch: counted from 0.
            logs: "outputs": the predictions of this batch.
        """

    # Keras' older names of the training batch hooks: heard unless the newer name is overridden.

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before a training step (older name).

        Args: as of `Callback.on_train_batch_begin`.
        """

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after a training step (older name).

        Args: as of `Callback.on_train_batch_end`.
        """

    def resumes_from(self) -> Path | None:
        """Return a folder of states that `fit` shall go on from; None for none."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return what the callback must remember over a restart.

        Plain values, as JSON holds them, except where the callback's own text says arrays. Loaded before `fit`,
        a state is gone on from where a fresh callback would begin anew.
        """
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
