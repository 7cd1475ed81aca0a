"""convolens demo"""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option(help="The run folder; the digits lie beside it.")] = Path("runs/demo"),
    epochs: Annotated[int | None, typer.Option(help="Passes over the digits.")] = None,
) -> None:
    """Train on handwritten digits that come with scikit-learn, draw a report, predict three of them.

    Example: [bold]convolens demo[/bold]
    """
    from convolens import runs
    from convolens.cli.exit_status import INTERRUPTED

    if runs.demo(out, epochs).interrupted:
        raise typer.Exit(INTERRUPTED)
