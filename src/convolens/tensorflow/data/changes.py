"""What is done with elements: map, filter, batch, unbatch, cache, interleave, window."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from convolens.tensorflow.data.stage import INFINITE, UNKNOWN, Making, Stage
from convolens.tensorflow.data.structure import leaves, map_structure, plain, surface
from convolens.tensorflow.tensor_spec import TensorSpec


def call(function: Callable[..., Any], element: Any) -> Any:
    """Return what a user's function gives for an element: the parts of a tuple are its arguments; no gradients are kept."""
    with torch.no_grad():
        seen = map_structure(surface, element)
        return function(*seen) if isinstance(seen, tuple) else function(seen)


class Map(Making):
    """A function of each element.

    Args:
        parent: whose elements.
        function: gives a structure of values.
    """

    def __init__(self, parent: Stage, function: Callable[..., Any]) -> None:
        super().__init__(parent)
        self.function = function

    @property
    def cardinality(self) -> int:
        return self.parents[0].cardinality

    def items(self, epoch: int) -> Iterator[Any]:
        return self.parents[0].items(epoch)

    def element(self, item: Any) -> Any:
        return map_structure(plain, call(self.function, self.parents[0].element(item)))

    def spec(self) -> Any:
        """Return that of the first element; the size of a batch stays free where it was."""
        before = leaves(self.parents[0].spec())
        free = bool(before) and len(before[0].shape) > 0 and before[0].shape[0] is None
        return map_structure(
            lambda spec: TensorSpec((None, *spec.shape[1:]), spec.dtype) if free and spec.shape else spec,
            super().spec(),
        )


class Filter(Making):
    """The elements that a function holds to be true.

    Args:
        parent: whose elements.
        function: gives a truth.
    """

    def __init__(self, parent: Stage, function: Callable[..., Any]) -> None:
        super().__init__(parent)
        self.function = function

    @property
    def cardinality(self) -> int:
        within = self.parents[0].cardinality
        return within if within == INFINITE else UNKNOWN

    def items(self, epoch: int) -> Iterator[Any]:
        for item in self.parents[0].items(epoch):
            element = self.parents[0].element(item)
            if bool(call(self.function, element)):
                yield element

    def spec(self) -> Any:
        return self.parents[0].spec()


class Batch(Making):
    """Several elements as one; an item is the list of their items.

    Args:
        parent: whose elements.
        size: how many.
        whole: leave out a last batch of fewer.
        join: makes one element of the parent's items; None is the parent's way.
    """

    def __init__(
        self, parent: Stage, size: int, whole: bool, join: Callable[[Stage, Sequence[Any]], Any] | None = None
    ) -> None:
        super().__init__(parent)
        self.size, self.whole, self.join = size, whole, join

    @property
    def cardinality(self) -> int:
        within = self.parents[0].cardinality
        return within if within < 0 else within // self.size if self.whole else -(-within // self.size)

    def items(self, epoch: int) -> Iterator[list[Any]]:
        rest = self.parents[0].items(epoch)
        while items := list(itertools.islice(rest, self.size)):
            if len(items) == self.size or not self.whole:
                yield items

    def element(self, item: list[Any]) -> Any:
        return self.parents[0].batch(item) if self.join is None else self.join(self.parents[0], item)

    def spec(self) -> Any:
        return map_structure(
            lambda spec: spec.batched(self.size if self.whole else None), self.parents[0].spec()
        )


def padded(parent: Stage, items: Sequence[Any]) -> Any:
    """Return elements of different sizes as a batch, zeros behind the smaller ones."""
    return map_structure(lambda *values: _padded(values), *(parent.element(item) for item in items))


def _padded(values: Sequence[Any]) -> np.ndarray:
    arrays = [np.asarray(value) for value in values]
    sizes = np.max([array.shape for array in arrays], axis=0, initial=0).astype(int)
    whole = np.zeros((len(arrays), *sizes), arrays[0].dtype)
    for row, array in zip(whole, arrays, strict=True):
        row[tuple(map(slice, array.shape))] = array
    return whole


class Unbatch(Making):
    """The rows of elements, one by one.

    Args:
        parent: whose elements.
    """

    @property
    def cardinality(self) -> int:
        within = self.parents[0].cardinality
        return within if within == INFINITE else UNKNOWN

    def items(self, epoch: int) -> Iterator[Any]:
        for item in self.parents[0].items(epoch):
            element = self.parents[0].element(item)
            for row in range(len(leaves(element)[0])):
                yield map_structure(lambda value, row=row: plain(value[row]), element)

    def spec(self) -> Any:
        return map_structure(lambda spec: TensorSpec(spec.shape[1:], spec.dtype), self.parents[0].spec())


class Cache(Making):
    """Elements that are kept when they were first made, in the order of the parent's first pass.

    Args:
        parent: whose elements.
    """

    def __init__(self, parent: Stage) -> None:
        super().__init__(parent)
        self._rest: Iterator[Any] | None = None
        self._items: list[Any] = []
        self._elements: dict[int, Any] = {}
        self._lock = threading.Lock()

    @property
    def cardinality(self) -> int:
        return self.parents[0].cardinality

    def items(self, epoch: int) -> Iterator[int]:
        for place in itertools.count():
            with self._lock:
                if place == len(self._items):
                    self._rest = self.parents[0].items(0) if self._rest is None else self._rest
                    for item in itertools.islice(self._rest, 1):
                        self._items.append(item)
                if place == len(self._items):
                    return
            yield place

    def element(self, item: int) -> Any:
        if item not in self._elements:
            self._elements[item] = self.parents[0].element(self._items[item])
            self._items[item] = None
        return self._elements[item]

    def spec(self) -> Any:
        return self.parents[0].spec()


class Interleave(Making):
    """The elements of data sets that a function makes of each element: some at once, blocks of each in turn.

    Args:
        parent: whose elements.
        function: gives a data set (anything with a `stage`).
        cycle: how many data sets take turns.
        block: how many elements of each follow each other.
    """

    def __init__(self, parent: Stage, function: Callable[..., Any], cycle: int, block: int) -> None:
        super().__init__(parent)
        self.function, self.cycle, self.block = function, cycle, block

    @property
    def cardinality(self) -> int:
        return UNKNOWN

    def items(self, epoch: int) -> Iterator[Any]:
        parent = self.parents[0]
        new = (
            _elements(call(self.function, parent.element(item)).stage, epoch) for item in parent.items(epoch)
        )
        turns: list[Iterator[Any] | None] = list(itertools.islice(new, self.cycle))
        while any(turn is not None for turn in turns):
            for place, turn in enumerate(turns):
                block = list(itertools.islice(turn or (), self.block))
                yield from block
                if len(block) < self.block:
                    turns[place] = next(new, None)


def _elements(stage: Stage, epoch: int) -> Iterator[Any]:
    return map(stage.element, stage.items(epoch))
