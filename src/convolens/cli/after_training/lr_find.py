"""convolens lr-find"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli.with_options import with_options
from convolens.options.output import OutputOptions
from convolens.options.training import TrainOptions

TEST = "The test"


@with_options(
    "kfold", "from_scratch", "head_only", "minutes", "weights", "epochs", "learning_rate", "monitor", "patience",
    "resume", "checkpoint_steps", "checkpoint_minutes", "keep", "branch_from", "select", "json_lines",
)  # fmt: skip
def lr_find(
    min_rate: Annotated[
        float, typer.Option(help="The rate of the first batch.", rich_help_panel=TEST)
    ] = 1e-7,
    max_rate: Annotated[float, typer.Option(help="The rate of the last batch.", rich_help_panel=TEST)] = 10.0,
    steps: Annotated[int, typer.Option(help="How many batches.", rich_help_panel=TEST)] = 100,
    out: Annotated[
        Path | None,
        typer.Option(
            help="For lr_find.csv and lr_find.png; runs/DATA-lr by default. A name that is taken gets a suffix.",
            rich_help_panel="Output",
        ),
    ] = None,
    *,
    asked: TrainOptions,
    output: OutputOptions,
) -> None:
    """Find a learning rate: it grows from batch to batch, and the loss tells where learning is fastest and where it breaks.

    Takes a minute or less, changes no run, and prints the command to train with. Example:

    [bold]convolens lr-find photos --model conv-model[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    found = runs.find_learning_rate(
        asked,
        runs.RangeOptions(min_rate, max_rate, steps),
        Screen(quiet=output.quiet, stderr=output.json_output),
    )
    if output.json_output:
        print(json.dumps(found.as_dict()))
