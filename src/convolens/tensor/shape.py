"""TensorShape: the sizes of a tensor, a tuple with TensorFlow's words."""

import math
from typing import Any


class TensorShape(tuple[Any, ...]):
    """The sizes of a tensor in Keras' order: a tuple of ints, None where a size is free.

    Example:
        >>> shape = TensorShape((2, 3))
        >>> shape, shape.as_list(), shape[1:].rank, shape == [2, 3]
        ((2, 3), [2, 3], 1, True)
    """

    __slots__ = ()

    def as_list(self) -> list[Any]:
        """Return the sizes as a list."""
        return list(self)

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self)

    ndims = rank

    def num_elements(self) -> int | None:
        """Return the number of values, None where a size is free."""
        return None if None in self else math.prod(self)

    numel = num_elements  # torch's word for it

    def is_fully_defined(self) -> bool:
        """Return whether no size is free."""
        return None not in self

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, tuple(other)) if isinstance(other, (tuple, list)) else False

    __hash__ = tuple.__hash__

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __getitem__(self, index: Any) -> Any:
        value = super().__getitem__(index)
        return TensorShape(value) if isinstance(index, slice) else value
