"""convolens check"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options
from convolens.cli.with_options import with_options
from convolens.options.features import LayerOptions

LABELS = "Label errors"


@with_options()
def check(
    data: Annotated[
        Path,
        typer.Argument(
            help="A folder of class folders, or one that holds train, validation, test.", show_default=False
        ),
    ],
    validation: Annotated[
        Path | None,
        typer.Option(
            "--val",
            help="Another folder of class folders, which DATA is compared with.",
            metavar="DIR",
            show_default=False,
        ),
    ] = None,
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
    folds: Annotated[int, typer.Option(help="Of the cross-validation.", rich_help_panel=LABELS)] = 5,
    seed: Annotated[int, typer.Option(help="Of the folds.", rich_help_panel=LABELS)] = 0,
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder for tables and contact sheets; none by default.", show_default=False),
    ] = None,
    *,
    asked: Annotated[LayerOptions, LABELS],
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

    wanted = runs.CheckOptions(
        data,
        validation=validation,
        subject=model,
        folds=folds,
        seed=seed,
        out=out,
        learnt=not no_model,
        **vars(asked),
    )
    found = runs.check(wanted, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps(found.as_dict()))
