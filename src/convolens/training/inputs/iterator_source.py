"""IteratorSource: generators and iterators, taken from."""

import itertools
import warnings
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from convolens.errors import CheckpointError
from convolens.training.batches import Batch, Feed, make_batch, unpack


class IteratorSource:
    """Generators and iterators: taken from until `steps` batches, or until they end.

    After a restart a fresh iterator is taken from as often as before, and what it gives is dropped; an iterable is gone
    through from the beginning of the epoch.

    Args:
        data: an iterator, or an iterable that can be gone through again each epoch.
        steps: batches an epoch; None goes on until the end.
        class_weight: class number -> weight, or None.
        feed: as of `make_batch`.
    """

    def __init__(
        self,
        data: Any,
        steps: int | None = None,
        class_weight: Mapping[int, float] | None = None,
        feed: Feed | None = None,
    ) -> None:
        self.data, self.class_weight, self.feed = data, class_weight, feed
        self.steps = steps
        self._once = iter(data) is data
        self._rest: Iterator[Any] | None = iter(data) if self._once else None
        self._taken = 0  # from self._rest, since it was made
        self._skip = 0  # to be taken and dropped before the next batch, of a state

    def state_dict(self) -> dict[str, Any]:
        """Return how many batches were taken from what the next epoch goes on with."""
        return {"taken": self._skip or (self._taken if self._rest is not None else 0)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on, in the next epoch, after as many batches."""
        self._skip = int(state["taken"])

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Return the batches of one epoch, from batch `start` on (the state says how many are skipped).

        Args: as of `Source.epoch`.

        Raises:
            CheckpointError: the data end before the place of the state.
        """
        if self._rest is None:
            self._rest, self._taken = iter(self.data), 0
        while self._taken < self._skip:
            if next(self._rest, self) is self:
                raise CheckpointError(
                    f"fit: the data ended after {self._taken} batches, before the place where the state was saved "
                    f"({self._skip}); give the generator as it was at the beginning of the training."
                )
            self._taken += 1
        self._skip = 0
        return self._batches(epoch, start)

    def _batches(self, epoch: int, start: int) -> Generator[Batch]:
        count, rest = start, self._rest
        for item in itertools.islice(rest or (), None if self.steps is None else self.steps - start):
            count += 1
            self._taken += 1
            yield make_batch(*unpack(item), self.class_weight, self.feed)
        if self.steps is None and not self._once:
            self._rest = None
        if count == 0 or (self.steps is not None and count < self.steps):
            wanted = f"{self.steps} steps" if self.steps is not None else "another epoch"
            warnings.warn(
                f"The data ended after {count} batches of epoch {epoch + 1}, where {wanted} were expected; "
                "make the generator endless or give a smaller steps_per_epoch.",
                stacklevel=2,
            )
