"""IndexedSource: objects that know their batches by number."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from convolens.augmentation.draw.philox import permutation
from convolens.errors import ArgumentError
from convolens.training.batches import Batch, Feed, make_batch, unpack
from convolens.training.inputs.prefetch import may_prefetch, prefetch


class IndexedSource:
    """Objects that know their batches by number: our image iterators, Keras' Sequence and PyDataset.

    The batches go on over epochs where `steps` is not the whole: batch `epoch * steps + i` of an endless row of
    passes, so a resumed run sees what an uninterrupted one would. `set_epoch(pass)` is called where there is one.
    Where `may_prefetch` allows it, a thread prepares the next batches; whenever an epoch ends, or is left, the data
    are in the pass of the last batch that was asked for, as they would be without the thread.

    Data with an `on_epoch_end` and no `set_epoch` are Sequences as Keras has them: `on_epoch_begin` and `on_epoch_end` are called around
    each epoch, and their batches come in another order in each pass where `shuffle` is asked for. Their state moves: after a
    restart `on_epoch_end` is called as often as before, which is the same where the data's own generator decides alone.

    Args:
        data: the batches.
        steps: batches an epoch; None takes all.
        class_weight: class number -> weight, or None.
        pin: the thread puts its batches into memory from which a GPU copies while the program goes on.
        feed: as of `make_batch`.
        shuffle: a Sequence's batches in an order that is a function of (seed, pass).
        seed: of that order.

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
        shuffle: bool = False,
        seed: int = 0,
    ) -> None:
        if len(data) < 1:
            raise ArgumentError(
                "fit: the data set holds no batch; is the folder empty, or batch_size too large?"
            )
        self.data, self.class_weight, self.pin, self.feed = data, class_weight, pin, feed
        self.steps: int = len(data) if steps is None else steps
        self._is_sequence = hasattr(data, "on_epoch_end") and not hasattr(data, "set_epoch")
        self._shuffle, self._seed = shuffle and self._is_sequence, seed
        self._pass: int | None = None
        self._order: list[int] = []  # of the batches of the pass, where they are shuffled
        self._ended = 0  # how often on_epoch_end was called

    def state_dict(self) -> dict[str, Any]:
        """Return how often a Sequence's epochs ended."""
        return {"ended": self._ended} if self._is_sequence else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Bring a fresh Sequence to where it was."""
        for _ in range(state.get("ended", 0) - self._ended if self._is_sequence else 0):
            self._end()

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        Args: as of `Source.epoch`.
        """
        steps = range(epoch * self.steps + start, (epoch + 1) * self.steps)
        if not may_prefetch(self.data):
            if self._is_sequence and hasattr(self.data, "on_epoch_begin"):
                self.data.on_epoch_begin()
            yield from self._batches(steps)
            if self._is_sequence:
                self._end()
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

    def _end(self) -> None:
        self.data.on_epoch_end()
        self._ended += 1

    def _batches(self, steps: range, pin: bool = False) -> Generator[Batch]:
        for step in steps:
            number, place = divmod(step, len(self.data))
            self._go_to(number)
            item = self.data[self._order[place] if self._shuffle else place]
            batch = make_batch(*unpack(item), self.class_weight, self.feed)
            yield batch.pinned() if pin else batch

    def _go_to(self, number: int) -> None:
        """Begin a pass, if the data are not in it."""
        if self._shuffle and (number != self._pass or len(self._order) != len(self.data)):
            self._order = permutation(self._seed, number, len(self.data)).tolist()
        if number != self._pass and hasattr(self.data, "set_epoch"):
            self.data.set_epoch(number)
        self._pass = number
