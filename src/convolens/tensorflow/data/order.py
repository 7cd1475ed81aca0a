"""Which elements, and in which order: shuffle, repeat, take, skip, shard, concatenate, zip, enumerate; none of them reads any."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from convolens.augmentation.draw.philox import STREAM_ORDER, words
from convolens.tensorflow.data.stage import INFINITE, UNKNOWN, Stage
from convolens.tensorflow.data.structure import leaves, map_structure, stack
from convolens.tensorflow.tensor_spec import TensorSpec

_DRAWN = 1024  # random numbers drawn at once


class Shuffle(Stage):
    """A random element of the next `size`, each time: a function of (seed, epoch).

    Args:
        parent: whose elements.
        size: how many wait to be drawn.
        seed: any whole number.
        anew: another order in each pass.
    """

    def __init__(self, parent: Stage, size: int, seed: int, anew: bool) -> None:
        super().__init__(parent)
        self.size, self.seed, self.anew = size, seed, anew

    def items(self, epoch: int) -> Iterator[Any]:
        rest = self.parents[0].items(epoch)
        waiting = list(itertools.islice(rest, self.size))
        draws = _draws(self.seed, epoch if self.anew else 0)
        for item in rest:
            place = next(draws) * len(waiting) >> 32
            yield waiting[place]
            waiting[place] = item
        while waiting:
            place = next(draws) * len(waiting) >> 32
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            yield waiting.pop()


def _draws(seed: int, epoch: int) -> Iterator[int]:
    """Yield random numbers below 2**32 without end."""
    for first in itertools.count(0, _DRAWN):
        yield from words(seed, epoch, np.arange(first, first + _DRAWN), 1, STREAM_ORDER)[:, 0].tolist()


class Repeat(Stage):
    """Passes one after the other; each has an order of its own.

    Args:
        parent: whose passes.
        count: how many; None goes on without end.
    """

    def __init__(self, parent: Stage, count: int | None) -> None:
        super().__init__(parent)
        self.count = count

    @property
    def cardinality(self) -> int:
        within = self.parents[0].cardinality
        if self.count is None:
            return INFINITE if within else 0
        return within if within < 0 and self.count else within * self.count

    def items(self, epoch: int) -> Iterator[Any]:
        for number in itertools.count() if self.count is None else range(self.count):
            count = 0
            for item in self.parents[0].items(epoch * (self.count or 1) + number):
                count += 1
                yield item
            if count == 0:
                return


class Part(Stage):
    """Every `step`-th element from place `start` to before `stop`.

    Args:
        parent: whose elements.
        start, stop, step: as of a slice; None for `stop` goes to the end.
    """

    def __init__(self, parent: Stage, start: int, stop: int | None, step: int = 1) -> None:
        super().__init__(parent)
        self.start, self.stop, self.step = start, stop, step

    @property
    def cardinality(self) -> int:
        within = self.parents[0].cardinality
        if within == INFINITE and self.stop is not None:
            return len(range(self.start, self.stop, self.step))
        return within if within < 0 else len(range(within)[self.start : self.stop : self.step])

    def items(self, epoch: int) -> Iterator[Any]:
        return itertools.islice(self.parents[0].items(epoch), self.start, self.stop, self.step)


class Concatenation(Stage):
    """The elements of one stage, then those of another.

    Args:
        first, second: of the same structure.
    """

    def __init__(self, first: Stage, second: Stage) -> None:
        super().__init__(first, second)

    @property
    def cardinality(self) -> int:
        counts = [parent.cardinality for parent in self.parents]
        return next((special for special in (INFINITE, UNKNOWN) if special in counts), sum(counts))

    def items(self, epoch: int) -> Iterator[tuple[Stage, Any]]:
        for parent in self.parents:
            for item in parent.items(epoch):
                yield parent, item

    def element(self, item: tuple[Stage, Any]) -> Any:
        return item[0].element(item[1])

    def batch(self, items: Sequence[tuple[Stage, Any]]) -> Any:
        parents = {parent for parent, _ in items}
        if len(parents) == 1:
            return parents.pop().batch([item for _, item in items])
        return stack([self.element(item) for item in items])


class Zip(Stage):
    """The elements of several stages beside each other, until one ends.

    Args:
        structure: of stages.
    """

    def __init__(self, structure: Any) -> None:
        super().__init__(*leaves(structure))
        self.structure = structure

    @property
    def cardinality(self) -> int:
        counts = [parent.cardinality for parent in self.parents]
        if UNKNOWN in counts:
            return UNKNOWN
        return min((count for count in counts if count != INFINITE), default=INFINITE)

    def items(self, epoch: int) -> Iterator[tuple[Any, ...]]:
        return zip(*(parent.items(epoch) for parent in self.parents), strict=False)

    def element(self, item: tuple[Any, ...]) -> Any:
        parts = iter(item)
        return map_structure(lambda stage: stage.element(next(parts)), self.structure)

    def batch(self, items: Sequence[tuple[Any, ...]]) -> Any:
        parts = iter(zip(*items, strict=True))
        return map_structure(lambda stage: stage.batch(next(parts)), self.structure)

    def spec(self) -> Any:
        return map_structure(lambda stage: stage.spec(), self.structure)


class Numbered(Stage):
    """Each element behind its number.

    Args:
        parent: whose elements.
        start: the first number.
    """

    def __init__(self, parent: Stage, start: int) -> None:
        super().__init__(parent)
        self.start = start

    def items(self, epoch: int) -> Iterator[tuple[int, Any]]:
        return enumerate(self.parents[0].items(epoch), self.start)

    def element(self, item: tuple[int, Any]) -> Any:
        return np.int64(item[0]), self.parents[0].element(item[1])

    def batch(self, items: Sequence[tuple[int, Any]]) -> Any:
        return np.array([number for number, _ in items]), self.parents[0].batch([item for _, item in items])

    def spec(self) -> Any:
        return TensorSpec((), "int64"), self.parents[0].spec()
