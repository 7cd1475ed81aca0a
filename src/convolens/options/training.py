"""TrainOptions: everything that can be asked of a training run."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from convolens.options.augmentation import AUGMENTATION, Variations
from convolens.options.checkpoints import CHECKPOINT_MINUTES, CHECKPOINT_STEPS, CHECKPOINTS, KEEP, KEPT_STATES
from convolens.options.fine_tuning import FineTuning
from convolens.options.option import Option, documented, options_of
from convolens.options.output import OUTPUT
from convolens.options.reading import recipe_or_none
from convolens.options.transfer import Transfer

VALIDATION_SPLIT = 0.2

_Data = partial(Option, panel="Data")
_Training = partial(Option, panel="Training")
_Python = partial(Option, kind="python")


@documented
@dataclass(frozen=True)
class TrainOptions:
    """What a user asks for; None means "what the recipe or the model says".

    Args:
        (options)

    Example:
        >>> TrainOptions(Path("photos"), epochs=3).recipe
        'fast'
    """

    data: Annotated[
        Path,
        Option(
            "A folder of class folders, or one that holds train and val (and test).",
            kind="argument",
            may_differ=True,
        ),
    ]
    _: KW_ONLY
    validation: Annotated[Path | None, _Data("Class folders to validate on.", flags=("--val",))] = None
    validation_split: Annotated[
        float | None,
        _Data(
            "Share kept for validation where there is no such folder.",
            flags=("--val-split",),
            show_default=str(VALIDATION_SPLIT),
            more="In (0, 1).",
        ),
    ] = None
    labels: Annotated[
        Path | None,
        _Data(
            "Several labels a photo of the folder DATA: a CSV of path and labels (a;b), or of path and a column of 0 and 1 a class.",
            metavar="CSV",
            more="See `data.read_label_table`.",
            may_differ=True,
        ),
    ] = None
    multi_label: Annotated[
        bool | None, _Data("A photo that lies in several class folders is one photo with several labels.")
    ] = None
    kfold: Annotated[
        int | None,
        _Data(
            "Train N times, each on all but one of N folds: mean and spread, an answer for every photo, one ensemble.",
            metavar="N",
            more="For `runs.kfold`.",
        ),
    ] = None
    group_by: Annotated[
        str | None,
        _Data(
            "Keep all photos of one object on one side: a regular expression on the path, or a CSV (path, group).",
            metavar="REGEX|CSV",
        ),
    ] = None
    size: Annotated[
        int | None,
        _Data(
            "Rows and columns of the network's input; by default the model's own.",
            more="In pixels, at least 8.",
        ),
    ] = None
    color_mode: Annotated[str | None, _Data("rgb (the default), grayscale or rgba.")] = None
    interpolation: Annotated[
        str | None,
        _Data(
            "How photos are scaled: nearest, box, bilinear, hamming, bicubic, lanczos; by default as for the weights, else bilinear."
        ),
    ] = None
    resize: Annotated[
        str | None,
        _Data("Photos of other proportions: squash (the default), crop (cut both ends) or pad (add black)."),
    ] = None
    strict: Annotated[bool, _Data("Refuse the data if any image is unreadable.", may_differ=True)] = False
    model: Annotated[
        str | None,
        _Training(
            "A name that `convolens models` lists, or timm:NAME; by default the photos decide: efficientnet-lite0 with learnt weights, or "
            "shallow-vgg where they are smaller than 64 pixels."
        ),
    ] = None
    from_scratch: Annotated[bool, _Training("Begin with nothing learnt.", recorded=False)] = False
    head_only: Annotated[
        bool, _Training("Of a learnt network: stop at the first answer.", recorded=False)
    ] = False
    minutes: Annotated[
        float | None,
        _Training(
            "Of a learnt network: plan the whole run to take no longer; 3 by default, more for over 400 photos.",
            recorded=False,
        ),
    ] = None
    weights: Annotated[
        str | None,
        _Training(
            "Begin with weights: imagenet, a file (.safetensors, .h5, .keras), or a run folder.",
            metavar="imagenet|PATH|RUN",
        ),
    ] = None
    recipe: Annotated[
        str,
        _Training(
            "fast (AdamW, one-cycle, light augmentation) or lecture (SGD 0.01, batch 16, none); a learnt network has its own, transfer."
        ),
    ] = "fast"
    epochs: Annotated[int | None, _Training("Passes over the training photos.")] = None
    batch_size: Annotated[int | None, _Training("Photos a step.")] = None
    optimizer: Annotated[str | None, _Training("sgd, rmsprop, adam or adamw.")] = None
    learning_rate: Annotated[
        float | None, _Training("The rate, or the peak of one-cycle.", flags=("--learning-rate", "--lr"))
    ] = None
    monitor: Annotated[
        str,
        _Training("What makes an epoch the best: val_loss or val_accuracy.", more='Or "loss" or "accuracy".'),
    ] = "val_loss"
    patience: Annotated[
        int | None,
        _Training(
            "End after so many epochs in which --monitor did not improve.",
            more="None runs to the last epoch.",
        ),
    ] = None
    ema: Annotated[
        float | None,
        _Training(
            "Average the weights with this momentum (0.99); validation, best and last are of the averages.",
            metavar="MOMENTUM",
            more="In (0, 1).",
        ),
    ] = None
    clip_norm: Annotated[
        float | None,
        _Training("Shorten the gradients together to this length.", metavar="NORM", more="Their L2 norm."),
    ] = None
    accumulate: Annotated[
        int, _Training("Update the weights once in so many batches.", more="By the mean of their gradients.")
    ] = 1
    precision: Annotated[str, _Training("Of the training steps: float32, bfloat16 or float16.")] = "float32"
    balance: Annotated[bool, _Training("Take each class equally often, however rare.")] = False
    seed: Annotated[
        int, _Training("Of weights, order and augmentation.", more="And dropout; in [0, 2**32).")
    ] = 0
    device: Annotated[
        str, _Training("auto, cpu, cuda, cuda:1, 1 or mps.", more="auto is cuda, else mps, else the CPU.")
    ] = "auto"
    threads: Annotated[
        int | None,
        _Training("Of the processor; by default one or all, whichever is faster here.", may_differ=True),
    ] = None
    augment: Annotated[
        bool,
        Option(
            "recipe, or none: nothing is varied but what is asked for below.",
            AUGMENTATION,
            more="False is none.",
            read=recipe_or_none,
            text="recipe",
            recorded=False,
        ),
    ] = True
    augmentation: Annotated[
        Mapping[str, Any],
        Option("Fields of `Augmentation` that override the recipe's.", AUGMENTATION, parts=Variations),
    ] = field(default_factory=dict)
    resume: Annotated[
        bool,
        Option(
            "Go on with a run of the same settings and photos in --out, if there is one; else begin.",
            CHECKPOINTS,
            recorded=False,
        ),
    ] = False
    checkpoint_steps: Annotated[int | None, CHECKPOINT_STEPS] = None
    checkpoint_minutes: Annotated[float | None, CHECKPOINT_MINUTES] = None
    keep: Annotated[int, KEEP] = KEPT_STATES
    branch_from: Annotated[
        Path | None,
        Option(
            "Begin with the weights of another run; classes that it knows keep their outputs.",
            CHECKPOINTS,
            metavar="RUN",
            more="Its preprocessing too.",
            recorded=False,
        ),
    ] = None
    select: Annotated[
        str, Option("With --branch-from: its best or its last weights.", CHECKPOINTS, recorded=False)
    ] = "best"
    out: Annotated[
        Path | None,
        Option(
            "The run folder; runs/DATA by default. A name that is taken gets a suffix.",
            OUTPUT,
            recorded=False,
        ),
    ] = None
    mean: Annotated[
        tuple[float, ...] | None,
        _Python(
            "Of each channel, of values in 0..1; the network's first layer normalises by it. `weights` and `branch_from` set it."
        ),
    ] = None
    std: Annotated[tuple[float, ...] | None, _Python("The same of the standard deviation.")] = None
    max_seconds: Annotated[
        float | None,
        _Python(
            "The training ends at the first step after so many seconds of training; infinity only counts them. Without `epochs`, as many "
            "are planned as it is expected to last."
        ),
    ] = None
    max_operations: Annotated[
        float | None, _Python("The same of multiply-accumulates of training, see `runs.training.budget`.")
    ] = None
    schedule_epochs: Annotated[
        float | None,
        _Python(
            "How many epochs the learning rate's schedule is made for, a fraction too; None is `epochs`."
        ),
    ] = None
    finetuning: Annotated[
        FineTuning | None,
        _Python(
            "The stages of a run that begins with a learnt network, see `runs.finetune`; None trains all from the first step on."
        ),
    ] = None
    transfer: Annotated[
        Transfer | None,
        _Python("How a run goes on from a first answer; chosen by `runs.transfer.choice`."),
    ] = None
    fold: Annotated[
        int | None, _Python("From 1, which of `kfold` folds a run validates on; it learns from the others.")
    ] = None
    command: Annotated[str | None, _Python("The command line, for the record.", recorded=False)] = None


def may_differ() -> set[str]:
    """Return the names of options that may differ between a run and the one that goes on with it.

    Example:
        >>> "threads" in may_differ(), "seed" in may_differ()
        (True, False)
    """
    return {item.name for item in options_of(TrainOptions) if item.option.may_differ}
