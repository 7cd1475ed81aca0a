"""SIGTERM and a cancelled job as a polite question: the training is asked to save its state and end; a second SIGTERM ends it at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from convolens.errors import CancelledError, TerminatedError


@contextmanager
def asked_to_end(
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Callable[[], type[TerminatedError] | None]]:
    """Yield a function that returns the error to end with, once somebody asks to end; outside of the main thread SIGTERM never does.

    Args:
        cancelled: whether the job is cancelled.

    Example:
        >>> with asked_to_end() as asked:
        ...     before = asked()
        ...     signal.raise_signal(signal.SIGTERM)
        ...     (before, asked().how)
        (None, 'ended by SIGTERM')
    """
    came = threading.Event()

    def note(number: int, frame: Any) -> None:
        came.set()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def asked() -> type[TerminatedError] | None:
        if came.is_set():
            return TerminatedError
        return CancelledError if cancelled() else None

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGTERM, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
