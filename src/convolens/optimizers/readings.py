"""Numbers of an optimizer as they are now, which can be set: Keras has variables in their place."""

from collections.abc import Callable
from typing import Any

import numpy as np


class Reading:
    """A number that was read from somewhere, with the words of Keras' variables.

    Attributes:
        write: changes the number where it was read; the reading stays what it is.
    """

    write: Callable[[Any], None]

    def assign(self, value: Any) -> Any:
        """Change the number where it was read.

        Args:
            value: the new number.
        """
        self.write(value)
        return value

    def numpy(self) -> Any:
        """Return the number as NumPy's float32 or int64."""
        return np.float32(self) if isinstance(self, float) else np.int64(int(self))  # type: ignore[call-overload]

    def value(self) -> Any:
        """Return the number itself."""
        return self

    read_value = value


class Rate(Reading, float):
    """A learning rate as it is now.

    Example:
        >>> from convolens.optimizers import SGD
        >>> optimizer = SGD(0.5)
        >>> optimizer.learning_rate.assign(0.25), optimizer.learning_rate
        (0.25, 0.25)
    """


class Count(Reading, int):
    """A number of steps as it is now."""


def reading(kind: Any, number: float, write: Callable[[Any], None]) -> Any:
    """Return a number as a `Rate` or a `Count`.

    Args:
        kind: of the two.
        number: as it is now.
        write: changes it.
    """
    found = kind(number)
    found.write = write
    return found
