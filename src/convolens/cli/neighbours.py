"""convolens neighbours"""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer


def neighbours(
    subject: Annotated[
        str,
        typer.Argument(
            help="A run folder, an architecture, or timm:NAME.", metavar="RUN|MODEL", show_default=False
        ),
    ],
    image: Annotated[Path, typer.Argument(help="The photo whose like is looked for.", show_default=False)],
    data: Annotated[
        Path, typer.Argument(help="A folder of class folders, or of photos, to search.", show_default=False)
    ],
    count: Annotated[int, typer.Option(help="How many.")] = 12,
    layer: Annotated[
        str | None,
        typer.Option(help="Name or number; the last before the classifier by default.", show_default=False),
    ] = None,
    pool: Annotated[str, typer.Option(help="Of what has rows and columns: avg, max or flatten.")] = "avg",
    metric: Annotated[str, typer.Option(help="The distance: cosine or euclidean.")] = "cosine",
    out: Annotated[
        Path | None,
        typer.Option(help="A new PNG file that shows them, the photo first.", show_default=False),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="A table: path, label, distance.", show_default=False)
    ] = None,
    batch_size: Annotated[int, typer.Option(help="Photos at once.")] = 64,
    select: Annotated[str, typer.Option("--select", help="Of a run: the best or the last weights.")] = "best",
    weights: Annotated[
        str | None,
        typer.Option(help="Of an architecture: imagenet, a file or a run folder.", show_default=False),
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="Rows and columns for an architecture.", show_default=False)
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the neighbours as JSON; the rest goes to standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")] = False,
) -> None:
    """Find the photos of a folder that a network finds most like one photo.

    Example: [bold]convolens neighbours runs/photos holiday/1.jpg photos --out nearest.png[/bold]
    """
    from convolens import runs
    from convolens.runs.screen import Screen

    options = runs.NeighbourOptions(
        subject, image, data, count, layer, pool, metric, out, csv, batch_size, select, weights, size, device
    )
    found = runs.neighbours(options, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps([dataclasses.asdict(row) for row in found]))
