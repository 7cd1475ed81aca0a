"""Weights that are left zero: for networks all of whose weights are read from a file at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_UNDRAWN: ContextVar[bool] = ContextVar("undrawn", default=False)  # of this thread


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave weights zero within the block: for networks all of whose weights are read from a file at once.

    Drawing the weights of EfficientNet-Lite0 takes as long as looking at some forty photos; torch's generator stays where it is.

    Example:
        >>> from convolens.initializers import HeNormal
        >>> with undrawn():
        ...     HeNormal()((2,)).tolist()
        [0.0, 0.0]
    """
    token = _UNDRAWN.set(True)
    try:
        yield
    finally:
        _UNDRAWN.reset(token)


def is_undrawn() -> bool:
    """Return whether weights are left zero in this thread now."""
    return _UNDRAWN.get()
