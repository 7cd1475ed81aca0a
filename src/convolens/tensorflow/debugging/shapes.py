"""Checks of shapes: of tensors, and of symbolic ones, whose free sizes fit everything."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from convolens.errors import ShapeError

_ANY_MORE = (..., "...", "*")  # stands for any number of axes


def assert_rank(
    x: Any, rank: int, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Check how many axes a tensor has.

    Args:
        x: the tensor.
        rank: how many.
        message: what the error begins with.
        summarize, name: accepted.

    Raises:
        ShapeError: it has more or fewer.
    """
    _check(len(_shape(x)) == int(rank), message, f"assert_rank: expected {int(rank)} axes", x)


def assert_rank_at_least(
    x: Any, rank: int, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Check how many axes a tensor has at least.

    Args:
        x, message, summarize, name: as of `assert_rank`.
        rank: the fewest.

    Raises:
        ShapeError: it has fewer.
    """
    _check(
        len(_shape(x)) >= int(rank), message, f"assert_rank_at_least: expected {int(rank)} axes or more", x
    )


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Any:
    """Return a tensor that is one value without axes.

    Args:
        tensor: the tensor.
        name: accepted.
        message: what the error begins with.

    Raises:
        ShapeError: it has axes.
    """
    _check(len(_shape(tensor)) == 0, message, "assert_scalar: expected no axes", tensor)
    return tensor


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Check the shapes of tensors against each other: a letter is the same size wherever it is.

    Args:
        shapes: pairs of a tensor and its axes, or a dict; an axis is a size, a letter, or None for any size; "..." or "*" first or last
            stands for any number of axes.
        data, summarize, name: accepted.
        message: what the error begins with.

    Raises:
        ShapeError: a tensor has another shape, or a letter two sizes.

    Example:
        >>> photos, labels = np.zeros((4, 8, 8, 3)), np.zeros(5)
        >>> assert_shapes([(photos, ("N", "H", "W", 3)), (labels, ("N",))])
        Traceback (most recent call last):
        convolens.errors.ShapeError: assert_shapes: expected N = 4, as elsewhere; received shape (5,).
    """
    sizes: dict[str, int] = {}
    for tensor, axes in shapes.items() if isinstance(shapes, Mapping) else shapes:
        shape, wanted = _shape(tensor), list(axes) if isinstance(axes, (list, tuple, str)) else [axes]
        said = "assert_shapes: expected (" + ", ".join(map(str, wanted)) + ")"
        more = bool(wanted) and (wanted[0] in _ANY_MORE or wanted[-1] in _ANY_MORE)
        if more and wanted[0] in _ANY_MORE:
            wanted = wanted[1:]
            shape = shape[max(len(shape) - len(wanted), 0) :]
        elif more:
            wanted = wanted[:-1]
            shape = shape[: len(wanted)]
        _check(len(shape) == len(wanted), message, said, tensor)
        for size, axis in zip(shape, wanted, strict=True):
            if size is None or axis is None:
                continue
            if isinstance(axis, str) and not axis.isdigit():
                known = sizes.setdefault(axis, size)
                _check(
                    known == size, message, f"assert_shapes: expected {axis} = {known}, as elsewhere", tensor
                )
            else:
                _check(int(axis) == size, message, said, tensor)


def _shape(x: Any) -> tuple[Any, ...]:
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def _check(fits: bool, message: str | None, expected: str, x: Any) -> None:
    if not fits:
        begin = f"{message}: " if message else ""
        raise ShapeError(f"{begin}{expected}; received shape {_shape(x)}.")
