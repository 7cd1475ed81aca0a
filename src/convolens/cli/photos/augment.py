"""convolens augment"""

from pathlib import Path
from typing import Annotated

import typer

from convolens.cli.with_options import given, with_options
from convolens.errors import ArgumentError
from convolens.options.augmentation import Variations


@with_options()
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
    *,
    varied: Variations,
) -> None:
    """Write variations of one photo, and a sheet that shows them all with what was drawn for each.

    Without a range of your own it varies as the lecture does: rotation 20, shift 0.1, shear 0.2, zoom 0.4, flip.

    Example: [bold]convolens augment panda.jpg --count 20 --out varied --rotation-range 30[/bold]

    How much is too much: [bold]convolens augment panda.jpg --strength-sweep rotation --out swept[/bold]
    """
    if save_format not in ("png", "jpeg"):
        raise ArgumentError(f"--save-format must be png or jpeg; received {save_format!r}.")
    from convolens import runs

    runs.augment(
        runs.AugmentOptions(image, out, count, given(varied), seed, save_format, strength_sweep, partner)
    )
