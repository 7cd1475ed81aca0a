"""Sizes of sliding windows: output lengths, and Keras' asymmetric "same" padding."""

import torch

from convolens.arguments import one_of
from convolens.errors import ShapeError

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
