"""SIGTERM as a polite question: the training is asked to save its state and end; a second one ends it at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def asked_to_end() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGTERM came; outside of the main thread it never does.

    Example:
        >>> with asked_to_end() as asked:
        ...     before = asked()
        ...     signal.raise_signal(signal.SIGTERM)
        ...     (before, asked())
        (False, True)
    """
    came = threading.Event()

    def note(number: int, frame: Any) -> None:
        came.set()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    if threading.current_thread() is not threading.main_thread():
        yield came.is_set
        return
    before = signal.signal(signal.SIGTERM, note)
    try:
        yield came.is_set
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
