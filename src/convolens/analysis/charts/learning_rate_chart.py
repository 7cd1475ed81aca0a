"""plot_learning_rates: the loss against the learning rate of a range test, the suggestions marked."""

from os import PathLike
from typing import TYPE_CHECKING

from convolens.analysis.charts.pictures import new_figure, save_figure
from convolens.analysis.learning_rate import RangeTest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOSS, _SMOOTHED = "tab:blue", "tab:orange"
_STEEPEST, _TENTH = "green", "purple"
_ROOM = 0.15  # of the span of the smoothed loss, above and below


def plot_learning_rates(test: RangeTest, path: str | PathLike[str] | None = None) -> "Figure":
    """Draw each batch's loss and the smoothed loss against the rate, on a logarithmic axis.

    Losses far above the smoothed ones (the explosion) are cut by the upper edge.

    Args:
        test: of `find_learning_rate`.
        path: a PNG file to write; its folder is made. None writes nothing.

    Returns:
        the figure.

    Raises:
        ArgumentError: a file name that does not end in .png. WriteError: it cannot be written.

    Example:
        >>> rates = [0.001, 0.01, 0.1, 1.0]
        >>> figure = plot_learning_rates(RangeTest(rates, [2.0, 1.5, 1.0, 3.0], [2.0, 1.5, 1.0, 3.0], "exploded"))
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()][2:]
        ['falls fastest: 0.001', 'a tenth of the minimum: 0.01']
    """
    figure = new_figure(7.2, 4.4)
    axes = figure.add_subplot()
    axes.plot(test.rates, test.losses, color=_LOSS, alpha=0.45, linewidth=1, label="loss of each batch")
    axes.plot(test.rates, test.smoothed, color=_SMOOTHED, linewidth=2, label="smoothed")
    low, high = min(test.smoothed), max(test.smoothed)
    room = _ROOM * (high - low) or 0.1 * abs(high) or 1.0
    axes.set_ylim(low - room, high + room)
    marks = (
        (test.steepest, _STEEPEST, "falls fastest", "o"),
        (test.tenth_of_minimum, _TENTH, "a tenth of the minimum", "D"),
    )
    for rate, colour, words, marker in marks:
        if rate is None:
            continue
        axes.axvline(rate, color=colour, linestyle=":", linewidth=1.2)
        axes.plot(
            [rate], [_at(test, rate)], linestyle="none", marker=marker, markersize=9, markerfacecolor="none",
            markeredgecolor=colour, markeredgewidth=2, label=f"{words}: {rate:.2g}", zorder=5,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss")
    axes.set_title(test.ended[0].upper() + test.ended[1:], fontsize="medium")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", loc="best")
    save_figure(figure, path)
    return figure


def _at(test: RangeTest, rate: float) -> float:
    """Return the smoothed loss at a rate, between two steps by a straight line over the logarithm."""
    import numpy as np

    return float(np.interp(np.log10(rate), np.log10(test.rates), test.smoothed))
