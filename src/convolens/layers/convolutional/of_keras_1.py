"""Convolution2D: Keras 1's name, whose second and third argument are rows and columns."""

import warnings
from typing import Any

from convolens.layers.convolutional.conv2d import Conv2D


def Convolution2D(*arguments: Any, **options: Any) -> Conv2D:
    """Return a `Conv2D`; of three numbers the last two are rows and columns of the kernel, as in Keras 1.

    Args:
        arguments: filters and kernel size, or filters, rows and columns.
        options: as of `Conv2D`, in Keras 1's words too (`border_mode`, `subsample`, `init` ...), of which a warning says today's.

    Raises: as of `Conv2D`.

    Example:
        >>> Convolution2D(32, (5, 3)).kernel_size
        (5, 3)
    """
    if len(arguments) >= 3 and all(isinstance(size, int) for size in arguments[:3]):
        filters, rows, columns, *others = arguments
        warnings.warn(
            f"Convolution2D({filters}, {rows}, {columns}) is Conv2D({filters}, ({rows}, {columns})) now.",
            UserWarning,
            stacklevel=2,
        )
        return Conv2D(filters, (rows, columns), *others, **options)
    return Conv2D(*arguments, **options)
