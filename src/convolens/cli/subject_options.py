"""Options of the commands that take a run or an architecture, and its features."""

from typing import Annotated

import typer

Subject = Annotated[
    str,
    typer.Argument(
        help="A run folder, an architecture, or timm:NAME.", metavar="RUN|MODEL", show_default=False
    ),
]
Layer = Annotated[
    str | None,
    typer.Option(help="Name or number; the last before the classifier by default.", show_default=False),
]
Pool = Annotated[str, typer.Option(help="Of what has rows and columns: avg, max or flatten.")]
BatchSize = Annotated[int, typer.Option(help="Photos at once.")]
Select = Annotated[str, typer.Option("--select", help="Of a run: the best or the last weights.")]
Weights = Annotated[
    str | None,
    typer.Option(help="Of an architecture: imagenet, a file or a run folder.", show_default=False),
]
Size = Annotated[int | None, typer.Option(help="Rows and columns for an architecture.", show_default=False)]
Device = Annotated[str, typer.Option(help="cpu, cuda or mps.")]
