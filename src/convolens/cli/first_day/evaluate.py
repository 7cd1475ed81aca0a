"""convolens evaluate"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def evaluate(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    data: Annotated[Path, typer.Argument(help="A folder of class folders, or one that holds test.")],
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Of a run whose photos have several labels: the table of those in DATA, as for train.",
            metavar="CSV",
            show_default=False,
        ),
    ] = None,
    select: options.Select = "best",
    csv: Annotated[
        Path | None, typer.Option(help="Write path, label, predicted and confidence here.")
    ] = None,
    top_k: Annotated[
        int | None,
        typer.Option(
            help="Also how often the class is among the K likeliest; 5 where there are more classes.",
            metavar="K",
            show_default=False,
        ),
    ] = None,
    tta: Annotated[
        int | None,
        typer.Option(
            help="Average over each photo and N variations of it, drawn as in training.",
            metavar="N",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the variations and of the bootstrap.")] = 0,
    calibration: options.CalibrationUsed = True,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write pictures, tables and a page into this new folder.", metavar="DIR", show_default=False
        ),
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the measures as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Score a run on a folder of labelled photos.

    Example: [bold]convolens evaluate runs/photos photos/test --out runs/photos-test[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    found = runs.evaluate(
        run, data, select, csv, Screen(quiet=quiet, stderr=json_output), top_k=top_k, tta=tta, seed=seed,
        calibrated=calibration, out=out, labels=labels,
    )  # fmt: skip
    if json_output:
        print(json.dumps(found.as_dict()))
