"""convolens train"""

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from convolens.cli import options
from convolens.errors import ArgumentError

DATA_OPTIONS, TRAINING, OUTPUT = "Data", "Training", "Output"


def train(
    data: Annotated[
        Path,
        typer.Argument(help="A folder of class folders, or one that holds train and val (and test)."),
    ],
    val: Annotated[
        Path | None, typer.Option(help="Class folders to validate on.", rich_help_panel=DATA_OPTIONS)
    ] = None,
    val_split: Annotated[
        float | None,
        typer.Option(
            help="Share kept for validation where there is no such folder.",
            rich_help_panel=DATA_OPTIONS,
            show_default="0.2",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Several labels a photo of the folder DATA: a CSV of path and labels (a;b), or of path and a column of 0 and 1 a class.",
            rich_help_panel=DATA_OPTIONS,
            metavar="CSV",
        ),
    ] = None,
    multi_label: Annotated[
        bool,
        typer.Option(
            "--multi-label",
            help="A photo that lies in several class folders is one photo with several labels.",
            rich_help_panel=DATA_OPTIONS,
        ),
    ] = False,
    kfold: Annotated[
        int | None,
        typer.Option(
            help="Train N times, each on all but one of N folds: mean and spread, an answer for every photo, one ensemble.",
            rich_help_panel=DATA_OPTIONS,
            metavar="N",
        ),
    ] = None,
    group_by: Annotated[
        str | None,
        typer.Option(
            help="Keep all photos of one object on one side: a regular expression on the path, or a CSV (path, group).",
            rich_help_panel=DATA_OPTIONS,
            metavar="REGEX|CSV",
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            help="Rows and columns of the network's input; by default the model's own.",
            rich_help_panel=DATA_OPTIONS,
        ),
    ] = None,
    color_mode: Annotated[
        str | None, typer.Option(help="rgb (the default), grayscale or rgba.", rich_help_panel=DATA_OPTIONS)
    ] = None,
    interpolation: Annotated[
        str | None,
        typer.Option(
            help="How photos are scaled: nearest, bilinear, bicubic, lanczos; by default as for the weights, else bilinear.",
            rich_help_panel=DATA_OPTIONS,
        ),
    ] = None,
    resize: Annotated[
        str | None,
        typer.Option(
            help="Photos of other proportions: squash (the default), crop (cut both ends) or pad (add black).",
            rich_help_panel=DATA_OPTIONS,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Refuse the data if any image is unreadable.", rich_help_panel=DATA_OPTIONS
        ),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="A name that `convolens models` lists, or timm:NAME; by default the photos decide: efficientnet-lite0 with learnt weights, or "
            "shallow-vgg where they are smaller than 64 pixels.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    from_scratch: Annotated[
        bool,
        typer.Option("--from-scratch", help="Begin with nothing learnt.", rich_help_panel=TRAINING),
    ] = False,
    head_only: Annotated[
        bool,
        typer.Option(
            "--head-only", help="Of a learnt network: stop at the first answer.", rich_help_panel=TRAINING
        ),
    ] = False,
    minutes: Annotated[
        float | None,
        typer.Option(
            help="Of a learnt network: plan the whole run to take no longer; 3 by default, more for over 400 photos.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            help="Begin with weights: imagenet, a file (.safetensors, .h5, .keras), or a run folder.",
            rich_help_panel=TRAINING,
            metavar="imagenet|PATH|RUN",
        ),
    ] = None,
    recipe: Annotated[
        str,
        typer.Option(
            help="fast (AdamW, one-cycle, light augmentation) or lecture (SGD 0.01, batch 16, none); a learnt network has its own, transfer.",
            rich_help_panel=TRAINING,
        ),
    ] = "fast",
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the training photos.", rich_help_panel=TRAINING)
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Photos a step.", rich_help_panel=TRAINING)] = None,
    optimizer: Annotated[
        str | None, typer.Option(help="sgd, rmsprop, adam or adamw.", rich_help_panel=TRAINING)
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            "--learning-rate", "--lr", help="The rate, or the peak of one-cycle.", rich_help_panel=TRAINING
        ),
    ] = None,
    monitor: Annotated[
        str,
        typer.Option(
            help="What makes an epoch the best: val_loss or val_accuracy.", rich_help_panel=TRAINING
        ),
    ] = "val_loss",
    patience: Annotated[
        int | None,
        typer.Option(
            help="End after so many epochs in which --monitor did not improve.", rich_help_panel=TRAINING
        ),
    ] = None,
    ema: Annotated[
        float | None,
        typer.Option(
            help="Average the weights with this momentum (0.99); validation, best and last are of the averages.",
            rich_help_panel=TRAINING,
            metavar="MOMENTUM",
        ),
    ] = None,
    clip_norm: Annotated[
        float | None,
        typer.Option(
            help="Shorten the gradients together to this length.", rich_help_panel=TRAINING, metavar="NORM"
        ),
    ] = None,
    accumulate: Annotated[
        int, typer.Option(help="Update the weights once in so many batches.", rich_help_panel=TRAINING)
    ] = 1,
    precision: Annotated[
        str,
        typer.Option(help="Of the training steps: float32, bfloat16 or float16.", rich_help_panel=TRAINING),
    ] = "float32",
    balance: Annotated[
        bool,
        typer.Option(
            "--balance", help="Take each class equally often, however rare.", rich_help_panel=TRAINING
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(help="Of weights, order and augmentation.", rich_help_panel=TRAINING)
    ] = 0,
    device: Annotated[
        str, typer.Option(help="auto, cpu, cuda, cuda:1, 1 or mps.", rich_help_panel=TRAINING)
    ] = "auto",
    threads: Annotated[
        int | None,
        typer.Option(
            help="Of the processor; by default one or all, whichever is faster here.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    augment: Annotated[
        str,
        typer.Option(
            help="recipe, or none: nothing is varied but what is asked for below.",
            rich_help_panel=options.AUGMENTATION,
        ),
    ] = "recipe",
    rotation_range: options.Rotation = None,
    width_shift_range: options.WidthShift = None,
    height_shift_range: options.HeightShift = None,
    shear_range: options.Shear = None,
    zoom_range: options.Zoom = None,
    channel_shift_range: options.ChannelShift = None,
    brightness_range: options.Brightness = None,
    horizontal_flip: options.HorizontalFlip = None,
    vertical_flip: options.VerticalFlip = None,
    fill_mode: options.FillMode = None,
    cval: options.Cval = None,
    random_resized_crop: options.RandomResizedCrop = None,
    pad_and_crop: options.PadAndCrop = None,
    random_erasing: options.RandomErasing = None,
    colour_jitter: options.ColourJitter = None,
    mixup: options.MixUp = None,
    cutmix: options.CutMix = None,
    randaugment: options.RandAugment = None,
    trivialaugment: options.TrivialAugment = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a run of the same settings and photos in --out, if there is one; else begin.",
            rich_help_panel=options.CHECKPOINTS,
        ),
    ] = False,
    checkpoint_steps: options.CheckpointSteps = None,
    checkpoint_minutes: options.CheckpointMinutes = None,
    keep: options.Keep = None,
    branch_from: Annotated[
        Path | None,
        typer.Option(
            help="Begin with the weights of another run; classes that it knows keep their outputs.",
            rich_help_panel=options.CHECKPOINTS,
            metavar="RUN",
        ),
    ] = None,
    select: Annotated[
        str,
        typer.Option(
            help="With --branch-from: its best or its last weights.", rich_help_panel=options.CHECKPOINTS
        ),
    ] = "best",
    out: Annotated[
        Path | None,
        typer.Option(
            help="The run folder; runs/DATA by default. A name that is taken gets a suffix.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    json_output: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the result as JSON; the rest goes to standard error.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Only the result.", rich_help_panel=OUTPUT)
    ] = False,
) -> None:
    """Train a classifier on a folder of photos.

    Photos of 64 pixels or more get a network that has learnt from a million others: a first answer after seconds, a better one after
    minutes where there is more to learn. The photos are never copied or moved. Example:

    [bold]convolens train photos --out runs/photos[/bold]

    From scratch: [bold]convolens train photos --from-scratch --epochs 10 --rotation-range 20[/bold]
    """
    began = time.perf_counter()
    if augment not in ("recipe", "none"):
        raise ArgumentError(f"--augment must be recipe or none; received {augment!r}.")
    varied = options.augmentation_fields(
        rotation_range, width_shift_range, height_shift_range, shear_range, zoom_range, channel_shift_range,
        brightness_range, horizontal_flip, vertical_flip, fill_mode, cval,
        random_resized_crop, pad_and_crop, random_erasing, colour_jitter, mixup, cutmix, randaugment, trivialaugment,
    )  # fmt: skip
    from convolens import runs
    from convolens.runs.output.screen import Screen
    from convolens.runs.whole_runs.train import command_line

    work = partial(runs.train, began=began) if kfold is None else runs.kfold
    result = work(
        runs.TrainOptions(
            data=data, validation=val, validation_split=val_split, group_by=group_by, labels=labels,
            multi_label=multi_label or None, model=model, weights=weights, size=size,
            color_mode=color_mode, interpolation=interpolation, resize=resize, recipe=recipe, epochs=epochs, batch_size=batch_size,
            ema=ema, clip_norm=clip_norm, accumulate=accumulate, precision=precision,
            balance=balance, optimizer=optimizer, learning_rate=learning_rate, augment=augment == "recipe", augmentation=varied,
            seed=seed, monitor=monitor, patience=patience, strict=strict, device=device, threads=threads, out=out,
            checkpoint_steps=checkpoint_steps, checkpoint_minutes=checkpoint_minutes, resume=resume, branch_from=branch_from,
            select=select, kfold=kfold, from_scratch=from_scratch, head_only=head_only, minutes=minutes, **options.given(keep=keep),
            command=command_line(sys.argv[1:]),
        ),
        Screen(quiet=quiet, stderr=json_output),
    )  # fmt: skip
    show_result(result, json_output)


def show_result(result: Any, json_output: bool) -> None:
    """Print a training's result as JSON where that is asked for; end with 130 after Ctrl-C."""
    from convolens.cli.exit_status import INTERRUPTED

    if json_output:
        outcome = result.outcome.as_dict() if result.outcome else None
        print(
            json.dumps({"run": str(result.folder.path), "interrupted": result.interrupted, "result": outcome})
        )
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)
