"""convolens finetune"""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from convolens.cli import options
from convolens.cli.train import TRAINING, show_result
from convolens.cli.train_flags import training, with_train_flags

STAGES = "Stages"


def _stages(help_text: str, metavar: str | None = None) -> Any:
    return typer.Option(help=help_text, rich_help_panel=STAGES, show_default=False, metavar=metavar)


@with_train_flags(
    "weights",
    "epochs",
    "learning_rate",
    "monitor",
    "patience",
    "checkpoint_steps",
    "checkpoint_minutes",
    "keep",
    "out",
)
def finetune(
    start: Annotated[
        str, typer.Argument(help="A run folder, or an architecture with learnt weights.", metavar="RUN|MODEL")
    ],
    data: Annotated[
        Path, typer.Argument(help="A folder of class folders, or one that holds train and val (and test).")
    ],
    head_epochs: Annotated[
        int | None,
        _stages(
            "The first so many epochs train the head alone, on features computed once; by default half of all, 10 at most; 0 for none."
        ),
    ] = None,
    frozen_until: Annotated[
        str | None,
        _stages(
            "The last layer that is frozen then; by default all before the last one with weights.", "LAYER"
        ),
    ] = None,
    unfreeze_from: Annotated[
        str | None,
        _stages("Then train from this layer on; by default the last third of the blocks.", "LAYER"),
    ] = None,
    gradual: Annotated[
        int | None, _stages("Unfreeze one block more every so many epochs, from the end on.", "EPOCHS")
    ] = None,
    depth_decay: Annotated[
        float | None,
        _stages("Each block learns at so much of the rate of the one behind it; 0.4 by default.", "FACTOR"),
    ] = None,
    head_learning_rate: Annotated[
        float | None, _stages("The rate, or the peak of one-cycle, of the head's epochs; 0.01 by default.")
    ] = None,
    views: Annotated[
        int | None,
        _stages("Features of so many augmented views of each photo; by default of the plain photos."),
    ] = None,
    head: Annotated[
        str | None,
        _stages(
            "names (the default: classes that RUN knows keep their outputs), new, or keep (the same classes)."
        ),
    ] = None,
    select: Annotated[
        str, typer.Option(help="Of a run: its best or its last weights.", rich_help_panel=STAGES)
    ] = "best",
    recipe: Annotated[
        str,
        typer.Option(
            help="finetune (AdamW at a low one-cycle rate, light augmentation), or one of `train`.",
            rich_help_panel=TRAINING,
        ),
    ] = "finetune",
    **flags: Any,
) -> None:
    """Teach a learnt network your photos: first its new head, then the layers before it.

    Example: [bold]convolens finetune resnet-18 photos --epochs 20 --out runs/photos[/bold]

    From a run of yours: [bold]convolens finetune runs/photos more-photos --unfreeze-from layer4[/bold]
    """
    stages = options.given(
        head_epochs=head_epochs, frozen_until=frozen_until, unfreeze_from=unfreeze_from, gradual=gradual, views=views,
        depth_decay=depth_decay, head_learning_rate=head_learning_rate, head=head,
    )  # fmt: skip
    also = (
        "weights",
        "epochs",
        "learning_rate",
        "monitor",
        "patience",
        "checkpoint_steps",
        "checkpoint_minutes",
        "out",
    )
    asked = training({**flags, "data": data, "recipe": recipe}, also)
    from convolens import runs
    from convolens.runs.output.screen import Screen
    from convolens.runs.whole_runs.train import command_line

    result = runs.finetune(
        start,
        asked.pop("data"),
        runs.FineTuning(**stages),
        Screen(quiet=flags["quiet"], stderr=flags["json_output"]),
        **asked,
        **options.given(keep=flags["keep"]),
        select=select,
        command=command_line(sys.argv[1:]),
    )
    show_result(result, flags["json_output"])
