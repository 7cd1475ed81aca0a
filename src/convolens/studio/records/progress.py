"""telling: a screen whose bars are told to a function, for a page to draw."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from convolens.runs.output.screen import Advance, Screen

PERIOD = 0.2  # seconds between two tellings of one bar


class _Telling(Screen):
    """A quiet screen whose bars are told, and that says nothing where the server's own lines go."""

    tell_bar: Callable[[str, int, int], None]

    def result(self, text: str, style: str | None = None) -> None:
        """Say nothing: what came of it is in the run."""

    def warn(self, text: str) -> None:
        """Say nothing, likewise."""

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """Tell a bar now and then instead of drawing it."""
        told = 0.0

        def advance(done: int, total: int) -> None:
            nonlocal told
            self.check_cancelled()
            now = time.monotonic()
            if now - told >= PERIOD or done >= total:
                told = now
                self.tell_bar(title, done, total)

        yield advance


def telling(screen: Screen, tell: Callable[[str, int, int], None]) -> Screen:
    """Return a quiet screen that is cancelled as another one is, and tells its bars.

    Args:
        screen: whose cancelling counts.
        tell: called with a title, how much is done, and of how much.

    Example:
        >>> with telling(Screen(quiet=True), print).progress("reading") as advance:
        ...     advance(3, 3)
        reading 3 3
    """
    made = _Telling(quiet=True)
    made.cancel, made.tell_bar = screen.cancel, tell
    return made
