"""telling: a screen that says nothing, and whose pieces of work are told to a function, for a page to draw."""

from collections.abc import Callable

from convolens.runs.output.events import Event, Progress
from convolens.runs.output.screen import Cancel, Screen

PERIOD = 0.2  # seconds between two tellings of one piece of work
Tell = Callable[[str, int, int], None]


class _Silent(Screen):
    """A screen that says nothing where the server's own lines go: what came of a work is in the run, or on the page."""

    def result(self, text: str, style: str | None = None) -> None:
        """Say nothing."""

    def warn(self, text: str) -> None:
        """Say nothing."""


def telling(tell: Tell, cancel: Cancel | None = None) -> Screen:
    """Return a silent screen that tells how far a work is.

    Args:
        tell: called with a title, how much is done, and of how much.
        cancel: that ends the work.

    Example:
        >>> from convolens.runs.output.events import Progress
        >>> telling(print).tell(Progress("reading", 3, 4))
        reading 3 4
    """

    def hear(event: Event) -> None:
        if isinstance(event, Progress):
            tell(event.title, event.done, event.total)

    return _Silent(quiet=True, listeners=[hear], period=PERIOD).cancelled_by(cancel)
