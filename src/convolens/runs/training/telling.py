"""TellEpochs: an event for each epoch that ends."""

import time
from collections.abc import Callable
from typing import Any

from convolens.callbacks import Callback
from convolens.runs.output.events import Epoch, Listener


class TellEpochs(Callback):
    """Tells of every epoch; belongs behind the callback that knows which is the best.

    Args:
        tell: is told.
        best_epoch: returns the number of the best epoch so far, from 1.
        images: of an epoch.
        batch_size: images a step; the last one of an epoch takes what is left.
    """

    only_writes = True

    def __init__(
        self, tell: Listener, best_epoch: Callable[[], int | None], images: int, batch_size: int
    ) -> None:
        super().__init__()
        self.tell, self.best_epoch = tell, best_epoch
        self.images, self.batch_size = images, batch_size

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._began, self._done = time.perf_counter(), 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._done += min(self.batch_size, self.images - batch * self.batch_size)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        seconds = time.perf_counter() - self._began
        measures = {name: float(value) for name, value in (logs or {}).items()}
        best = self.best_epoch() == epoch + 1
        self.tell(Epoch(epoch + 1, self.params["epochs"], measures, seconds, self._done / seconds, best))
