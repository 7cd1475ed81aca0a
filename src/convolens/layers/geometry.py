"""Sizes of sliding windows: output lengths, and Keras' asymmetric "same" padding."""

from typing import Any

import torch

from convolens.arguments import integer, one_of, pair
from convolens.errors import ArgumentError, ShapeError

PADDINGS = ("valid", "same")


def output_length(
    length: int | None, window: int, stride: int, padding: str, dilation: int = 1
) -> int | None:
    """Return how many places a window takes along one axis; None where the length is free.

    Example:
        >>> output_length(32, 3, 2, "same"), output_length(32, 3, 2, "valid")
        (16, 15)
    """
    if length is None:
        return None
    if padding == "same":
        return -(-length // stride)
    return (length - (window - 1) * dilation - 1) // stride + 1


def same_padding(length: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Return the padding (before, after) that gives ceil(length / stride) places, the odd pixel after.

    Example:
        >>> same_padding(32, 3, 2)
        (0, 1)
    """
    total = max((-(-length // stride) - 1) * stride + (window - 1) * dilation + 1 - length, 0)
    return total // 2, total - total // 2


def same_padding_2d(
    x: torch.Tensor, window: tuple[int, int], strides: tuple[int, int], dilation: tuple[int, int] = (1, 1)
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return "same" padding ((top, bottom), (left, right)) for an NCHW tensor."""
    rows = same_padding(x.shape[2], window[0], strides[0], dilation[0])
    columns = same_padding(x.shape[3], window[1], strides[1], dilation[1])
    return rows, columns


def channels_last(title: str, data_format: str | None) -> str:
    """Return "channels_last", the one layout there is; None stands for it.

    Raises:
        UnknownNameError: another layout.
    """
    one_of(title, "data_format", data_format, ("channels_last", None))
    return "channels_last"


def check_image_shape(title: str, shape: tuple[int | None, ...]) -> None:
    """Raise ShapeError unless `shape` is (batch, rows, columns, channels)."""
    if len(shape) != 4:
        raise ShapeError(
            f"{title}: expected images of shape (batch, rows, columns, channels); received {tuple(shape)}."
        )


def check_not_empty(title: str, input_shape: tuple[int | None, ...], output: tuple[int | None, ...]) -> None:
    """Raise ShapeError where an output would have less than one row or column."""
    if any(size is not None and size < 1 for size in output[1:]):
        raise ShapeError(
            f"{title}: an input of shape {tuple(input_shape)} is smaller than the window and leaves an output "
            f'of shape {tuple(output)}; use larger images, padding="same" or fewer pooling layers.'
        )


def check_rank(title: str, shape: tuple[int | None, ...], axes: int) -> None:
    """Raise ShapeError unless `shape` is (batch, so many axes of places, channels)."""
    if len(shape) != axes + 2:
        places = ("steps", "rows, columns", "depth, rows, columns")[axes - 1]
        raise ShapeError(
            f"{title}: expected an input of shape (batch, {places}, channels); received {tuple(shape)}."
        )


def sizes_of(where: str, argument: str, value: Any, axes: int, minimum: int = 1) -> tuple[int, ...]:
    """Return one integer, or one for each axis, as a tuple with one for each axis.

    Example:
        >>> sizes_of("Conv3D", "kernel_size", 3, 3)
        (3, 3, 3)
    """
    items = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    if len(items) != axes:
        raise ArgumentError(
            f"{where}: {argument} must be one integer, or {axes} of them; received {value!r}."
        )
    return tuple(integer(where, argument, item, minimum) for item in items)


def sides_of(where: str, argument: str, value: Any, axes: int) -> tuple[tuple[int, int], ...]:
    """Return a pair (before, after) for each axis from one integer, one for each axis, or pairs.

    Example:
        >>> sides_of("Cropping2D", "cropping", ((1, 0), 2), 2)
        ((1, 0), (2, 2))
    """
    items = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    if len(items) != axes:
        raise ArgumentError(
            f"{where}: {argument} must be one integer, or {axes} integers or pairs (before, after); received {value!r}."
        )
    return tuple(pair(where, argument, item, minimum=0) for item in items)
