"""plot_model and model_to_dot under Keras' names and arguments: a picture of a network, as SVG, which needs no Graphviz."""

from os import PathLike
from pathlib import Path
from typing import Any

from convolens.arguments import refuse_unknown
from convolens.errors import ArgumentError

_INERT = ("show_dtype", "expand_nested", "dpi", "show_layer_activations", "show_trainable", "layer_range")


class Drawing(str):
    """A picture (SVG), as notebooks ask for it: they show it by itself, or call `create` as of Graphviz' graphs.

    Example:
        >>> Drawing("<svg/>").create(prog="dot", format="svg")
        b'<svg/>'
    """

    def create(self, prog: Any = None, format: str = "svg") -> bytes:
        """Return the picture as bytes.

        Args:
            prog: Graphviz' program, which is not needed.
            format: "svg".

        Raises:
            ArgumentError: another format.
        """
        if format != "svg":
            raise ArgumentError(
                f"create: format must be 'svg', which any browser shows; received {format!r}."
            )
        return self.encode()

    def _repr_svg_(self) -> str:
        return str(self)


def plot_model(
    model: Any,
    to_file: str | PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    **options: Any,
) -> Drawing:
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
    return Drawing(svg)


def model_to_dot(
    model: Any, show_shapes: bool = False, show_layer_names: bool = True, rankdir: str = "TB", **options: Any
) -> Drawing:
    """Return the picture of a network, to be shown in a notebook; it is drawn here, and not by Graphviz.

    Args:
        model, show_shapes, show_layer_names, rankdir, options: as of `plot_model`; `subgraph=True` is accepted too.

    Raises: as of `plot_model`.

    Example:
        >>> from convolens import layers, models
        >>> model_to_dot(models.Sequential([layers.Dense(2, input_shape=(4,))])).create(prog="dot", format="svg")[:4]
        b'<svg'
    """
    options.pop("subgraph", None)
    return plot_model(model, None, show_shapes, show_layer_names, rankdir, **options)
