"""Convolution2D and Convolution3D: Keras 1's names, whose arguments after the first are the sides of a kernel."""

import warnings
from typing import Any

from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.convolutional.conv3d import Conv3D


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
    return Conv2D(*_with_kernel(Conv2D, arguments), **options)


def Convolution3D(*arguments: Any, **options: Any) -> Conv3D:
    """Return a `Conv3D`; of four numbers the last three are depth, rows and columns of the kernel, as in Keras 1.

    Args:
        arguments: filters and kernel size, or filters, depth, rows and columns.
        options: as of `Conv3D`, in Keras 1's words too, of which a warning says today's.

    Raises: as of `Conv3D`.

    Example:
        >>> Convolution3D(32, (3, 5, 5)).kernel_size
        (3, 5, 5)
    """
    return Conv3D(*_with_kernel(Conv3D, arguments), **options)


def _with_kernel(kind: type[Conv2D], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments with the sides of the kernel as one of them, where each was given as a number."""
    sides = arguments[1 : 1 + kind.axes]
    if len(sides) < kind.axes or not all(isinstance(size, int) for size in (arguments[0], *sides)):
        return arguments
    old = f"Convolution{kind.axes}D({arguments[0]}, {', '.join(map(str, sides))})"
    warnings.warn(f"{old} is {kind.__name__}({arguments[0]}, {sides}) now.", UserWarning, stacklevel=3)
    return (arguments[0], sides, *arguments[1 + kind.axes :])
