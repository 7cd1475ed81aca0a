"""`tf.autograph`: nothing is converted here, functions run as they are written."""

import sys
from collections.abc import Callable
from typing import Any

from convolens.missing import answer_for

__all__ = ["do_not_convert", "experimental", "set_verbosity", "to_graph", "trace"]


def do_not_convert(func: Callable[..., Any] | None = None) -> Any:
    """Return a function as it is; a decorator.

    Args:
        func: the function; None where it is called for the decorator.

    Example:
        >>> @do_not_convert
        ... def double(x):
        ...     return 2 * x
        >>> double(4)
        8
    """
    return (lambda wrapped: wrapped) if func is None else func


def to_graph(entity: Any, recursive: bool = True, experimental_optional_features: Any = None) -> Any:
    """Return a function as it is.

    Args:
        entity: the function.
        recursive, experimental_optional_features: accepted.
    """
    return entity


def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Do nothing: there is no conversion to report of.

    Args:
        level, alsologtostdout: accepted.
    """


def trace(*args: Any) -> None:
    """Print values, as `print`.

    Args:
        args: the values.
    """
    print(*args)


experimental = sys.modules[__name__]  # where TensorFlow has `do_not_convert`

__getattr__ = answer_for(__name__)
