"""convolens probe"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def probe(
    subject: Annotated[
        str,
        typer.Argument(
            help="A run folder, an architecture, or timm:NAME.", metavar="RUN|MODEL", show_default=False
        ),
    ],
    data: Annotated[
        Path, typer.Argument(help="A folder of class folders, or one that holds train.", show_default=False)
    ],
    layer: Annotated[
        str | None,
        typer.Option(help="Name or number; the last before the classifier by default.", show_default=False),
    ] = None,
    pool: Annotated[str, typer.Option(help="Of what has rows and columns: avg, max or flatten.")] = "avg",
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
    batch_size: Annotated[int, typer.Option(help="Photos at once.")] = 64,
    select: Annotated[str, typer.Option("--select", help="Of a run: the best or the last weights.")] = "best",
    weights: Annotated[
        str | None,
        typer.Option(help="Of an architecture: imagenet, a file or a run folder.", show_default=False),
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="Rows and columns for an architecture.", show_default=False)
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    json_output: Annotated[
        bool, typer.Option("--json", help="Print the scores as JSON; the rest goes to standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")] = False,
) -> None:
    """Cross-validate classical learners on a network's features; the best becomes a run that predict takes.

    Example: [bold]convolens probe runs/photos photos --learners logistic,svm[/bold]
    """
    from convolens import runs
    from convolens.runs.screen import Screen
    from convolens.runs.train import command_line

    names = tuple(name.strip() for name in (learners or "").split(",") if name.strip())
    options = runs.ProbeOptions(
        subject, data, layer, pool, names, folds, seed, group_by, out, batch_size, select, weights, size, device,
        command_line(sys.argv[1:]),
    )  # fmt: skip
    found = runs.probe(options, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        print(json.dumps({"folder": str(found.folder.path), **json.loads(found.folder.results.read_text())}))
