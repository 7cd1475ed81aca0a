"""ArraySource: arrays, cut into batches."""

from collections.abc import Iterator, Mapping
from typing import Any

from convolens.augmentation.draw.philox import permutation
from convolens.training.batches import Batch, make_batch


def length(x: Any) -> int:
    """Return how many samples there are; `x` may be a list of arrays."""
    return len(x[0]) if isinstance(x, (list, tuple)) else len(x)


def rows_of(x: Any, rows: Any) -> Any:
    """Return some rows of an array, or of each of several."""
    if isinstance(x, (list, tuple)):
        return [item[rows] for item in x]
    return x[rows]


class ArraySource:
    """Arrays, cut into batches; each epoch in an order of its own, a function of (seed, epoch).

    Args:
        x: samples (n, ...), or a list of such arrays for several inputs.
        y: labels (n, ...) or None.
        weight: sample weights (n,) or None.
        batch_size: samples a batch; the last may be smaller.
        shuffle: False keeps the order.
        seed: of the order.
        class_weight: class number -> weight, or None.
        steps: stop each epoch after so many batches; None takes all.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        weight: Any = None,
        batch_size: int = 32,
        shuffle: bool = False,
        seed: int = 0,
        class_weight: Mapping[int, float] | None = None,
        steps: int | None = None,
    ) -> None:
        self.x, self.y, self.weight = x, y, weight
        self.batch_size, self.shuffle, self.seed = batch_size, shuffle, seed
        self.class_weight = class_weight
        self.samples = length(x)
        whole = -(-self.samples // batch_size)
        self.steps: int = whole if steps is None else min(steps, whole)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        Args: as of `Source.epoch`.
        """
        order = permutation(self.seed, epoch, self.samples) if self.shuffle else None
        for step in range(start, self.steps):
            first, stop = step * self.batch_size, min((step + 1) * self.batch_size, self.samples)
            rows: Any = slice(first, stop) if order is None else order[first:stop]
            yield make_batch(
                rows_of(self.x, rows),
                None if self.y is None else self.y[rows],
                None if self.weight is None else self.weight[rows],
                self.class_weight,
            )
