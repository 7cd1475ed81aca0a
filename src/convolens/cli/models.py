"""convolens models"""

import json
from typing import Annotated

import typer


def models(
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the networks that --model takes, and what one image costs.

    With the extra zoo, --model timm:NAME takes any network of the package timm too.

    Example: [bold]convolens models[/bold]
    """
    from convolens.analysis.catalogue import catalogue
    from convolens.runs.screen import Screen

    entries = catalogue()
    if json_output:
        print(json.dumps([entry.as_dict() for entry in entries]))
        return
    screen = Screen()
    screen.table(
        ["model", "size", "classes", "parameters", "multiply-accumulates", "imagenet", "what it is"],
        [
            [
                entry.name,
                entry.size,
                entry.classes,
                f"{entry.parameters:,}",
                f"{entry.multiply_accumulates:,}",
                "yes" if entry.imagenet else "",
                entry.summary,
            ]
            for entry in entries
        ],
        right=(1, 2, 3, 4),
    )
    screen.line(
        "imagenet: begin with learnt weights by --weights imagenet. timm:NAME takes any network of timm too."
    )
