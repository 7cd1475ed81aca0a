"""convolens augment"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options
from convolens.errors import ArgumentError


def augment(
    image: Annotated[Path, typer.Argument(help="A photo.")],
    out: Annotated[Path, typer.Option(help="A new folder; a name that is taken gets a suffix.")],
    count: Annotated[
        int | None,
        typer.Option(
            help="How many variations; 20 by default, 6 of each value in a sweep.", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the variations.")] = 0,
    save_format: Annotated[str, typer.Option(help="png or jpeg.")] = "png",
    strength_sweep: Annotated[
        str | None,
        typer.Option(
            help="One row for each of several values: rotation, zoom, colour-jitter, randaugment ...",
            metavar="NAME",
        ),
    ] = None,
    partner: Annotated[
        Path | None, typer.Option(help="The photo that --mixup and --cutmix mix in.", metavar="PHOTO")
    ] = None,
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
) -> None:
    """Write variations of one photo, and a sheet that shows them all with what was drawn for each.

    Without a range of your own it varies as the lecture does: rotation 20, shift 0.1, shear 0.2, zoom 0.4, flip.

    Example: [bold]convolens augment panda.jpg --count 20 --out varied --rotation-range 30[/bold]

    How much is too much: [bold]convolens augment panda.jpg --strength-sweep rotation --out swept[/bold]
    """
    if save_format not in ("png", "jpeg"):
        raise ArgumentError(f"--save-format must be png or jpeg; received {save_format!r}.")
    varied = options.augmentation_fields(
        rotation_range, width_shift_range, height_shift_range, shear_range, zoom_range, channel_shift_range,
        brightness_range, horizontal_flip, vertical_flip, fill_mode, cval,
        random_resized_crop, pad_and_crop, random_erasing, colour_jitter, mixup, cutmix, randaugment, trivialaugment,
    )  # fmt: skip
    from convolens import runs

    runs.augment(runs.AugmentOptions(image, out, count, varied, seed, save_format, strength_sweep, partner))
