"""compiled: Numba's compiler for the kernels, whose code is kept on disk where there is a place for it."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function on its first call, without Python's lock.

    The code is kept beside the file, else in the user's cache. Where neither can be written (an installation that is read only, a
    user without a home) it is compiled anew by every process.

    Args:
        options: of `numba.njit`.

    Example:
        >>> twice = compiled()(lambda value: 2 * value)
        >>> twice(4)
        8
    """

    def decorate(function: Callable[..., Any]) -> Any:
        try:
            return numba.njit(function, nogil=True, cache=True, **options)
        except RuntimeError:  # no place to keep it
            return numba.njit(function, nogil=True, **options)

    return decorate
