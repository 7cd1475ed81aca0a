"""Windows: data sets of elements that follow each other."""

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from convolens.tensorflow.data.stage import Making, Stage


class Items(Making):
    """Some items of another stage: what a window holds.

    Args:
        parent: whose items.
        chosen: which.
        part: picks the value of an element that is meant; None takes all of it.
    """

    def __init__(
        self, parent: Stage, chosen: Sequence[Any], part: Callable[[Any], Any] | None = None
    ) -> None:
        super().__init__(parent)
        self.chosen, self.part = chosen, part

    @property
    def cardinality(self) -> int:
        return len(self.chosen)

    def items(self, epoch: int) -> Iterator[Any]:
        return iter(self.chosen)

    def element(self, item: Any) -> Any:
        element = self.parents[0].element(item)
        return element if self.part is None else self.part(element)


class Windows(Making):
    """Data sets of elements that follow each other.

    Args:
        parent: whose elements.
        make: a data set of a stage.
        size, shift, stride, whole: as of `Dataset.window`.
    """

    def __init__(
        self, parent: Stage, make: Callable[[Stage], Any], size: int, shift: int, stride: int, whole: bool
    ) -> None:
        super().__init__(parent)
        self.make, self.size, self.shift, self.stride, self.whole = make, size, shift, stride, whole

    @property
    def cardinality(self) -> int:
        within = self.parents[0].cardinality
        if within < 0:
            return within
        span = (self.size - 1) * self.stride + 1 if self.whole else 1
        return max(0, -(-(within - span + 1) // self.shift))

    def items(self, epoch: int) -> Iterator[list[Any]]:
        rest, span = self.parents[0].items(epoch), (self.size - 1) * self.stride + 1
        held: list[Any] = []
        while True:
            held += islice(rest, span - len(held))
            if not held or (self.whole and len(held) < span):
                return
            yield held[:: self.stride]
            for _ in islice(rest, max(0, self.shift - len(held))):
                pass
            held = held[self.shift :]

    def element(self, item: list[Any]) -> Any:
        parent = self.parents[0]
        first = parent.element(item[0])
        if not isinstance(first, tuple):
            return self.make(Items(parent, item))
        return tuple(
            self.make(Items(parent, item, operator.itemgetter(place))) for place in range(len(first))
        )
