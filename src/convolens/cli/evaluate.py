"""convolens evaluate"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def evaluate(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    data: Annotated[Path, typer.Argument(help="A folder of class folders, or one that holds test.")],
    select: options.Select = "best",
    csv: Annotated[
        Path | None, typer.Option(help="Write path, label, predicted and confidence here.")
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the measures as JSON; the rest goes to standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")] = False,
) -> None:
    """Score a run on a folder of labelled photos.

    Example: [bold]convolens evaluate runs/photos photos/test[/bold]
    """
    from convolens import runs
    from convolens.runs.screen import Screen

    scores = runs.evaluate(run, data, select, csv, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps(scores.as_dict()))
