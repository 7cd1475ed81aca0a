"""Convolution2D, Convolution3D and Deconvolution2D: Keras 1's names, whose arguments after the first are the sides of a kernel."""

import warnings
from typing import Any

from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.convolutional.conv2d_transpose import Conv2DTranspose
from convolens.layers.convolutional.conv3d import Conv3D
from convolens.layers.convolutional.convolution import Convolution


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


def Deconvolution2D(*arguments: Any, output_shape: Any = None, **options: Any) -> Conv2DTranspose:
    """Return a `Conv2DTranspose`; of three numbers the last two are rows and columns of the kernel, as in Keras 1.

    Args:
        arguments: filters and kernel size; or filters, rows, columns and `output_shape`.
        output_shape: (batch, rows, columns, channels) of what comes out, of which an `output_padding` is made where one is needed.
        options: as of `Conv2DTranspose`, in Keras 1's words too, of which a warning says today's.

    Raises: as of `Conv2DTranspose`.

    Example:
        >>> Deconvolution2D(32, (2, 2), output_shape=(None, 29, 29, 32), strides=2).output_padding
        (1, 1)
    """
    arguments = _with_kernel(Conv2DTranspose, arguments)
    if len(arguments) > 2 and isinstance(arguments[2], tuple) and len(arguments[2]) == 4:
        output_shape, arguments = arguments[2], (*arguments[:2], *arguments[3:])
    layer = Conv2DTranspose(*arguments, **options)
    if output_shape is None or layer.padding != "valid":
        return layer
    sides = zip(output_shape[1:3], layer.kernel_size, layer.strides, strict=True)
    more = tuple((side - window) % step for side, window, step in sides)
    return Conv2DTranspose(*arguments, **{**options, "output_padding": more}) if any(more) else layer


def _with_kernel(kind: type[Convolution], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments with the sides of the kernel as one of them, where each was given as a number."""
    sides = arguments[1 : 1 + kind.axes]
    if len(sides) < kind.axes or not all(isinstance(size, int) for size in (arguments[0], *sides)):
        return arguments
    old = f"Convolution{kind.axes}D({arguments[0]}, {', '.join(map(str, sides))})"
    warnings.warn(f"{old} is {kind.__name__}({arguments[0]}, {sides}) now.", UserWarning, stacklevel=3)
    return (arguments[0], sides, *arguments[1 + kind.axes :])
