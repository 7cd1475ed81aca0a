"""PassSource: data whose every pass can be asked for by its number, such as `tf.data`'s."""

from collections.abc import Iterator, Mapping
from typing import Any

from convolens.errors import ArgumentError
from convolens.training.batches import Batch, Feed, make_batch, unpack


def gives_passes(data: Any) -> bool:
    """Return whether passes can be asked for by number: `elements(epoch, start)` of a known or unknown `cardinality()`."""
    return hasattr(data, "elements") and hasattr(data, "cardinality")


def steps_word(where: str) -> str:
    """Return the argument that says how many batches are taken in `where`: "fit" ..."""
    return {"fit": "steps_per_epoch", "validation_data": "validation_steps"}.get(where, "steps")


class PassSource:
    """Data whose every pass can be asked for by its number, from any batch on.

    Without `steps` each epoch is a pass. With it `fit` goes on where the epoch before ended, over passes that follow each other, while an
    evaluation or a prediction takes one pass' first batches.

    Args:
        where: what an error begins with: "fit" ...
        data: as of `gives_passes`.
        steps: batches an epoch; None takes all.
        class_weight: class number -> weight, or None.
        feed: as of `make_batch`.

    Raises:
        ArgumentError: no batch, or no end and no `steps`.
    """

    def __init__(
        self,
        where: str,
        data: Any,
        steps: int | None = None,
        class_weight: Mapping[int, float] | None = None,
        feed: Feed | None = None,
    ) -> None:
        count = int(data.cardinality())
        if count == 0:
            raise ArgumentError(
                f"{where}: the data set holds no batch; is the folder empty, or batch_size too large?"
            )
        if count == _ENDLESS and steps is None:
            word = {"fit": "steps_per_epoch", "validation_data": "validation_steps"}.get(where, "steps")
            raise ArgumentError(
                f"{where}: the data set repeats without end; give {word}, or leave repeat() out."
            )
        self._goes_on = where == "fit" and steps is not None
        self.where, self.data = where, data.repeat() if self._goes_on else data
        self.class_weight, self.feed = class_weight, feed
        self.steps: int | None = steps if self._goes_on or count < 0 else min(steps or count, count)
        self._rest: Iterator[Any] = iter(())
        self._at = -1  # the batch that comes next in self._rest, counted from the first epoch's

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        Args: as of `Source.epoch`.

        Raises:
            ArgumentError: the data hold no batch.
        """
        first = epoch * (self.steps or 0) + start
        if not self._goes_on:
            self._rest, self._at = self.data.elements(epoch, start), first
        elif self._at != first:
            self._rest, self._at = self.data.elements(0, first), first
        while self.steps is None or self._at < epoch * self.steps + self.steps:
            item = next(self._rest, _END)
            if item is _END:
                break
            self._at += 1
            yield make_batch(*unpack(item), self.class_weight, self.feed)
        if self._at == first and start == 0 and self.where == "fit":
            raise ArgumentError("fit: the data set holds no batch; does filter leave any element?")


_ENDLESS = -1  # of `cardinality()`
_END = object()
