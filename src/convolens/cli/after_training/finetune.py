"""convolens finetune"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli.job import train_job
from convolens.cli.with_options import with_options
from convolens.options.fine_tuning import FineTuning
from convolens.options.output import OutputOptions
from convolens.options.training import TrainOptions


@with_options("kfold", "model", "from_scratch", "head_only", "minutes", "resume", "branch_from")
def finetune(
    start: Annotated[
        str, typer.Argument(help="A run folder, or an architecture with learnt weights.", metavar="RUN|MODEL")
    ],
    data: Annotated[
        Path, typer.Argument(help="A folder of class folders, or one that holds train and val (and test).")
    ],
    stages: FineTuning,
    *,
    select: Annotated[
        str, typer.Option(help="Of a run: its best or its last weights.", rich_help_panel="Stages")
    ] = "best",
    recipe: Annotated[
        str,
        typer.Option(
            help="finetune (AdamW at a low one-cycle rate, light augmentation), or one of `train`.",
            rich_help_panel="Training",
        ),
    ] = "finetune",
    asked: TrainOptions,
    output: OutputOptions,
) -> None:
    """Teach a learnt network your photos: first its new head, then the layers before it.

    Example: [bold]convolens finetune resnet-18 photos --epochs 20 --out runs/photos[/bold]

    From a run of yours: [bold]convolens finetune runs/photos more-photos --unfreeze-from layer4[/bold]
    """
    from convolens import runs
    from convolens.runs.whole_runs.train import command_line

    wanted = dict(vars(replace(asked, command=command_line(sys.argv[1:]))))
    train_job(partial(runs.finetune, start, wanted.pop("data"), stages, **wanted), output)
