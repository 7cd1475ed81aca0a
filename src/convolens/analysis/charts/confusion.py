"""plot_confusion_matrix: how often each class was taken for each other, as a table in colours."""

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from convolens.analysis.charts.pictures import boxes_for_unknown_letters, new_figure, save_figure, shorten
from convolens.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_NUMBERS = 30  # classes above which the counts are left out
_LONGEST_NAME = 20  # characters


def plot_confusion_matrix(
    matrix: Any, class_names: Sequence[str], path: str | PathLike[str] | None = None
) -> "Figure":
    """Draw counts of true class against predicted class; a cell's colour is its share of its row.

    Args:
        matrix: (classes, classes) counts, not negative; rows are the true classes, columns the predictions.
        class_names: one a class, in the order of the rows; names above 20 characters are shortened.
        path: a PNG file to write; its folder is made. None writes nothing.

    Returns:
        the figure; above 30 classes without the numbers.

    Raises:
        ShapeError: the matrix is not square, or has another number of classes than there are names.
        ArgumentError: counts that are negative or not finite.

    Example:
        >>> figure = plot_confusion_matrix([[5, 1], [0, 6]], ["cat", "dog"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['5', '1', '0', '6']
    """
    counts = np.asarray(matrix)
    classes = len(class_names)
    if counts.shape != (classes, classes) or not classes:
        raise ShapeError(
            f"plot_confusion_matrix: expected a matrix of shape ({classes}, {classes}) for {classes} class "
            f"names; received {counts.shape}."
        )
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ArgumentError("plot_confusion_matrix: counts must be finite and not negative.")
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, np.finfo(np.float64).tiny)  # a class without photos stays white
    cell = _cell_size(counts)
    figure = new_figure(4, 4)
    figure.set_layout_engine("none")
    axes, bar = figure.add_subplot(), figure.add_axes((0, 0, 1, 1))
    image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    figure.colorbar(image, cax=bar, label="share of the true class")
    _label(axes, class_names, cell)
    if classes <= _MOST_NUMBERS:
        _write_counts(axes, counts, shares)
    _place(figure, axes, bar, cell * classes)
    save_figure(figure, path)
    return figure


def _place(figure: "Figure", axes: Any, bar: Any, side: float) -> None:
    """Make the figure as large as its parts, in inches: the matrix of `side`, the names, and the colour bar."""
    with boxes_for_unknown_letters():
        left = max(label.get_window_extent().width for label in axes.get_yticklabels()) / figure.dpi + 0.55
        below = max(label.get_window_extent().height for label in axes.get_xticklabels()) / figure.dpi + 0.5
    margin, gap, bar_width, bar_text = 0.1, 0.2, 0.15, 0.7
    bar_height = min(side, 4.0)
    width, height = left + side + gap + bar_width + bar_text, below + side + margin
    figure.set_size_inches(width, height)
    axes.set_position((left / width, below / height, side / width, side / height))
    bar.set_position(
        (
            (left + side + gap) / width,
            (below + side - bar_height) / height,
            bar_width / width,
            bar_height / height,
        )
    )
    axes.yaxis.set_label_coords(0.25 / width, below / height + side / height / 2, figure.transFigure)
    axes.xaxis.set_label_coords(left / width + side / width / 2, 0.2 / height, figure.transFigure)


def _cell_size(counts: np.ndarray) -> float:
    """Return rows and columns of a cell in inches: room for the counts, or for a name's line."""
    classes = len(counts)
    if classes > _MOST_NUMBERS:
        return 0.16
    digits = max(len(_text(value)) for value in counts.flat)
    return max(1.6 / classes, 0.8 if classes < 5 else 0.36, 0.09 * digits + 0.12)


def _label(axes: Any, class_names: Sequence[str], cell: float) -> None:
    names = [shorten(str(name), _LONGEST_NAME) for name in class_names]
    places = range(len(names))
    size = 9 if cell > 0.2 else 7  # points
    turned = max(len(name) for name in names) * 0.075 > cell
    # A class name is text and no formula, whatever dollar signs it holds.
    axes.set_xticks(places, names, fontsize=size, rotation=90 if turned else 0, parse_math=False)
    axes.set_yticks(places, names, fontsize=size, parse_math=False)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_xticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.85", linewidth=0.5)
    axes.tick_params(which="minor", length=0)


def _write_counts(axes: Any, counts: np.ndarray, shares: np.ndarray) -> None:
    for (row, column), value in np.ndenumerate(counts):
        axes.text(
            column,
            row,
            _text(value),
            ha="center",
            va="center",
            fontsize=9,
            color="white" if shares[row, column] > 0.55 else "0.45" if not value else "black",
        )


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, np.floating) and value != int(value) else str(int(value))
