"""Architecture: what the registry knows of a network, and the check of input shapes that all of them share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convolens.errors import ShapeError
from convolens.models import Model


def same_name(name: str) -> str:
    """Return the name: most networks here have torchvision's."""
    return name


@dataclass(frozen=True)
class Architecture:
    """One entry of `APPLICATIONS`.

    Attributes:
        name: what `--model` and `build` take, such as "shallow-vgg".
        build: called with input_shape=(rows, columns, channels) and classes=; returns a new model.
        size: default rows and columns, in pixels.
        minimum_size: the fewest rows and columns that leave at least one pixel at the end.
        sigmoid: whether two classes become one sigmoid unit (the probability of the second).
        summary: one line for lists.
        training: further arguments for a network that is going to be trained, auxiliary classifiers for example.
        renamed: from a name in the publisher's file of weights to the name here.
    """

    name: str
    build: Callable[..., Model]
    size: int
    minimum_size: int
    sigmoid: bool
    summary: str
    training: Mapping[str, Any] = field(default_factory=dict)
    renamed: Callable[[str], str] = same_name


def check_input_shape(where: str, input_shape: Any, minimum_size: int) -> tuple[int, int, int]:
    """Return `input_shape` as (rows, columns, channels) if a network can take it.

    Args:
        where: the network's name, for the message.
        input_shape: rows, columns (pixels) and channels, all fixed.
        minimum_size: the fewest rows and columns.

    Raises:
        ShapeError: not three positive integers, or too few rows or columns; the message gives the fewest.

    Example:
        >>> check_input_shape("shallow-vgg", [32, 32, 3], 4)
        (32, 32, 3)
    """
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    whole = all(isinstance(item, int) and not isinstance(item, bool) and item > 0 for item in shape)
    if len(shape) != 3 or not whole:
        raise ShapeError(
            f"{where}: input_shape must be (rows, columns, channels), three positive integers without the "
            f"batch; received {input_shape!r}."
        )
    rows, columns, channels = shape
    if min(rows, columns) < minimum_size:
        raise ShapeError(
            f"{where}: an input of {rows} x {columns} pixels is too small; the smallest is "
            f"{minimum_size} x {minimum_size}. Use larger images, or scale them up."
        )
    return rows, columns, channels
