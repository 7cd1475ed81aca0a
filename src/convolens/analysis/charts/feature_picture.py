"""plot_features: samples as points of a plane, coloured by class."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from convolens.analysis.charts.pictures import new_figure, save_figure, shorten
from convolens.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKS = "os^Dvp*X"  # a mark for each ten classes
_LISTED, _LETTERS = 40, 20  # classes in the legend; letters of a name


def class_colours(count: int) -> list[str]:
    """Return a colour for each class as "#rrggbb"; the first ten are matplotlib's, more are spread over the hues.

    Example:
        >>> class_colours(2), len(set(class_colours(37)))
        (['#1f77b4', '#ff7f0e'], 37)
    """
    from matplotlib import colormaps
    from matplotlib.colors import hsv_to_rgb, to_hex

    if count <= 10:
        return [to_hex(colormaps["tab10"](i)) for i in range(count)]
    shades = [(0.85, 0.8), (0.6, 0.95), (1.0, 0.55)]
    return [to_hex(tuple(hsv_to_rgb((i / count, *shades[i % 3])).tolist())) for i in range(count)]


def plot_features(
    points: Mapping[str, np.ndarray],
    labels: np.ndarray | None = None,
    class_names: Sequence[str] = (),
    path: str | PathLike[str] | None = None,
    title: str | None = None,
) -> "Figure":
    """Return a figure with a panel for each way of placing the samples.

    Args:
        points: title of the panel -> (n, 2).
        labels: class numbers (n,); None draws all in one colour.
        class_names: in the order of the numbers.
        path: a PNG file to write; None writes nothing.
        title: above all.

    Raises:
        ArgumentError: no panel. ShapeError: points of another shape.

    Example:
        >>> len(plot_features({"PCA": np.eye(2)}, np.array([0, 1]), ["cat", "dog"]).axes)
        1
    """
    if not points:
        raise ArgumentError("plot_features: there are no points; give at least one panel.")
    figure = new_figure(5.5 * len(points) + 1.5, 5.5)
    panels = figure.subplots(1, len(points), squeeze=False)[0]
    for axes, (name, placed) in zip(panels, points.items(), strict=True):
        if placed.ndim != 2 or placed.shape[1] != 2 or (labels is not None and len(labels) != len(placed)):
            raise ShapeError(f"plot_features: points must be (n, 2), one a label; received {placed.shape}.")
        size = float(np.clip(6000 / max(1, len(placed)), 6, 40))
        if labels is None:
            axes.scatter(*placed.T, s=size, linewidths=0)
        else:
            colours = class_colours(len(class_names))
            for number, colour in enumerate(colours):
                axes.scatter(
                    *placed[labels == number].T, s=size, color=colour, linewidths=0, alpha=0.8,
                    marker=_MARKS[number // 10 % len(_MARKS)],
                )  # fmt: skip
        axes.set(title=name, xticks=[], yticks=[])
    if labels is not None and 0 < len(class_names) <= _LISTED:
        handles = panels[0].collections
        plain = [str(number) for number in range(len(handles))]
        columns = 1 + (len(plain) - 1) // 20
        legend = figure.legend(
            handles,
            plain,
            loc="outside right upper",
            ncols=columns,
            frameon=False,
            fontsize="small",
            markerscale=2,
        )
        for text, name in zip(legend.get_texts(), class_names, strict=True):
            text.set_text(shorten(str(name), _LETTERS))
            text.set_parse_math(False)  # a class name is text and no formula, whatever dollar signs it holds
    if title:
        figure.suptitle(title)
    save_figure(figure, path)
    return figure
