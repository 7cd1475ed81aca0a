"""Screen: where a run's lines, tables and progress bars go; no bar where the output is no terminal."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

Advance = Callable[[int, int], None]


class Terminal(Console):
    """A console that falls silent when its reader (`head`, `less`) goes away: no training ends for that."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        with suppress(OSError):  # what is still to be flushed goes nowhere, without a word
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def shown(text: str) -> str:
    """Return text for a console: brackets are no markup, and bytes of a name that are no UTF-8 are question marks.

    Example:
        >>> shown("caf\\udce9 [1]")
        'caf? [1]'
    """
    return escape(text.encode("utf-8", "replace").decode("utf-8"))


class Screen:
    """Prints for people.

    Args:
        quiet: print nothing but `result` lines and warnings.
        stderr: write to standard error, so that standard output stays free for data.
        console: a rich console of your own.

    Example:
        >>> Screen(quiet=True).line("not shown")
    """

    def __init__(self, quiet: bool = False, stderr: bool = False, console: Console | None = None) -> None:
        self.quiet = quiet
        self.console = console or Terminal(stderr=stderr, highlight=False, emoji=False)

    def line(self, text: str = "", style: str | None = None) -> None:
        """Print a line; long ones are left to the terminal to wrap."""
        if not self.quiet:
            self.console.print(shown(text), style=style, soft_wrap=True)

    def result(self, text: str, style: str | None = None) -> None:
        """Print a line that is wanted even when quiet."""
        self.console.print(shown(text), style=style, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Print a warning, also when quiet."""
        self.console.print(shown(text), style="yellow", soft_wrap=True)

    def heading(self, text: str) -> None:
        """Print the title of what follows."""
        if not self.quiet:
            self.console.print()
            self.console.print(shown(text), style="bold")

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
                shown(name),
                justify="right" if place in right else "left",
                footer=shown(str(footer[place])) if footer is not None else "",
                overflow="fold",
                no_wrap=place in right,  # the digits of a number stay together
            )
        for row in rows:
            table.add_row(*(shown(str(cell)) for cell in row))
        self.console.print(table)

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """Yield `advance(done, total)`, drawn as a bar on a terminal and not at all elsewhere."""
        if self.quiet or not self.console.is_terminal:
            yield lambda done, total: None
            return
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=self.console,
            transient=True,
        )
        with bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


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
