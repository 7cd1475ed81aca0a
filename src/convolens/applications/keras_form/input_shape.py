"""obtain_input_shape: the shape of the images that a network takes, as written-out networks ask Keras for it."""

from collections.abc import Sequence
from typing import Any

from convolens.errors import ShapeError

Sizes = tuple[int | None, ...]


def obtain_input_shape(
    input_shape: Sequence[int | None] | None,
    default_size: int | None,
    min_size: int,
    data_format: str | None = None,
    require_flatten: Any = True,
    weights: Any = None,
    *,
    include_top: Any = None,
    dim_ordering: str | None = None,
) -> Sizes:
    """Return the shape without the batch: the given one, checked, or the network's own.

    Args:
        input_shape: (rows, columns, channels), None where a side is free; None for the network's own.
        default_size: rows and columns of the network's own images.
        min_size: the fewest rows and columns that the network can take.
        data_format: "channels_first" where the channels come first ("th" in Keras 1).
        require_flatten: whether no side may be free, as a classifier wants it.
        weights: "imagenet" takes three channels, and with `require_flatten` the network's own size only.
        include_top, dim_ordering: older names of `require_flatten` and `data_format`.

    Raises:
        ShapeError: none of these shapes.

    Example:
        >>> obtain_input_shape(None, 224, 48), obtain_input_shape(None, 224, 48, require_flatten=False)
        ((224, 224, 3), (None, None, 3))
        >>> obtain_input_shape((32, 32, 1), 224, 16, "channels_last", True)
        (32, 32, 1)
    """
    first = (data_format or dim_ordering) in ("channels_first", "th")
    fixed = bool(require_flatten if include_top is None else include_top)
    learnt = isinstance(weights, str) and weights == "imagenet"

    def ordered(size: int | None) -> Sizes:
        return (3, size, size) if first else (size, size, 3)

    if not input_shape:
        return ordered(default_size if fixed else None)
    shape = tuple(input_shape)
    if learnt and fixed and shape != ordered(default_size):
        raise ShapeError(
            f"with a classifier the imagenet weights are for input_shape={ordered(default_size)}; received {shape}. Leave the top out."
        )
    if len(shape) != 3:
        raise ShapeError(f"input_shape must be of three numbers, without the batch; received {shape}.")
    channels, sides = (shape[0], shape[1:]) if first else (shape[2], shape[:2])
    if learnt and channels != 3:
        raise ShapeError(f"the imagenet weights take 3 channels; received input_shape={shape}.")
    if any(side is not None and side < min_size for side in sides):
        raise ShapeError(
            f"the images must be of at least {min_size} x {min_size} pixels; received input_shape={shape}."
        )
    if fixed and None in shape:
        raise ShapeError(
            f"a classifier needs fixed rows, columns and channels; received input_shape={shape}."
        )
    return shape
