"""plot_model under Keras' name and arguments: a picture of a network, as SVG, which needs no Graphviz."""

from os import PathLike
from pathlib import Path
from typing import Any

from convolens.arguments import refuse_unknown

_INERT = ("show_dtype", "expand_nested", "dpi", "show_layer_activations", "show_trainable", "layer_range")


def plot_model(
    model: Any,
    to_file: str | PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    **options: Any,
) -> str:
    """Draw a network into a file, and return the drawing (SVG).

    Args:
        model: a model with weights.
        to_file: the file; an ending other than .svg becomes that, which a line says. None writes nothing.
        show_shapes: write the shape of each layer's output.
        show_layer_names: write the layers' names.
        rankdir: "TB" from top to bottom, or "LR" from left to right.
        options: Keras' others (`expand_nested`, `dpi` ...) are accepted, and change nothing.

    Raises:
        ArgumentTypeError: another argument. ArgumentError: another direction. NotBuiltError: there are no weights yet.
        WriteError: the file cannot be written.

    Example:
        >>> from convolens import layers, models
        >>> plot_model(models.Sequential([layers.Dense(2, input_shape=(4,))]), to_file=None)[:4]
        '<svg'
    """
    from convolens import analysis  # draws, and is not needed by who asks utils for a number

    refuse_unknown(
        "plot_model", options, ["model", "to_file", "show_shapes", "show_layer_names", "rankdir", *_INERT]
    )
    path = None if to_file is None else Path(to_file).with_suffix(".svg")
    svg = analysis.plot_model(model, path, show_shapes, show_layer_names, rankdir)
    if path is not None and path != Path(to_file or ""):
        print(f"plot_model: the picture is {path}, an SVG; any browser shows it.")
    return svg
