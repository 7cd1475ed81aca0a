"""Options that several commands share."""

from typing import Annotated

import typer

Select = Annotated[str, typer.Option("--select", "--weights", help="The best or the last weights.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")]
CalibrationUsed = Annotated[
    bool,
    typer.Option(
        "--calibration/--no-calibration",
        help="Use the run's calibration.json, where it has one; or the network's own confidences, and nothing unknown.",
    ),
]
