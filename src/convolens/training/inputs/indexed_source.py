"""IndexedSource: objects that know their batches by number."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from convolens.errors import ArgumentError
from convolens.training.batches import Batch, Feed, make_batch, unpack
from convolens.training.inputs.prefetch import may_prefetch, prefetch


class IndexedSource:
    """Objects that know their batches by number: our image iterators, Keras' Sequence and PyDataset.

    The batches go on over epochs where `steps` is not the whole: batch `epoch * steps + i` of an endless row of
    passes, so a resumed run sees what an uninterrupted one would. `set_epoch(pass)` is called where there is one.
    Where `may_prefetch` allows it, a thread prepares the next batches; whenever an epoch ends, or is left, the data
    are in the pass of the last batch that was asked for, as they would be without the thread.

    Data with an `on_epoch_end` and no `set_epoch` have a state that moves: after a restart `on_epoch_end` is called as
    often as before, which is the same where the data's own generator decides alone.

    Args:
        data: the batches.
        steps: batches an epoch; None takes all.
        class_weight: class number -> weight, or None.
        pin: the thread puts its batches into memory from which a GPU copies while the program goes on.
        feed: as of `make_batch`.

    Raises:
        ArgumentError: the data hold no batch.
    """

    def __init__(
        self,
        data: Any,
        steps: int | None = None,
        class_weight: Mapping[int, float] | None = None,
        pin: bool = False,
        feed: Feed | None = None,
    ) -> None:
        if len(data) < 1:
            raise ArgumentError(
                "fit: the data set holds no batch; is the folder empty, or batch_size too large?"
            )
        self.data, self.class_weight, self.pin, self.feed = data, class_weight, pin, feed
        self.steps: int = len(data) if steps is None else steps
        self._pass: int | None = None
        self._ended = 0  # how often on_epoch_end was called

    def state_dict(self) -> dict[str, Any]:
        """Return which pass the data are in, where they cannot be told."""
        return {} if hasattr(self.data, "set_epoch") else {"pass": self._pass, "ended": self._ended}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Bring fresh data into the pass."""
        if not hasattr(self.data, "on_epoch_end") or not state:
            return
        for _ in range(state["ended"] - self._ended):
            self.data.on_epoch_end()
        self._pass, self._ended = state["pass"], max(state["ended"], self._ended)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        Args: as of `Source.epoch`.
        """
        steps = range(epoch * self.steps + start, (epoch + 1) * self.steps)
        if not may_prefetch(self.data):
            yield from self._batches(steps)
            return
        asked = steps.start
        ahead = prefetch(self._batches(steps, self.pin))
        try:
            for step in steps:
                asked = step
                yield next(ahead)
        finally:
            ahead.close()
            self._go_to(asked // len(self.data))

    def _batches(self, steps: range, pin: bool = False) -> Generator[Batch]:
        for step in steps:
            number, place = divmod(step, len(self.data))
            self._go_to(number)
            batch = make_batch(*unpack(self.data[place]), self.class_weight, self.feed)
            yield batch.pinned() if pin else batch

    def _go_to(self, number: int) -> None:
        """Begin a pass, if the data are not in it."""
        if number == self._pass:
            return
        if hasattr(self.data, "set_epoch"):
            self.data.set_epoch(number)
        elif self._pass is not None and hasattr(self.data, "on_epoch_end"):
            self.data.on_epoch_end()
            self._ended += 1
        self._pass = number
