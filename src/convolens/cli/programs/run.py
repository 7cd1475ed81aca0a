"""convolens run"""

from pathlib import Path
from typing import Annotated

import typer


def run(
    program: Annotated[Path, typer.Argument(help="A Keras program: a Python file.", metavar="PROGRAM.py")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="What the program is given; options too.", show_default=False)
    ] = None,
) -> None:
    """Run a Keras program as it is: its imports of tensorflow, keras and tf_keras lead to Convolens.

    Example: [bold]convolens run train.py --epochs 5[/bold]

    What of it is not here is one line, with the program's own line. The program has your rights, as under Python.
    """
    from convolens.programs import run_program

    raise typer.Exit(run_program(program, arguments or []))
