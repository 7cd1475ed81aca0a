"""Checks of values: of each the first that is wrong is told.

Example:
    >>> assert_equal([1, 2], [1, 3], message="labels")
    Traceback (most recent call last):
    convolens.errors.ArgumentError: labels: assert_equal: expected values equal to the others; received 2 and 3 at (1,).
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.tensor import as_dtype, as_tensor


def _compared(name: str, words: str, compare: Callable[[Any, Any], Any]) -> Callable[..., None]:
    """Return the check of values against others."""

    def check(
        x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
    ) -> None:
        _compare(check.__name__, words, compare, x, y, message)

    check.__doc__ = f"""Check that values are {words} others, each the one in its place.

    Args:
        x, y: numbers or texts of one shape, or of shapes that spread over each other.
        message: what the error begins with.
        summarize, name: accepted.

    Raises:
        ArgumentError: one is not.
    """
    return _named(check, name)


def _signed(name: str, words: str, compare: Callable[[Any, Any], Any]) -> Callable[..., None]:
    """Return the check of values against 0."""

    def check(
        x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
    ) -> None:
        _compare(check.__name__, words, compare, x, 0, message)

    check.__doc__ = f"""Check that values are {words} 0.

    Args:
        x: numbers.
        message: what the error begins with.
        summarize, name: accepted.

    Raises:
        ArgumentError: one is not.
    """
    return _named(check, name)


def _named(check: Callable[..., None], name: str) -> Callable[..., None]:
    check.__name__ = check.__qualname__ = name
    return check


assert_equal = _compared("assert_equal", "equal to", operator.eq)
assert_none_equal = _compared("assert_none_equal", "other than", operator.ne)
assert_less = _compared("assert_less", "less than", operator.lt)
assert_less_equal = _compared("assert_less_equal", "at most", operator.le)
assert_greater = _compared("assert_greater", "greater than", operator.gt)
assert_greater_equal = _compared("assert_greater_equal", "at least", operator.ge)
assert_positive = _signed("assert_positive", "greater than", operator.gt)
assert_negative = _signed("assert_negative", "less than", operator.lt)
assert_non_negative = _signed("assert_non_negative", "at least", operator.ge)
assert_non_positive = _signed("assert_non_positive", "at most", operator.le)


def assert_near(
    x: Any,
    y: Any,
    rtol: float | None = None,
    atol: float | None = None,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Check that values differ from others by at most `atol + rtol * |y|`.

    Args:
        x, y, message, summarize, name: as of `assert_equal`.
        rtol, atol: None for ten times the precision of the type.

    Raises:
        ArgumentError: two differ by more.
    """
    x, y = _array(x), _array(y)
    kind = np.result_type(x, y)
    least = 10 * float(np.finfo(kind if kind.kind == "f" else np.float32).eps)
    absolute, relative = (least if given is None else float(given) for given in (atol, rtol))
    _compare(
        "assert_near", "near", lambda a, b: np.abs(a - b) <= absolute + relative * np.abs(b), x, y, message
    )


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """Return a tensor whose values are all finite.

    Args:
        tensor: numbers.
        message: what the error begins with.
        name: accepted.

    Raises:
        ArgumentError: one is infinite, or no number.

    Example:
        >>> check_numerics([1.0, float("nan")], "loss")
        Traceback (most recent call last):
        convolens.errors.ArgumentError: loss: check_numerics: expected finite values; received nan at (1,).
    """
    tensor = as_tensor(tensor)
    array = _array(tensor)
    if not np.isfinite(array).all():
        place = _first(~np.isfinite(array))
        raise ArgumentError(
            f"{message}: check_numerics: expected finite values; received {array[place]} at {place}."
        )
    return tensor


def assert_all_finite(x: Any, message: str, name: str | None = None) -> Any:
    """Return a tensor whose values are all finite: `check_numerics`.

    Args:
        x: numbers.
        message, name: as of `check_numerics`.
    """
    return check_numerics(x, message)


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """Check the type of a tensor's values.

    Args:
        tensor: the tensor.
        tf_type: under any of its names.
        message: what the error begins with.
        name: accepted.

    Raises:
        ArgumentTypeError: it is another one.
    """
    found, wanted = as_dtype(getattr(tensor, "dtype", None) or as_tensor(tensor).dtype), as_dtype(tf_type)
    if found != wanted:
        raise ArgumentTypeError(f"{_begin(message)}assert_type: expected {wanted}; received {found}.")


def Assert(condition: Any, data: Any = None, summarize: int | None = None, name: str | None = None) -> None:
    """Check a truth, or all of several.

    Args:
        condition: what must be true.
        data: what the error shows, in a list.
        summarize, name: accepted.

    Raises:
        ArgumentError: it is not.
    """
    if not _array(condition).all():
        shown = ", ".join(str(one.numpy()) if hasattr(one, "numpy") else str(one) for one in data or ())
        raise ArgumentError(f"Assert: the condition is not true{': ' if shown else ''}{shown}.")


def _compare(
    where: str, words: str, compare: Callable[[Any, Any], Any], x: Any, y: Any, message: str | None
) -> None:
    x, y = _array(x), _array(y)
    try:
        x, y = np.broadcast_arrays(x, y)
    except ValueError:
        raise ArgumentError(
            f"{_begin(message)}{where}: values of shape {x.shape} and {y.shape} cannot be compared."
        ) from None
    right = np.asarray(compare(x, y))
    if not right.all():
        place = _first(~right)
        raise ArgumentError(
            f"{_begin(message)}{where}: expected values {words} the others; received {x[place]} and {y[place]} at {place}."
        )


def _begin(message: str | None) -> str:
    return f"{message}: " if message else ""


def _first(wrong: np.ndarray) -> tuple[int, ...]:
    return tuple(int(place) for place in np.argwhere(wrong)[0])


def _array(x: Any) -> np.ndarray:
    """Return values as an array; numbers of Python's have the types of tensors."""
    array = np.asarray(x) if not isinstance(x, torch.Tensor) else None
    if array is None or (array is not x and array.dtype.kind in "iufb"):
        array = as_tensor(x).numpy()
    return np.asarray(array)
