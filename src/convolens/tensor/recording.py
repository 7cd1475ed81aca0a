"""Whether a `GradientTape` is open in this thread; within its block layers give tensors for arrays too."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch

_recording: ContextVar[bool] = ContextVar("recording", default=False)


def recording() -> bool:
    """Return whether a tape is open.

    Example:
        >>> with record():
        ...     recording()
        True
    """
    return _recording.get()


@contextmanager
def record() -> Iterator[None]:
    """Let a tape be open, and autograd follow everything, as long as the block runs."""
    token = _recording.set(True)
    try:
        with torch.enable_grad():
            yield
    finally:
        _recording.reset(token)


@contextmanager
def pause() -> Iterator[None]:
    """Let autograd follow nothing as long as the block runs."""
    with torch.no_grad():
        yield
