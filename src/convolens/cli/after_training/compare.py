"""convolens compare"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convolens.cli.job import job
from convolens.cli.with_options import with_options
from convolens.options.output import OutputOptions
from convolens.options.training import TrainOptions

if TYPE_CHECKING:
    from convolens.runs import Comparison
    from convolens.runs.output.events import Done

BUDGET = "Budget of each network: one of these"


@with_options(
    "kfold", "model", "from_scratch", "head_only", "minutes", "weights", "patience", "branch_from", "select"
)  # fmt: skip
def compare(
    models: Annotated[
        str,
        typer.Option(
            help="Architectures to compare, with commas between them.",
            metavar="A,B,...",
            rich_help_panel="Training",
        ),
    ],
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the photos; by default the recipe's.", rich_help_panel=BUDGET),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(help="Seconds of training, without validation.", rich_help_panel=BUDGET),
    ] = None,
    operations: Annotated[
        float | None,
        typer.Option(
            help="Multiply-accumulates of training (1e12), 3 forward passes a photo.", rich_help_panel=BUDGET
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a comparison of the same settings and photos in --out; else begin.",
            rich_help_panel="Checkpoints",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder; runs/DATA-compare by default.", rich_help_panel="Output"),
    ] = None,
    *,
    asked: TrainOptions,
    output: OutputOptions,
) -> None:
    """Train several architectures on your photos under the same budget, and show what each reaches at which cost.

    Each is an ordinary run in OUT/NAME. Ends with 0 where all were trained, with 1 where one was not. Example:

    [bold]convolens compare photos --models shallow-vgg,conv-model --size 64 --epochs 10[/bold]
    """
    from convolens import runs
    from convolens.cli.exit_status import INTERRUPTED, NOT_ALL
    from convolens.runs.whole_runs.train import command_line

    networks = [name.strip() for name in models.split(",") if name.strip()]
    training = replace(asked, command=command_line(sys.argv[1:]))
    comparison = runs.CompareOptions(networks, training, seconds, operations)
    found = job(lambda screen: runs.compare(comparison, screen), _done, output)
    if output.json_output:
        rows = [row.as_dict() for row in found.rows]
        print(
            json.dumps({"folder": str(found.folder.path), "interrupted": found.interrupted, "models": rows})
        )
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)
    if found.failed:
        first = found.failed[0]
        print(
            f"convolens: compare: {len(found.failed)} of {len(found.rows)} networks were not trained "
            f"({', '.join(row.name for row in found.failed)}); {first.name}: {first.reason}",
            file=sys.stderr,
        )
        raise typer.Exit(NOT_ALL)


def _done(found: "Comparison") -> "Done":
    from convolens.runs.output.events import Done

    return Done(str(found.folder.path), found.interrupted, {"models": [row.as_dict() for row in found.rows]})
