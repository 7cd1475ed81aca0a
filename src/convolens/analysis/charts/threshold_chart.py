"""plot_roc and plot_precision_recall: what becomes of a class as the threshold on its probability moves."""

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from convolens.analysis.charts.pictures import new_figure, save_figure, shorten
from convolens.analysis.measures.thresholds import ThresholdCurves
from convolens.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_CURVES = 10
_LONGEST_NAME = 20


def plot_roc(curves: Sequence[ThresholdCurves], path: str | PathLike[str] | None = None) -> "Figure":
    """Draw true over false positives, a line a class; above ten classes, those of the smallest areas.

    Args:
        curves: of `measures.threshold_curves`.
        path: a PNG file to write; its folder is made. None writes nothing.

    Raises:
        ArgumentError: no curves.

    Example:
        >>> from convolens.analysis import measures
        >>> curves = measures.threshold_curves([[0.9, 0.1], [0.4, 0.6]], [0, 1], ["cat", "dog"])
        >>> plot_roc(curves).axes[0].get_legend_handles_labels()[1]
        ['dog: area 1.000']
    """
    figure, axes = _begin(curves, "plot_roc")
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--")
    for curve in _worst(curves, "roc_area"):
        axes.plot(
            curve.false_positives,
            curve.true_positives,
            label=f"{_name(curve)}: area {curve.roc_area:.3f}",
        )
    _end(figure, axes, "false positives, of all others", "true positives, of the class", "lower right", path)
    return figure


def plot_precision_recall(
    curves: Sequence[ThresholdCurves], path: str | PathLike[str] | None = None
) -> "Figure":
    """Draw precision over recall, a line a class; above ten classes, those of the smallest areas.

    Args:
        curves: of `measures.threshold_curves`.
        path: a PNG file to write; its folder is made. None writes nothing.

    Raises:
        ArgumentError: no curves.

    Example:
        >>> from convolens.analysis import measures
        >>> curves = measures.threshold_curves([[0.9, 0.1], [0.4, 0.6]], [0, 1], ["cat", "dog"])
        >>> plot_precision_recall(curves).axes[0].get_xlabel()
        'recall'
    """
    figure, axes = _begin(curves, "plot_precision_recall")
    for curve in _worst(curves, "average_precision"):
        axes.step(
            curve.recall,
            curve.precision,
            where="post",
            label=f"{_name(curve)}: average {curve.average_precision:.3f}",
        )
    _end(figure, axes, "recall", "precision", "lower left", path)
    return figure


def _worst(curves: Sequence[ThresholdCurves], area: str) -> Sequence[ThresholdCurves]:
    if len(curves) <= MOST_CURVES:
        return curves
    return sorted(curves, key=lambda curve: getattr(curve, area))[:MOST_CURVES]


def _name(curve: ThresholdCurves) -> str:
    return shorten(curve.name, _LONGEST_NAME).replace("$", r"\$")  # a name is no formula


def _begin(curves: Sequence[ThresholdCurves], where: str) -> tuple["Figure", Any]:
    if not curves:
        raise ArgumentError(
            f"{where}: no class has photos of its own and of others; there is nothing to draw."
        )
    figure = new_figure(4.8, 4.8)
    return figure, figure.add_subplot()


def _end(figure: "Figure", axes: Any, x: str, y: str, place: str, path: str | PathLike[str] | None) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal")
    axes.grid(alpha=0.3)
    legend = axes.legend(fontsize="small", loc=place)
    legend.set_zorder(9)
    save_figure(figure, path)
