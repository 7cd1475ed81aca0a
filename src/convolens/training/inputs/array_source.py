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
        return [None if item is None else item[rows] for item in x]
    return x[rows]


class ArraySource:
    """Arrays, cut into batches; each pass in an order of its own, a function of (seed, pass).

    With fewer `steps` than batches an epoch goes on where the one before ended, over passes that follow each other.

    Args:
        x: samples (n, ...), or a list of such arrays for several inputs.
        y: labels (n, ...) or None, or a list of such for several outputs.
        weight: sample weights (n,) or None, or a list of such for several outputs.
        batch_size: samples a batch; the last may be smaller.
        shuffle: False keeps the order.
        seed: of the order.
        class_weight: class number -> weight, or None.
        steps: batches an epoch, at most a pass; None takes all.
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
        self.batches = -(-self.samples // batch_size)
        self.steps: int = self.batches if steps is None else min(steps, self.batches)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        Args: as of `Source.epoch`.
        """
        current, order = -1, None
        for step in range(epoch * self.steps + start, (epoch + 1) * self.steps):
            number, place = divmod(step, self.batches)
            if self.shuffle and number != current:
                current, order = number, permutation(self.seed, number, self.samples)
            first, stop = place * self.batch_size, min((place + 1) * self.batch_size, self.samples)
            rows: Any = slice(first, stop) if order is None else order[first:stop]
            yield make_batch(
                rows_of(self.x, rows),
                None if self.y is None else rows_of(self.y, rows),
                None if self.weight is None else rows_of(self.weight, rows),
                self.class_weight,
            )
