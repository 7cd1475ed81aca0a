"""convolens lr-find"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from convolens.cli.train_flags import training, with_train_flags

TEST = "The test"


@with_train_flags("model")
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
    **flags: Any,
) -> None:
    """Find a learning rate: it grows from batch to batch, and the loss tells where learning is fastest and where it breaks.

    Takes a minute or less, changes no run, and prints the command to train with. Example:

    [bold]convolens lr-find photos --model conv-model[/bold]
    """
    asked = training(flags, ["model"])
    from convolens import runs
    from convolens.runs.output.screen import Screen

    found = runs.find_learning_rate(
        runs.TrainOptions(out=out, **asked),
        runs.RangeOptions(min_rate, max_rate, steps),
        Screen(quiet=flags["quiet"], stderr=flags["json_output"]),
    )
    if flags["json_output"]:
        print(json.dumps(found.as_dict()))
