"""Stage: one step on the way of a data set: items in an order that (seed, epoch) decides, and what each item is.

An item is what is needed to make an element and no more: a row's number, a file's path, those of a whole batch. So items are passed over,
shuffled and put together without an element being read or computed, and those before the place where a training goes on cost
nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from convolens.errors import DataError
from convolens.tensorflow.data.structure import map_structure, stack
from convolens.tensorflow.tensor_spec import TensorSpec

INFINITE, UNKNOWN = -1, -2  # numbers of elements


class Stage:
    """The base of all stages: what comes from no other is said here as it is where a stage changes nothing.

    Args:
        parents: the stages whose items this one takes.
    """

    def __init__(self, *parents: "Stage") -> None:
        self.parents = parents

    @property
    def cardinality(self) -> int:
        """The number of elements of one pass, `INFINITE` or `UNKNOWN`."""
        return self.parents[0].cardinality

    def items(self, epoch: int) -> Iterator[Any]:
        """Return the items of one pass.

        Args:
            epoch: the number of the pass, from 0.
        """
        return self.parents[0].items(epoch)

    def element(self, item: Any) -> Any:
        """Return the element that an item is for: a structure of arrays, plain tensors and texts."""
        return self.parents[0].element(item)

    def batch(self, items: Sequence[Any]) -> Any:
        """Return the elements of several items as one, a new axis first."""
        return self.parents[0].batch(items)

    def spec(self) -> Any:
        """Return the structure with a `TensorSpec` for each value."""
        return self.parents[0].spec()


class Making(Stage):
    """A stage whose elements are made one by one."""

    def element(self, item: Any) -> Any:
        return item

    def batch(self, items: Sequence[Any]) -> Any:
        return stack([self.element(item) for item in items])

    def spec(self) -> Any:
        """Return that of the first element.

        Raises:
            DataError: there is none.
        """
        for item in self.items(0):
            return map_structure(TensorSpec.of, self.element(item))
        raise DataError("The data set holds no element; its shapes and types are not known.")
