"""convolens features"""

import json
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options, subject_options
from convolens.cli.with_options import with_options
from convolens.options.features import NetworkOptions


@with_options()
def features(
    places: Annotated[
        list[str],
        subject_options.places("[RUN|MODEL] DATA", "DATA: a folder of class folders, or of photos."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="A new .safetensors or .npz file; a CSV of names is written beside it.", show_default=False
        ),
    ],
    layer: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or number of a layer; may be given several times. The last before the classifier by default.",
            show_default=False,
        ),
    ] = None,
    pool: Annotated[
        str, typer.Option(help="Of what has rows and columns: avg, max, flatten or none.")
    ] = "avg",
    engine: Annotated[
        str,
        typer.Option(
            help="torch, onnxruntime, or auto: whichever is faster on the first batch.", metavar="<name>"
        ),
    ] = "torch",
    *,
    asked: NetworkOptions,
    json_output: Annotated[
        bool,
        typer.Option("--json", help="Print what is in the file as JSON; the rest goes to standard error."),
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Write the activations of any layer for a folder of photos; a killed extraction goes on where it stopped.

    Example: [bold]convolens features runs/photos photos --layer flatten --out features.safetensors[/bold]
    """
    from convolens import runs
    from convolens.arguments import one_of
    from convolens.runs.output.screen import Screen

    one_of("features", "engine", engine, ["torch", "onnxruntime", "auto"])
    screen = Screen(quiet=quiet, stderr=json_output)
    made = {}
    if engine != "torch":
        from convolens.deployment import feature_engine

        made = {"engine": feature_engine(engine, screen)}
    subject, (data,) = subject_options.subject_and_paths("features", places, "DATA")
    wanted = runs.FeatureOptions(subject, data, out, tuple(layer or ()), pool, **vars(asked))
    found = runs.features(wanted, screen, **made)
    if json_output:
        shapes = {name: list(values.shape) for name, values in found.by_layer.items()}
        told = {"out": str(out), "layers": shapes, "class_names": found.class_names, "skipped": found.skipped}
        print(json.dumps(told | {"computed": not found.from_cache}))
