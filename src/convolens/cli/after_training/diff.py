"""convolens diff"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def diff(
    first: Annotated[Path, typer.Argument(help="A run folder.")],
    second: Annotated[Path, typer.Argument(help="The run folder to compare it with.")],
    data: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of class folders, or one that holds test; without it the validation photos are compared.",
            show_default=False,
        ),
    ] = None,
    select: options.Select = "best",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write diff.csv, fixed.png and broken.png into this new folder.",
            metavar="DIR",
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Of runs whose photos have several labels: the table of those in DATA, as for train.",
            metavar="CSV",
            show_default=False,
        ),
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare two runs photo by photo: what got fixed, what broke, and whether it is more than chance.

    Example: [bold]convolens diff runs/photos runs/photos-2 photos/test --out runs/photos-diff[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    found = runs.diff(first, second, data, select, Screen(quiet=quiet, stderr=json_output), out, labels)
    if json_output:
        print(json.dumps(found.as_dict()))
