"""Sizes of sliding windows: output lengths, and Keras' asymmetric "same" padding."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import integer, one_of, pair
from convolens.errors import ArgumentError, ShapeError

PADDINGS = ("valid", "same")
PLACES = ("steps", "rows, columns", "depth, rows, columns")  # of sequences, images and volumes
_INPUTS = ("sequences", "images", "volumes")


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


def same_paddings(
    x: torch.Tensor, window: Sequence[int], strides: Sequence[int], dilation: Sequence[int] = (1, 1, 1)
) -> tuple[tuple[int, int], ...]:
    """Return "same" padding, a pair (before, after) for each axis of places, for an (n, channels, places) tensor."""
    lengths = map(int, x.shape[2:])  # tensors while torch traces
    return tuple(map(same_padding, lengths, window, strides, dilation))


def padded(
    x: torch.Tensor, sides: Sequence[tuple[int, int]], mode: str = "constant", value: float | None = None
) -> torch.Tensor:
    """Return an (n, channels, places) tensor with values added before and after each axis; less than 0 is cut off.

    Args:
        x: the tensor.
        sides: a pair (before, after) for each axis of places.
        mode: "constant", or "replicate" for the value at the edge.
        value: of "constant"; None is 0.

    Example:
        >>> padded(torch.ones(1, 1, 2, 3), ((1, 0), (0, 2))).shape
        torch.Size([1, 1, 3, 5])
    """
    ends = [end for both in reversed(sides) for end in both]  # of the last axis first
    return F.pad(x, ends, mode, value)


def channels_last(title: str, data_format: str | None) -> str:
    """Return "channels_last", the one layout there is; None stands for it.

    Raises:
        UnknownNameError: another layout.
    """
    one_of(title, "data_format", data_format, ("channels_last", None))
    return "channels_last"


def check_image_shape(title: str, shape: tuple[int | None, ...]) -> None:
    """Raise ShapeError unless `shape` is (batch, rows, columns, channels)."""
    check_rank(title, shape, 2)


def check_not_empty(title: str, input_shape: tuple[int | None, ...], output: tuple[int | None, ...]) -> None:
    """Raise ShapeError where an output would have less than one row or column."""
    if any(size is not None and size < 1 for size in output[1:]):
        raise ShapeError(
            f"{title}: an input of shape {tuple(input_shape)} is smaller than the window and leaves an output "
            f'of shape {tuple(output)}; use larger ones, padding="same" or fewer pooling layers.'
        )


def check_rank(title: str, shape: tuple[int | None, ...], axes: int) -> None:
    """Raise ShapeError unless `shape` is (batch, so many axes of places, channels)."""
    if len(shape) != axes + 2:
        raise ShapeError(
            f"{title}: expected {_INPUTS[axes - 1]} of shape (batch, {PLACES[axes - 1]}, channels); "
            f"received {tuple(shape)}: expected ndim={axes + 2}, found ndim={len(shape)}."
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
            f"{where}: {argument} must be one integer, or {axes} of them ({PLACES[axes - 1]}); received {value!r}."
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
