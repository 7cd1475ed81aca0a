"""convolens export"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def export(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    format: Annotated[
        str, typer.Option("--format", help="onnx, web (a page), pt2, keras, hdf5 or safetensors.")
    ] = "onnx",
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder; else RUN/export-FORMAT.", metavar="DIR", show_default=False),
    ] = None,
    photos: Annotated[
        list[str] | None,
        typer.Option(
            help="Photos or a folder to ask the file on; else the validation photos of the run. May be given several times.",
            metavar="DIR",
            show_default=False,
        ),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Of ONNX the bare network: floats in, its own output out.")
    ] = False,
    precision: Annotated[
        str, typer.Option(help="Of ONNX: float32, float16 or int8, whose ranges training photos give.")
    ] = "float32",
    allow_loss: Annotated[
        float, typer.Option(help="Points of accuracy that a smaller precision may lose.", metavar="<points>")
    ] = 0.5,
    select: options.Select = "best",
    calibration: options.CalibrationUsed = True,
    quiet: options.Quiet = False,
) -> None:
    """Write a run as a file for other programs, checked on photos before it is there.

    Example: [bold]convolens export runs/photos --format onnx --out photos-onnx[/bold]
    """
    from convolens import deployment
    from convolens.runs.output.screen import Screen

    asked = deployment.ExportOptions(format, out, photos, raw, calibration, select, precision, allow_loss)
    deployment.export(run, asked, Screen(quiet=quiet))
