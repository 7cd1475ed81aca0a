"""Waiting: which share of its time a training waits for the next batch."""

import time
from typing import Any

import torch

from convolens.callbacks import Callback


class Waiting(Callback):
    """Measures how long the training stands still until the next batch is there; belongs last among the callbacks.

    On a GPU, which computes while the program goes on, only waiting that finds it with nothing to do counts. The first
    batch of a training is left out: much is done then for the first time. Nothing of it is kept in a state.

    Attributes:
        seconds: of the training steps, waiting included; without validation and checkpoints.
        waited: of these, seconds without a batch.

    Example:
        >>> Waiting().share is None
        True
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds = self.waited = 0.0
        self._mark: float | None = None

    @property
    def share(self) -> float | None:
        """Of the time, in [0, 1]; None before the second batch."""
        return self.waited / self.seconds if self.seconds else None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._mark is not None:
            self._mark = time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._mark is not None and _idle(self.model.device):
            self.waited += time.perf_counter() - self._mark

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if self._mark is not None:
            self.seconds += now - self._mark
        self._mark = now

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        if self._mark is not None:
            self._mark = time.perf_counter()


def _idle(device: torch.device) -> bool:
    """Return whether a device has nothing left to compute; one that cannot be asked counts as idle."""
    return device.type != "cuda" or torch.cuda.current_stream(device).query()
