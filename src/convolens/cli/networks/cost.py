"""convolens cost"""

import json
from pathlib import Path
from typing import Annotated

import typer


def cost(
    subject: Annotated[
        str,
        typer.Argument(
            help='An architecture, a run folder, or layers in words: "conv 128 1x1, conv 192 3x3".',
            metavar="MODEL|RUN|LAYERS",
            show_default=False,
        ),
    ],
    input_shape: Annotated[
        str | None,
        typer.Option("--input", help="Rows, columns and channels of an image: 224x224x3.", metavar="RxCxC"),
    ] = None,
    size: Annotated[
        int | None, typer.Option("--size", help="Rows and columns of colour images, instead of --input.")
    ] = None,
    classes: Annotated[
        int | None, typer.Option(help="Of an architecture; without it, what it was made for.")
    ] = None,
    batch: Annotated[int, typer.Option("--batch", help="How many images the numbers are for.")] = 1,
    training: Annotated[
        bool, typer.Option("--training", help="What a training step costs, too: work and memory.")
    ] = False,
    depth: Annotated[
        int | None,
        typer.Option(
            help="Add up layers whose names begin with the same so many parts; 0 adds up all.",
            show_default=False,
        ),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all layers here.")] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON; the rest goes to standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the totals.")] = False,
) -> None:
    """Show what a network costs: parameters, multiply-accumulates, memory and receptive field of each layer.

    In words: conv FILTERS KERNEL \\[stride S] \\[same|valid], maxpool W, avgpool W, globalavgpool, flatten, dense UNITS.

    Example: [bold]convolens cost shallow-vgg[/bold]

    The saving of a 1x1 convolution: [bold]convolens cost "conv 128 1x1, conv 192 3x3" --input 28x28x256[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    options = runs.CostOptions(subject, input_shape, size, classes, batch, training, depth, csv)
    found = runs.cost(options, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps(found.as_dict()))
