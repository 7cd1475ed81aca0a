"""convolens augment"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options
from convolens.errors import ArgumentError


def augment(
    image: Annotated[Path, typer.Argument(help="A photo.")],
    out: Annotated[Path, typer.Option(help="A new folder; a name that is taken gets a suffix.")],
    count: Annotated[int, typer.Option(help="How many variations.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the variations.")] = 0,
    save_format: Annotated[str, typer.Option(help="png or jpeg.")] = "png",
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
) -> None:
    """Write variations of one photo, and a sheet that shows them all.

    Without a range of your own it varies as the lecture does: rotation 20, shift 0.1, shear 0.2, zoom 0.4, flip.

    Example: [bold]convolens augment panda.jpg --count 20 --out varied --rotation-range 30[/bold]
    """
    if save_format not in ("png", "jpeg"):
        raise ArgumentError(f"--save-format must be png or jpeg; received {save_format!r}.")
    varied = options.augmentation_fields(
        rotation_range, width_shift_range, height_shift_range, shear_range, zoom_range, channel_shift_range,
        brightness_range, horizontal_flip, vertical_flip, fill_mode, cval,
    )  # fmt: skip
    from convolens import runs

    runs.augment(runs.AugmentOptions(image, out, count, varied, seed, save_format))
