"""convolens resume"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli.train import show_result
from convolens.cli.with_options import with_options
from convolens.options.output import OutputOptions
from convolens.options.resuming import ResumeOptions


@with_options()
def resume(
    run: Annotated[Path, typer.Argument(help="A run folder.")], asked: ResumeOptions, output: OutputOptions
) -> None:
    """Go on with a run that was killed or stopped: the end is the same, to the bit, as if it had not been.

    Example: [bold]convolens resume runs/photos[/bold]

    Learn longer: [bold]convolens resume runs/photos --epochs 40[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    screen = Screen(quiet=output.quiet, stderr=output.json_output)
    show_result(runs.resume(run, asked, screen), output)
