"""Functions of `keras.ops` by the names and keywords that TensorFlow has for them."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from convolens import ops

# TensorFlow 1's words.
_OLD = {"reduction_indices": "axis", "keep_dims": "keepdims", "dimension": "axis"}


def spelt(function: Callable[..., Any], name: str, words: dict[str, str] | None = None) -> Callable[..., Any]:
    """Return a function under another name, whose arguments may go by other words.

    Args:
        function: what is called.
        name: TensorFlow's for it.
        words: TensorFlow's words for its arguments: word -> ours. TensorFlow 1's for axes are known.
    """
    ours = _OLD | (words or {})

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        keywords.pop("name", None)
        return function(*arguments, **{ours.get(key, key): value for key, value in keywords.items()})

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"{inspect.getdoc(function)}\n\nSource: `tf.{name}`; its words for arguments are taken as well."
    )
    return call


def all_spelt(names: Iterable[str] | dict[str, str], words: dict[str, str]) -> dict[str, Callable[..., Any]]:
    """Return functions of `keras.ops` by TensorFlow's names.

    Args:
        names: the names, or TensorFlow's name -> ours.
        words: as of `spelt`.
    """
    pairs = names.items() if isinstance(names, dict) else ((name, name) for name in names)
    return {theirs: spelt(getattr(ops, ours), theirs, words) for theirs, ours in pairs}
