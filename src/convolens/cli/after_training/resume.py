"""convolens resume"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli.job import train_job
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

    train_job(lambda screen: runs.resume(run, asked, screen), output)
