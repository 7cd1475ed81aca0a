"""convolens neighbours"""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options, subject_options
from convolens.cli.with_options import with_options
from convolens.options.features import LayerOptions


@with_options()
def neighbours(
    places: Annotated[
        list[str],
        subject_options.places(
            "[RUN|MODEL] IMAGE DATA",
            "IMAGE: the photo whose like is looked for. DATA: a folder of class folders, or of photos, to search.",
        ),
    ],
    count: Annotated[int, typer.Option(help="How many.")] = 12,
    metric: Annotated[str, typer.Option(help="The distance: cosine or euclidean.")] = "cosine",
    out: Annotated[
        Path | None,
        typer.Option(help="A new PNG file that shows them, the photo first.", show_default=False),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="A table: path, label, distance.", show_default=False)
    ] = None,
    *,
    asked: LayerOptions,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the neighbours as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Find the photos of a folder that a network finds most like one photo.

    Example: [bold]convolens neighbours holiday/1.jpg photos --out nearest.png[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    subject, (image, data) = subject_options.subject_and_paths("neighbours", places, "IMAGE", "DATA")
    wanted = runs.NeighbourOptions(
        subject, image, data, count=count, metric=metric, out=out, csv=csv, **vars(asked)
    )
    found = runs.neighbours(wanted, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps([dataclasses.asdict(row) for row in found]))
