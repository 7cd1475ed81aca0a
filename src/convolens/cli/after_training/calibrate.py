"""convolens calibrate"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def calibrate(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    data: Annotated[
        Path | None,
        typer.Argument(
            help="Where the photos of the run are now, if not where they were.", show_default=False
        ),
    ] = None,
    error_rate: Annotated[
        float,
        typer.Option(
            help="Of photos of the known classes, so large a share may be called unknown.", metavar="RATE"
        ),
    ] = 0.05,
    no_unknown: Annotated[
        bool, typer.Option("--no-unknown", help="Fit the temperature only; no photo is called unknown.")
    ] = False,
    val: Annotated[
        Path | None,
        typer.Option(help="Where the validation photos are now, if they had a folder.", show_default=False),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Where the table of labels is now, if there was one.", metavar="CSV", show_default=False
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(help="auto (cuda, else mps, else cpu), cpu, mps, cuda, cuda:1.")
    ] = "auto",
    json_output: Annotated[
        bool, typer.Option("--json", help="Print what was fitted as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Fit how sure a run may be, and when it answers "unknown", on its validation photos; predict then uses both.

    Example: [bold]convolens calibrate runs/photos --error-rate 0.05[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    asked = runs.CalibrateOptions(None if no_unknown else error_rate, data, val, device, labels)
    found = runs.calibrate(run, asked, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps(found.as_dict()))
