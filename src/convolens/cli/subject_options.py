"""The arguments of the commands that take a run or an architecture, or none, and then what it looks at."""

from pathlib import Path
from typing import Any

import typer

from convolens.errors import ArgumentError

_WHOSE = "RUN|MODEL: a run folder, an architecture, or timm:NAME; efficientnet-lite0 with learnt weights by default."


def places(metavar: str, data: str) -> Any:
    """Return the argument of a command that takes a network or none, and then what it looks at.

    Args:
        metavar: the words, as usage shows them.
        data: says what the last ones are.
    """
    return typer.Argument(help=f"{_WHOSE} {data}", metavar=metavar, show_default=False)


def subject_and_paths(where: str, given: list[str], *names: str) -> tuple[str | None, list[Path]]:
    """Return RUN or MODEL, None where there is one argument fewer, and the paths behind it.

    Args:
        where: names the command in errors.
        given: what was typed.
        names: of the paths.

    Raises:
        ArgumentError: another number of arguments; a run or an architecture in the place of the photos.

    Example:
        >>> subject_and_paths("map", ["runs/photos", "photos"], "DATA")[0], subject_and_paths("map", ["photos"], "DATA")[0]
        ('runs/photos', None)
    """
    wanted = f"convolens {where} [RUN|MODEL] {' '.join(names)}"
    fewest = len(names)
    if len(given) not in (fewest, fewest + 1):
        raise ArgumentError(
            f"{where}: takes {fewest} or {fewest + 1} arguments, `{wanted}`; received {len(given)}"
            f"{': ' + ' '.join(given) if given else ''}."
        )
    subject = given[0] if len(given) > fewest else None
    paths = [Path(path) for path in given[-fewest:]]
    if subject is None:
        _check_no_network(where, given, wanted)
    return subject, paths


def _check_no_network(where: str, given: list[str], wanted: str) -> None:
    """Raise where the first of too few arguments is a run or an architecture: its photos are missing."""
    from convolens.runs.answers.subject import named_architecture

    for name in given:
        run = (Path(name) / "model.json").is_file()
        if run or (named_architecture(name) is not None and not Path(name).exists()):
            raise ArgumentError(
                f"{where}: {name} is {'a run' if run else 'an architecture'}, so photos are missing; `{wanted}`."
            )
