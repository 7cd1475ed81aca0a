"""convolens studio"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli.options import Quiet


def studio(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="A folder with a folder for each class; without it, drop photos on the page.",
            show_default=False,
        ),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where runs are found, and made.")] = Path("runs"),
    port: Annotated[int, typer.Option(help="The first port that is tried; 0 takes any.")] = 8200,
    host: Annotated[
        str,
        typer.Option(help="The address that is listened on; another than this machine's own needs --token."),
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            help="What a browser has to know, in the address; without it, a new one at each start.",
            show_default=False,
        ),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
    quiet: Quiet = False,
) -> None:
    """Open the studio: look at photos, train, see the mistakes, relabel, try and export, in the browser, on this machine alone.

    Example: [bold]convolens studio photos[/bold]
    """
    from importlib.util import find_spec

    from convolens.errors import ExtraMissingError

    missing = [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]
    if missing:
        raise ExtraMissingError(
            f"studio: needs {' and '.join(missing)}; pip install 'convolens[studio]' brings them."
        )
    from convolens.runs.output.screen import Screen
    from convolens.studio import StudioOptions, serve

    serve(StudioOptions(folder, runs, host, port, token, browser), Screen(quiet=quiet))
