"""convolens check"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options

LABELS = "Label errors"


def check(
    data: Annotated[
        Path,
        typer.Argument(
            help="A folder of class folders, or one that holds train, validation, test.", show_default=False
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            help="A run folder, an architecture, or timm:NAME that finds photos which are probably mislabelled; efficientnet-lite0 "
            "with learnt weights by default.",
            metavar="RUN|MODEL",
            rich_help_panel=LABELS,
            show_default=False,
        ),
    ] = None,
    no_model: Annotated[
        bool,
        typer.Option(
            "--no-model", help="Ask no network: quicker, and no label errors.", rich_help_panel=LABELS
        ),
    ] = False,
    layer: Annotated[
        str | None,
        typer.Option(
            help="Name or number; the last before the classifier by default.",
            rich_help_panel=LABELS,
            show_default=False,
        ),
    ] = None,
    pool: Annotated[
        str, typer.Option(help="Of what has rows and columns: avg, max or flatten.", rich_help_panel=LABELS)
    ] = "avg",
    folds: Annotated[int, typer.Option(help="Of the cross-validation.", rich_help_panel=LABELS)] = 5,
    seed: Annotated[int, typer.Option(help="Of the folds.", rich_help_panel=LABELS)] = 0,
    batch_size: Annotated[int, typer.Option(help="Photos at once.", rich_help_panel=LABELS)] = 64,
    select: Annotated[
        str, typer.Option("--select", help="Of a run: the best or the last weights.", rich_help_panel=LABELS)
    ] = "best",
    weights: Annotated[
        str | None,
        typer.Option(
            help="Of an architecture: imagenet, a file or a run folder.",
            rich_help_panel=LABELS,
            show_default=False,
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            help="Rows and columns for an architecture.", rich_help_panel=LABELS, show_default=False
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.", rich_help_panel=LABELS)] = "cpu",
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder for tables and contact sheets; none by default.", show_default=False),
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Find broken files, duplicates, leaks between training and validation, classes out of balance, and label errors.

    Example: [bold]convolens check photos --model runs/photos --out checked[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    options = runs.CheckOptions(
        data, model, layer, pool, folds, seed, out, batch_size, select, weights, size, device, not no_model
    )
    found = runs.check(options, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps(found.as_dict()))
