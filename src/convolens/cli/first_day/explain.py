"""convolens explain"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options


def explain(
    run: Annotated[Path, typer.Argument(help="A run folder, or efficientnet-lite0.", show_default=False)],
    images: Annotated[
        list[str],
        typer.Argument(help="Photos, folders (searched through), patterns in quotes.", show_default=False),
    ],
    class_name: Annotated[
        str | None,
        typer.Option(
            "--class", help="Show what speaks for this class; without it, for the likeliest.", metavar="NAME"
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(help="One, or several with commas.")
    ] = "grad-cam,grad-cam++,occlusion,integrated-gradients",
    layer: Annotated[
        str | None,
        typer.Option(
            help="For Grad-CAM and --top-photos, as `convolens cost RUN` names it; without it, the last map before the classifier.",
            show_default=False,
        ),
    ] = None,
    filters: Annotated[
        str | None,
        typer.Option(
            help="The layer whose filters are drawn; without it, the first convolution.", metavar="LAYER"
        ),
    ] = None,
    feature_maps: Annotated[
        bool | None,
        typer.Option(
            "--feature-maps/--no-feature-maps",
            help="What every layer makes of the photo; by default where there is one photo.",
            show_default=False,
        ),
    ] = None,
    top_photos: Annotated[
        str | None,
        typer.Option(help="Find the photos here on which --filter of --layer answers most.", metavar="DATA"),
    ] = None,
    filter_number: Annotated[
        int | None, typer.Option("--filter", help="Number of the filter, counted from 0.", show_default=False)
    ] = None,
    select: options.Select = "best",
    out: Annotated[
        Path | None,
        typer.Option(
            help="A new folder; without it, RUN/explanations/NAME with the next free suffix.",
            show_default=False,
        ),
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print JSON; the rest goes to standard error.")
    ] = False,
) -> None:
    """Show why a run says what it says of photos: heat maps, feature maps, filters, and one page with all of it.

    Example: [bold]convolens explain runs/photos holiday/beach.jpg[/bold]

    What a filter looks for: [bold]convolens explain runs/photos beach.jpg --top-photos photos --layer conv2d_3 --filter 7[/bold]
    """
    from convolens import runs
    from convolens.cli.exit_status import BAD_INPUT
    from convolens.runs.output.screen import Screen

    screen = Screen(stderr=json_output)
    methods = tuple(name.strip() for name in method.split(",") if name.strip())
    asked = runs.ExplainOptions(
        run, images, class_name, methods, layer, filters, feature_maps, top_photos, filter_number, out, select
    )
    done = runs.explain(asked, screen)
    if json_output:
        print(json.dumps(done.as_dict(), indent=1))
    failed = [photo for photo in done.photos if photo.error is not None]
    if failed:
        screen.warn(
            f"{len(failed)} of {len(done.photos)} photos could not be read; the first: {failed[0].path}: {failed[0].error}"
        )
        raise typer.Exit(BAD_INPUT)
