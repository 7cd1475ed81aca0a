"""convolens map"""

import json
from pathlib import Path
from typing import Annotated

import typer


def map(
    subject: Annotated[
        str,
        typer.Argument(
            help="A run folder, an architecture, or timm:NAME.", metavar="RUN|MODEL", show_default=False
        ),
    ],
    data: Annotated[
        Path, typer.Argument(help="A folder of class folders, or of photos.", show_default=False)
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
    layer: Annotated[
        str | None,
        typer.Option(help="Name or number; the last before the classifier by default.", show_default=False),
    ] = None,
    pool: Annotated[str, typer.Option(help="Of what has rows and columns: avg, max or flatten.")] = "avg",
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
        bool, typer.Option("--json", help="Print what was drawn as JSON; the rest goes to standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")] = False,
) -> None:
    """Draw what a network makes of a folder's photos: each is a point, alike ones are near each other.

    Example: [bold]convolens map runs/photos photos --out map[/bold]
    """
    from convolens import runs
    from convolens.runs.screen import Screen

    methods = tuple(name.strip() for name in method.split(",") if name.strip())
    options = runs.MapOptions(
        subject, data, out, methods, most, seed, layer, pool, batch_size, select, weights, size, device
    )
    found = runs.map_features(options, Screen(quiet=quiet, stderr=json_output))
    if json_output:
        told = {"out": str(found.folder), "layer": found.features.layers[0], "methods": list(found.points)}
        print(json.dumps(told | {"drawn": len(found.features), "photos": found.photos}))
