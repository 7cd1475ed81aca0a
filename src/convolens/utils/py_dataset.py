"""PyDataset: batches by number, which users make themselves; Keras 2 called it Sequence."""

from collections.abc import Iterator
from typing import Any


class PyDataset:
    """Batches by number: a subclass has `__len__` (or the property `num_batches`), the number of batches, and `__getitem__`, which gives one.

    `fit` takes the batches of each pass in an order that is a function of (seed, pass), or as they are where shuffle=False, and calls
    `on_epoch_begin` and `on_epoch_end` around each epoch.

    Args:
        workers, use_multiprocessing, max_queue_size: accepted; batches are made on the calling thread.

    Source:
        `keras.utils.PyDataset`.

    Example:
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...
        ...     def __getitem__(self, number):
        ...         return number**2
        >>> list(Squares()), Squares().num_batches
        ([0, 1, 4], 3)
    """

    workers, use_multiprocessing, max_queue_size = 1, False, 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing, self.max_queue_size = (
            workers,
            use_multiprocessing,
            max_queue_size,
        )

    def __len__(self) -> int:
        if type(self).num_batches is PyDataset.num_batches:
            raise NotImplementedError
        return self.num_batches

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    @property
    def num_batches(self) -> int:
        """The number of batches."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Do what is to be done before each epoch; nothing, unless a subclass says."""

    def on_epoch_end(self) -> None:
        """Do what is to be done after each epoch; nothing, unless a subclass says."""


Sequence = PyDataset
