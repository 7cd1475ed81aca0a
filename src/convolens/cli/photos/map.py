"""convolens map"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options, subject_options
from convolens.cli.with_options import with_options
from convolens.options.features import LayerOptions


@with_options()
def map(
    places: Annotated[
        list[str],
        subject_options.places("[RUN|MODEL] DATA", "DATA: a folder of class folders, or of photos."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="A new folder for features.png, features.html and features.csv.", show_default=False
        ),
    ],
    method: Annotated[
        str, typer.Option(help="pca, tsne, umap; several with commas.", metavar="A,B,...")
    ] = "pca,tsne",
    most: Annotated[int, typer.Option(help="Photos to draw; of more, as many by lot.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of the lot, of t-SNE and of UMAP.")] = 0,
    *,
    asked: LayerOptions,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print what was drawn as JSON; the rest goes to standard error.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw what a network makes of a folder's photos: each is a point, alike ones are near each other.

    Example: [bold]convolens map runs/photos photos --out map[/bold]
    """
    from convolens import runs
    from convolens.runs.output.screen import Screen

    methods = tuple(name.strip() for name in method.split(",") if name.strip())
    subject, (data,) = subject_options.subject_and_paths("map", places, "DATA")
    wanted = runs.MapOptions(subject, data, out, methods=methods, most=most, seed=seed, **vars(asked))
    found = runs.map_features(wanted, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        told = {"out": str(found.folder), "layer": found.features.layers[0], "methods": list(found.points)}
        print(json.dumps(told | {"drawn": len(found.features), "photos": found.photos}))
