"""convolens probe"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options, subject_options
from convolens.cli.with_options import with_options
from convolens.options.features import LayerOptions


@with_options()
def probe(
    places: Annotated[
        list[str],
        subject_options.places(
            "[RUN|MODEL] DATA", "DATA: a folder of class folders, or one that holds train."
        ),
    ],
    learners: Annotated[
        str | None,
        typer.Option(
            help="Which, with commas: logistic, svm, forest, neighbours, boosting; all by default.",
            metavar="A,B,...",
            show_default=False,
        ),
    ] = None,
    folds: Annotated[int, typer.Option(help="Of the cross-validation.")] = 5,
    group_by: Annotated[
        str | None,
        typer.Option(
            help="Keep photos together: a regular expression on the path, or a CSV (path, group).",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of folds and learners.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="A new run folder; runs/DATA-probe by default.", show_default=False)
    ] = None,
    *,
    asked: LayerOptions,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the scores as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Cross-validate classical learners on a network's features; the best becomes a run that predict takes.

    Example: [bold]convolens probe runs/photos photos --learners logistic,svm[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen
    from convolens.runs.whole_runs.train import command_line

    names = tuple(name.strip() for name in (learners or "").split(",") if name.strip())
    subject, (data,) = subject_options.subject_and_paths("probe", places, "DATA")
    command = command_line(sys.argv[1:])
    wanted = runs.ProbeOptions(
        subject,
        data,
        learners=names,
        folds=folds,
        seed=seed,
        group_by=group_by,
        out=out,
        command=command,
        **vars(asked),
    )
    found = runs.probe(wanted, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(
            json.dumps(
                {
                    "folder": str(found.folder.path),
                    **json.loads(found.folder.results.read_text(encoding="utf-8")),
                }
            )
        )
