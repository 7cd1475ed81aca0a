"""Names that TensorFlow once had in `tf.data.experimental`."""

from collections.abc import Callable, Iterator
from typing import Any

from convolens.arguments import integer
from convolens.errors import DataError
from convolens.tensorflow.data.dataset import Dataset
from convolens.tensorflow.data.options import AUTOTUNE
from convolens.tensorflow.data.stage import INFINITE as INFINITE_CARDINALITY
from convolens.tensorflow.data.stage import UNKNOWN as UNKNOWN_CARDINALITY
from convolens.tensorflow.data.stage import Stage

__all__ = ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY", "assert_cardinality", "cardinality"]


def cardinality(dataset: Any) -> Any:
    """Return the number of elements, as `Dataset.cardinality`."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: Any) -> Callable[[Dataset], Dataset]:
    """Return what `Dataset.apply` says the number of elements by, where it is not known.

    Args:
        expected_cardinality: the number; a pass that holds another one ends with a `DataError`.

    Example:
        >>> data = Dataset.range(5).filter(lambda x: x > 1).apply(assert_cardinality(3))
        >>> len(data), len(list(data))
        (3, 3)
    """
    count = integer("assert_cardinality", "expected_cardinality", expected_cardinality, UNKNOWN_CARDINALITY)
    return lambda dataset: Dataset(_Asserted(dataset.stage, count))


class _Asserted(Stage):
    """A stage of a number of elements that is told."""

    def __init__(self, parent: Stage, count: int) -> None:
        super().__init__(parent)
        self.count = count

    @property
    def cardinality(self) -> int:
        return self.count

    def items(self, epoch: int) -> Iterator[Any]:
        seen = 0
        for item in super().items(epoch):
            seen += 1
            if 0 <= self.count < seen:
                break
            yield item
        if self.count != seen and self.count != UNKNOWN_CARDINALITY:
            held = "more" if seen > self.count >= 0 else seen
            raise DataError(
                f"assert_cardinality: the data set was said to hold {self.count} elements; it holds {held}."
            )
