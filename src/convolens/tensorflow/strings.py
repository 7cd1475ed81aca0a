"""`tf.strings`: a few functions of text; of one, or of an array of several."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from convolens.missing import answer_for
from convolens.tensor import Tensor, as_tensor
from convolens.tensorflow.top.text import written

__all__ = [
    "as_string", "join", "length", "lower", "regex_full_match", "regex_replace", "split", "strip", "substr", "to_number", "upper",
]  # fmt: skip


__getattr__ = answer_for(__name__)


def _each(change: Callable[[str], Any], input: Any) -> Any:
    """Return what a function gives for one text, or for each of several, in an array."""
    if isinstance(input, (list, tuple)) or (isinstance(input, np.ndarray) and input.ndim):
        return np.array([_each(change, one) for one in input])
    return change(written(input))


def split(input: Any, sep: str | None = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """Return the parts of a text in an array.

    Args:
        input: the text.
        sep: what lies between parts; None for any space.
        maxsplit: how often at most; -1 for no bound.
        name: accepted.

    Example:
        >>> split("cats/1.jpg", "/").tolist()
        ['cats', '1.jpg']
    """
    return _each(lambda text: np.array(text.split(sep and written(sep), maxsplit)), input)


def join(inputs: Any, separator: str = "", name: str | None = None) -> str:
    """Return texts joined.

    Args:
        inputs: the texts.
        separator: what goes between two.
        name: accepted.
    """
    return written(separator).join(map(written, inputs))


def length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """Return how long a text is.

    Args:
        input: the text, or several.
        name: accepted.
        unit: "BYTE" or "UTF8_CHAR".
    """
    return as_tensor(_each(lambda text: len(text.encode() if unit == "BYTE" else text), input), "int32")


def lower(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """Return text in small letters.

    Args:
        input: the text, or several.
        encoding, name: accepted.
    """
    return _each(str.lower, input)


def upper(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """Return text in capitals.

    Args: as of `lower`.
    """
    return _each(str.upper, input)


def strip(input: Any, name: str | None = None) -> Any:
    """Return text without the space around it.

    Args:
        input: the text, or several.
        name: accepted.
    """
    return _each(str.strip, input)


def regex_replace(
    input: Any, pattern: str, rewrite: str, replace_global: bool = True, name: str | None = None
) -> Any:
    r"""Return text with what fits a pattern replaced.

    Args:
        input: the text, or several.
        pattern: a regular expression.
        rewrite: what comes instead; \1 for a group.
        replace_global: whether everywhere, or once.
        name: accepted.
    """
    return _each(lambda text: re.sub(pattern, rewrite, text, count=0 if replace_global else 1), input)


def regex_full_match(input: Any, pattern: str, name: str | None = None) -> Tensor:
    """Return whether a text fits a pattern as a whole.

    Args:
        input: the text, or several.
        pattern: a regular expression.
        name: accepted.
    """
    return as_tensor(_each(lambda text: re.fullmatch(pattern, text) is not None, input))


def substr(input: Any, pos: int, len: int, unit: str = "BYTE", name: str | None = None) -> Any:
    """Return a part of a text.

    Args:
        input: the text, or several.
        pos: where it begins.
        len: how long it is.
        unit, name: accepted.
    """
    return _each(lambda text: text[int(pos) :][: int(len)], input)


def to_number(input: Any, out_type: Any = "float32", name: str | None = None) -> Tensor:
    """Return the number that a text says.

    Args:
        input: the text, or several.
        out_type: of the number.
        name: accepted.
    """
    return as_tensor(_each(float, input), out_type)


def as_string(input: Any, name: str | None = None) -> Any:
    """Return a number as text.

    Args:
        input: the number, or several.
        name: accepted.
    """
    values = as_tensor(input).numpy()
    return (
        np.array([str(value) for value in values.reshape(-1)]).reshape(values.shape)
        if values.ndim
        else str(values)
    )
