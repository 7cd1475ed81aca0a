"""convolens check-export"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def check_export(
    file: Annotated[Path, typer.Argument(help="What `convolens export` wrote: model.onnx, or its folder.")],
    run: Annotated[
        Path | None,
        typer.Argument(
            help="The run that it came from; without it the sample beside the file is asked alone.",
            show_default=False,
        ),
    ] = None,
    photos: Annotated[
        list[str] | None,
        typer.Option(
            help="Photos or a folder to ask both on; else the validation photos of the run. May be given several times.",
            metavar="DIR",
            show_default=False,
        ),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Ask an exported file again whether it says what it said, and what its run says.

    Example: [bold]convolens check-export photos-onnx runs/photos[/bold]
    """
    from convolens import deployment
    from convolens.runs.output.screen import Screen

    deployment.check_export(file, run, photos, Screen(quiet=quiet))
