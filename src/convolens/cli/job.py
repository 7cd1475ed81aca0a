"""A command that trains: lines for people, events or one result for programs, and the exit status."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from convolens.cli.exit_status import INTERRUPTED, failure
from convolens.errors import ArgumentError
from convolens.options.output import OutputOptions

if TYPE_CHECKING:
    from convolens.runs.output.events import Done, Event
    from convolens.runs.output.screen import Screen

Result = TypeVar("Result")


def job(
    work: Callable[["Screen"], Result], done: Callable[[Result], "Done"], output: OutputOptions
) -> Result:
    """Do a work and return its result; with `output.json_lines` each event is printed as a line, at last `done` or `failed`.

    Args:
        work: given the screen to tell on.
        done: the last event of a result.
        output: what is printed.

    Raises:
        ArgumentError: both ways for programs at once. Others: those of `work`.
    """
    if output.json_output and output.json_lines:
        raise ArgumentError("--json prints one object, --json-lines one a line; give one of them.")
    from convolens.runs.output.events import Failed
    from convolens.runs.output.screen import Screen, Terminal

    lines = Terminal(file=sys.stdout)  # silent when its reader goes away: no training ends for that

    def print_line(event: "Event") -> None:
        lines.out(json.dumps(event.as_dict(), allow_nan=False), highlight=False)

    for_programs = output.json_output or output.json_lines
    listeners = [print_line] if output.json_lines else []
    screen = Screen(quiet=output.quiet, stderr=for_programs, listeners=listeners)
    try:
        # what callbacks and `fit` print, as Keras' do, is for people
        with redirect_stdout(sys.stderr) if for_programs else nullcontext():
            result = work(screen)
    except BaseException as error:
        message, status = failure(error) or (repr(error), 1)
        screen.tell(Failed(" ".join(message.split()), status))
        raise
    screen.tell(done(result))
    return result


def train_job(work: Callable[["Screen"], Any], output: OutputOptions) -> None:
    """Do a training as a `job`; print its result as JSON where that is asked for, and end with 130 after Ctrl-C."""

    def done(result: Any) -> "Done":
        from convolens.runs.output.events import Done

        outcome = result.outcome.as_dict() if result.outcome else None
        return Done(str(result.folder.path), result.interrupted, outcome)

    result = job(work, done, output)
    if output.json_output:
        print(json.dumps(asdict(done(result))))
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)
