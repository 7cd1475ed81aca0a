"""Screen: where a run's lines, tables, progress bars and events go; no bar where the output is no terminal."""

import copy
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table

from convolens.errors import CancelledError
from convolens.runs.output.events import Event, Finding, FirstAnswer, Listener, Measurement, Plan, Progress

Advance = Callable[[int, int], None]


class Terminal(Console):
    """A console that falls silent when its reader (`head`, `less`) goes away: no training ends for that."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        with suppress(OSError):  # what is still to be flushed goes nowhere, without a word
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def shown(text: str, encoding: str = "utf-8") -> str:
    """Return text for a console: brackets are no markup, and what the encoding lacks, as bytes that are no UTF-8, are question marks.

    Example:
        >>> shown("caf\\udce9 [1]"), shown("café", "ascii")
        ('caf? [1]', 'caf?')
    """
    return escape(text.encode(encoding, "replace").decode(encoding))


class Cancel(Protocol):
    """What a job looks at to know whether it is to end: a `threading.Event`."""

    def is_set(self) -> bool:
        """Return whether it is."""


class Screen:
    """Prints for people, tells programs, and knows whether the job is to end.

    Args:
        quiet: print nothing but `result` lines and warnings.
        stderr: write to standard error, so that standard output stays free for data.
        console: a rich console of your own.
        listeners: called with each event, quiet or not, by the thread that works.
        period: seconds between two `Progress` events of a piece of work; a shorter one tells none.

    Example:
        >>> Screen(quiet=True).line("not shown")
        >>> from convolens.runs.output.events import Failed
        >>> Screen(listeners=[lambda event: print(event.event)]).tell(Failed("no photos", 2))
        failed
    """

    def __init__(
        self,
        quiet: bool = False,
        stderr: bool = False,
        console: Console | None = None,
        listeners: Sequence[Listener] = (),
        period: float = 1.0,
    ) -> None:
        self.quiet = quiet
        self.console = console or Terminal(stderr=stderr, highlight=False, emoji=False)
        self.listeners = listeners
        self.period = period
        self.cancel: Cancel | None = None

    def cancelled_by(self, cancel: Cancel | None) -> "Screen":
        """Return this screen for a job that `cancel`, set by another thread, ends; itself where there is none."""
        if cancel is None:
            return self
        screen = copy.copy(self)
        screen.cancel = cancel
        return screen

    def cancelled(self) -> bool:
        """Return whether the job is to end."""
        return self.cancel is not None and self.cancel.is_set()

    def check_cancelled(self) -> None:
        """Raise `CancelledError` where the job is to end; called between two pieces of a work that saves none of them."""
        if self.cancelled():
            raise CancelledError(
                "cancelled; what was finished before is kept, the same again goes on from there."
            )

    def tell(self, event: Event) -> None:
        """Tell an event to the terminal and to all others that listen."""
        for listener in (self._show, *self.listeners):
            listener(event)

    def _show(self, event: Event) -> None:
        """Print an event, unless a bar, a table or the command itself says it."""
        match event:
            case FirstAnswer():
                self.result(_first_answer_text(event))
            case Measurement():
                self.line(_measurement_text(event))
            case Plan():
                self.heading(f"Training into {event.run}")
            case Finding():
                say = self.warn if event.severity == "problem" else self.line
                say(f"{event.title}: {event.evidence}. Next: {event.next_step}.")

    def _shown(self, text: str) -> str:
        return shown(text, self.console.encoding)

    def line(self, text: str = "", style: str | None = None) -> None:
        """Print a line; long ones are left to the terminal to wrap."""
        if not self.quiet:
            self.console.print(self._shown(text), style=style, soft_wrap=True)

    def result(self, text: str, style: str | None = None) -> None:
        """Print a line that is wanted even when quiet."""
        self.console.print(self._shown(text), style=style, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Print a warning, also when quiet."""
        self.console.print(self._shown(text), style="yellow", soft_wrap=True)

    def heading(self, text: str) -> None:
        """Print the title of what follows."""
        if not self.quiet:
            self.console.print()
            self.console.print(self._shown(text), style="bold")

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        right: Sequence[int] = (),
        footer: Sequence[object] | None = None,
    ) -> None:
        """Print rows under columns; `right` names the columns that are flush right."""
        if self.quiet:
            return
        table = Table(box=box.SIMPLE_HEAD, show_footer=footer is not None, pad_edge=False)
        for place, name in enumerate(columns):
            table.add_column(
                self._shown(name),
                justify="right" if place in right else "left",
                footer=self._shown(str(footer[place])) if footer is not None else "",
                overflow="fold",
                no_wrap=place in right,  # the digits of a number stay together
            )
        for row in rows:
            table.add_row(*(self._shown(str(cell)) for cell in row))
        self.console.print(table)

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """Yield `advance(done, total)`: told to those that listen, drawn as a bar on a terminal and not at all elsewhere.

        Raises:
            CancelledError: by `advance`, where the job is to end.
        """
        last, told = time.monotonic(), None
        with self._bar(title) as draw:

            def advance(done: int, total: int) -> None:
                nonlocal last, told
                self.check_cancelled()
                draw(done, total)
                if self.listeners and time.monotonic() - last >= self.period:
                    last, told = time.monotonic(), Progress(title, done, total)
                    self.tell(told)

            yield advance
        # whoever heard how far it was hears that it has ended
        if told is not None and told.done < told.total:
            self.tell(Progress(title, told.total, told.total))

    @contextmanager
    def _bar(self, title: str) -> Iterator[Advance]:
        if self.quiet or not self.console.is_terminal:
            yield lambda done, total: None
            return
        bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=self.console,
            transient=True,
        )
        with bars:
            task = bars.add_task(title, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)


def _first_answer_text(event: FirstAnswer) -> str:
    said = f"First answer after {seconds_text(event.seconds)}: {event.accuracy:.1%} of {event.accuracy_of}"
    if event.mean is None or event.spread is None:
        return said
    return f"{said}; by {event.folds}-fold on all {event.photos:,} photos {event.mean:.1%} ± {event.spread * 100:.1f}"


def _measurement_text(event: Measurement) -> str:
    return (
        f"  measured here: {event.images_per_second:,.0f} images/s, "
        f"{seconds_text(event.seconds_per_epoch)} an epoch, about {seconds_text(event.seconds)} in all "
        f"({event.device}, {threads_text(event.threads)})"
    )


def bytes_text(count: float) -> str:
    """Return a number of bytes as people say it.

    Example:
        >>> bytes_text(3_500_000)
        '3.3 MiB'
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return ""


def seconds_text(seconds: float) -> str:
    """Return a duration as people say it.

    Example:
        >>> seconds_text(75.2)
        '1 min 15 s'
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60) if seconds >= 3600 else int(seconds // 60)
    if seconds < 3600:
        return f"{minutes} min {seconds % 60:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min"


def threads_text(threads: int) -> str:
    """Return a number of threads in words.

    Example:
        >>> threads_text(1), threads_text(2)
        ('1 thread', '2 threads')
    """
    return f"{threads} thread{'s' * (threads != 1)}"
