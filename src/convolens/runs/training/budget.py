"""Budget: ends a training at the first step beyond so many seconds or operations; what is spent is part of its state."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from convolens.analysis import cost
from convolens.callbacks import Callback
from convolens.errors import ArgumentError
from convolens.models import Model
from convolens.runs.preflight.measure import measure
from convolens.runs.settings.options import Settings

# Of a forward pass: the gradients of a convolution's or dense layer's input and weights cost as much again, each.
TRAINING_COSTS = 3
_MOST_EPOCHS = 10**6


@dataclass(frozen=True)
class Spent:
    """What a training took.

    Attributes:
        seconds: of the training steps, waiting for their photos included; without validation, checkpoints and report.
        images: that were learnt from, each time counted.
        operations: multiply-accumulates, 3 forward passes an image.
    """

    seconds: float = 0.0
    images: int = 0
    operations: float = 0.0

    @property
    def images_per_second(self) -> float:
        """Speed of the training steps; 0 before the first."""
        return self.images / self.seconds if self.seconds else 0.0


class Budget(Callback):
    """Counts seconds, images and operations of training, over restarts too, and ends it when one limit is reached.

    Belongs after the callback that writes checkpoints: the time of these is not counted.

    Args:
        seconds, operations: the limits; infinity for none.
        operations_per_image: of training.
        images: of an epoch.
        batch_size: images a step; the last one of an epoch takes what is left.

    Attributes:
        spent: so far.
        ended: in words, which limit ended the training; None where none did.

    Example:
        >>> Budget(math.inf, 1e9, operations_per_image=1e6, images=100, batch_size=32).spent.images
        0
    """

    def __init__(
        self, seconds: float, operations: float, operations_per_image: float, images: int, batch_size: int
    ) -> None:
        super().__init__()
        self.seconds, self.operations = seconds, operations
        self.operations_per_image, self.images, self.batch_size = operations_per_image, images, batch_size
        self.spent = Spent()
        self.ended: str | None = None
        self._mark = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._mark = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now, before = time.perf_counter(), self.spent
        images = min(self.batch_size, self.images - batch * self.batch_size)
        self.spent = Spent(
            before.seconds + now - self._mark,
            before.images + images,
            before.operations + images * self.operations_per_image,
        )
        self._mark = now
        if self.spent.operations >= self.operations:
            self.ended = f"{self.operations:.4g} multiply-accumulates of training are spent"
        if self.spent.seconds >= self.seconds:
            self.ended = f"{self.seconds:g} seconds of training are spent"
        if self.ended is not None:
            self.model.stop_training = True

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        self._mark = time.perf_counter()

    def state_dict(self) -> dict[str, Any]:
        return asdict(self.spent)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.spent = Spent(**state)


def expected_epochs(
    settings: Settings,
    make_model: Callable[[], Model],
    batches: Any,
    images: int,
    between: Callable[[], None] = lambda: None,
) -> float:
    """Return how many epochs, the last one a part, the limits of the settings are expected to last.

    By operations that is exact; by seconds a few steps of a copy are measured. The learning rate's schedule is made for
    so many epochs.

    Args:
        settings: with a finite limit.
        make_model: returns a compiled model like the run's.
        batches: of the training.
        images: of an epoch.
        between: see `measure`.

    Raises:
        ArgumentError: more than a million.
    """
    epochs = math.inf
    if settings.max_operations is not None and math.isfinite(settings.max_operations):
        operations = cost(
            make_model(), settings.input_shape, training=False, computed=True
        ).multiply_accumulates
        epochs = settings.max_operations / (TRAINING_COSTS * operations * images)
    if settings.max_seconds is not None and math.isfinite(settings.max_seconds):
        speed = measure(make_model, batches, 0, settings, between).images_per_second
        epochs = min(epochs, settings.max_seconds * speed / images)
    if epochs > _MOST_EPOCHS:
        raise ArgumentError(
            f"train: the limit would last for {epochs:.3g} epochs of {settings.model}; give a smaller one, or --epochs."
        )
    return epochs
