"""Argument checks shared by every room; each raises with where, what was given and what was expected."""

import difflib
import operator
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from convolens.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from convolens.missing import of_keras

T = TypeVar("T")

LARGEST = 2**31 - 1  # of a size, a count: what torch and image files can take


def did_you_mean(name: object, known: Iterable[str], likeness: float = 0.5) -> str:
    """Return " Did you mean 'x'?" for the nearest known name, or "" where none is near.

    Args:
        name: what was given.
        known: what is known.
        likeness: from 0 to 1, of what is near.

    Example:
        >>> did_you_mean("sgdd", ["sgd", "adam"])
        " Did you mean 'sgd'?"
    """
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}  # "mse" before "MSE"
    near = difflib.get_close_matches(str(name).casefold(), by_folded, n=1, cutoff=likeness)
    if not near:
        return ""
    found = by_folded[near[0]]
    if found != str(name) and unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", str(name)):
        return f" Did you mean {found!a}? It differs only in the code points of its accents (Unicode NFC and NFD)."
    return f" Did you mean '{found}'?"


def one_of(where: str, argument: str, value: T, known: Collection[T]) -> T:
    """Return `value` if it is among `known`; raise `UnknownNameError` with the nearest name if not.

    Example:
        >>> one_of("Conv2D", "padding", "same", ("valid", "same"))
        'same'
    """
    if value in known:
        return value
    listed = ", ".join(repr(item) for item in known)
    raise UnknownNameError(
        f"{where}: {argument} must be one of {listed}; received {value!r}."
        + did_you_mean(value, [item for item in known if isinstance(item, str)])
    )


def look_up(where: str, what: str, name: str, table: Mapping[str, T]) -> T:
    """Return `table[name]`, or raise `UnknownNameError` that lists the names and offers the nearest.

    Example:
        >>> look_up("compile", "loss", "mse", {"mse": 1})
        1
    """
    if name in table:
        return table[name]
    hint = of_keras(f"{what}s" if what[-1:] != "s" else f"{what}es", name) or did_you_mean(name, table)
    raise UnknownNameError(
        f"{where}: unknown {what} {name!r}.{hint} Known: " + ", ".join(sorted(table)) + "."
    )


def refuse_unknown(where: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise `ArgumentTypeError` for the first keyword in `given` that is not in `known`.

    Example:
        >>> refuse_unknown("Dense", {}, ["units"])
    """
    names = list(known)
    for name in given:
        if name not in names:
            raise ArgumentTypeError(
                f"{where}: unknown argument {name!r}.{did_you_mean(name, names, 0.7)} Known: {', '.join(names)}."
            )


def integer(where: str, argument: str, value: Any, minimum: int = 1, maximum: int = LARGEST) -> int:
    """Return `value` as an int in [minimum, maximum]; floats and booleans are refused.

    Example:
        >>> integer("Dense", "units", 3)
        3
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < minimum:
        raise ArgumentError(
            f"{where}: {argument} must be an integer of at least {minimum}; received {value!r}."
        )
    if number > maximum:
        raise ArgumentError(
            f"{where}: {argument} must be an integer of at most {maximum}; received {value!r}."
        )
    return number


def pair(where: str, argument: str, value: Any, minimum: int = 1) -> tuple[int, int]:
    """Return an int or two ints as a (rows, columns) pair.

    Example:
        >>> pair("Conv2D", "kernel_size", 3)
        (3, 3)
    """
    items = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(items) != 2:
        raise ArgumentError(
            f"{where}: {argument} must be one integer or a pair (rows, columns); received {value!r}."
        )
    return integer(where, argument, items[0], minimum), integer(where, argument, items[1], minimum)


def axis_of(where: str, axis: Any) -> int:
    """Return an axis as an integer; a list of one counts as that one.

    Example:
        >>> axis_of("Softmax", [-1])
        -1
    """
    axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ArgumentError(f"{where}: axis must be an integer; received {axis!r}.")
    return axis


def number_in(
    where: str, argument: str, value: Any, low: float, high: float, *, open_high: bool = False
) -> float:
    """Return `value` as a float within [low, high], or [low, high) where `open_high`.

    Example:
        >>> number_in("Dropout", "rate", 0.5, 0, 1)
        0.5
    """
    try:
        number = float("nan") if isinstance(value, (str, bool)) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high or (open_high and number == high):
        bracket = ")" if open_high else "]"
        raise ArgumentError(
            f"{where}: {argument} must be a number in [{low:g}, {high:g}{bracket}; received {value!r}."
        )
    return number
