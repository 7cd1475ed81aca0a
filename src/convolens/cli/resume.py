"""convolens resume"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options
from convolens.cli.train import show_result


def resume(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    data: Annotated[Path | None, typer.Option(help="Where the photos are now, if they were moved.")] = None,
    val: Annotated[
        Path | None, typer.Option(help="Where the validation photos are now, if they were moved.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Where the table of labels is now, if it was moved.")
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Learn to this epoch, later than before, also after the end or an early stop."),
    ] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda; by default as before.")] = None,
    threads: Annotated[int | None, typer.Option(help="Of the processor; by default as before.")] = None,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Go on where other threads, device or versions may change the last bits."
        ),
    ] = False,
    checkpoint_steps: options.CheckpointSteps = None,
    checkpoint_minutes: options.CheckpointMinutes = None,
    keep: options.Keep = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON; the rest goes to standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")] = False,
) -> None:
    """Go on with a run that was killed or stopped: the end is the same, to the bit, as if it had not been.

    Example: [bold]convolens resume runs/photos[/bold]

    Learn longer: [bold]convolens resume runs/photos --epochs 40[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    asked = runs.ResumeOptions(
        data=data, validation=val, labels=labels, epochs=epochs, device=device, threads=threads, anyway=anyway,
        checkpoint_steps=checkpoint_steps, checkpoint_minutes=checkpoint_minutes, keep=keep,
    )  # fmt: skip
    show_result(runs.resume(run, asked, Screen(quiet=quiet, stderr=json_output)), json_output)
