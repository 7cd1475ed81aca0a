"""convolens run"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.errors import ProgramError


def run(
    program: Annotated[Path, typer.Argument(help="A Keras program: a Python file.", metavar="PROGRAM.py")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="What the program is given; options too.", show_default=False)
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only read the program, and list what it needs of Keras and TensorFlow."
        ),
    ] = False,
) -> None:
    """Run a Keras program as it is: its imports of tensorflow, keras and tf_keras lead to Convolens.

    Example: [bold]convolens run train.py --epochs 5[/bold]

    What of it is not here, before anything runs: [bold]convolens run --check train.py[/bold] (exit status 0 or 2)

    The program has your rights, as under Python.
    """
    from convolens.programs import run_program

    if check:
        _check(program)
        return
    raise typer.Exit(run_program(program, arguments or []))


def _check(program: Path) -> None:
    """Print the names of Keras and TensorFlow that a program uses.

    Raises:
        ProgramError: one is not here that it cannot do without.
    """
    from convolens.programs import uses_of

    uses = uses_of(program)
    for use in uses:
        where = use.line if use.file == program else f"{use.file.name}:{use.line}"
        mark = "" if not use.missing else "?" if use.guarded else "!"
        print(f"{mark:1} {where:>6}  {use.missing or use.name}")
    if any(use.missing and use.guarded for use in uses):
        print("?: the program goes on without it.")
    needed = [use for use in uses if use.missing and not use.guarded]
    if needed:
        verb = "is" if len(needed) == 1 else "are"
        raise ProgramError(
            f"{program}: {len(needed)} of {len(uses)} names of Keras and TensorFlow {verb} not here; the first is "
            f"{needed[0].name} in line {needed[0].line} of {needed[0].file.name}."
        )
    print(f"{program}: all {len(uses)} names of Keras and TensorFlow that it needs are here.")
