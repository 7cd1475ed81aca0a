"""plot_average_precision: how well each label is found, beside what guessing would give."""

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from convolens.analysis.charts.pictures import new_figure, save_figure, shorten
from convolens.errors import ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 60  # classes that are drawn: those found worst
_LONGEST_NAME = 24


def plot_average_precision(
    averages: Sequence[float],
    shares: Sequence[float],
    class_names: Sequence[str],
    path: str | PathLike[str] | None = None,
) -> "Figure":
    """Draw the average precision of each class as a bar, the best above, and a line at what guessing gives.

    Args:
        averages: in [0, 1], one a class; NaN of a class that no photo has draws no bar.
        shares: of the photos that have the label: the average precision of whoever gives all photos the same probability.
        class_names: one a class.
        path: a PNG file to write; its folder is made. None writes nothing.

    Returns:
        the figure; above sixty classes, those that are found worst.

    Raises:
        ShapeError: not one value a class, or no class.

    Example:
        >>> figure = plot_average_precision([0.6, 0.9], [0.5, 0.1], ["cat", "dog"])
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['cat', 'dog']
    """
    if not class_names or not len(averages) == len(shares) == len(class_names):
        raise ShapeError(
            f"plot_average_precision: expected one value a class; received {len(averages)} averages and {len(shares)} shares "
            f"of {len(class_names)} classes."
        )
    values = np.asarray(averages, np.float64)
    order = np.argsort(np.where(np.isnan(values), 2, values), kind="stable")[:MOST]  # the worst below
    figure = new_figure(6.4, 1.2 + 0.3 * len(order))
    axes = figure.add_subplot()
    places = np.arange(len(order))
    axes.barh(places, np.nan_to_num(values[order]), color="tab:blue", label="average precision")
    axes.vlines(
        np.asarray(shares)[order],
        places - 0.4,
        places + 0.4,
        color="tab:orange",
        linewidth=2,
        label="guessing",
    )
    for place, number in enumerate(order):
        text = "no photo" if np.isnan(values[number]) else f"{values[number]:.3f}"
        axes.text(1.01, place, text, va="center", fontsize="small")
    axes.set_yticks(
        places, [shorten(str(class_names[i]), _LONGEST_NAME) for i in order], fontsize=9, parse_math=False
    )
    axes.set_xlim(0, 1)
    axes.set_xlabel("average precision")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    save_figure(figure, path)
    return figure
