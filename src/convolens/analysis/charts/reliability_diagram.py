"""plot_reliability: how often answers of each confidence are right, and how many there are."""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING

from convolens.analysis.charts.pictures import new_figure, save_figure
from convolens.analysis.measures.calibration import Reliability
from convolens.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("tab:blue", "tab:orange", "tab:green", "tab:red")


def plot_reliability(found: Mapping[str, Reliability], path: str | PathLike[str] | None = None) -> "Figure":
    """Draw accuracy over confidence, one line each, and the numbers of answers below.

    Args:
        found: name -> `measures.reliability(...)`; at most four.
        path: a PNG file to write; its folder is made. None writes nothing.

    Raises:
        ArgumentError: nothing to draw, or more than four.

    Example:
        >>> from convolens.analysis import measures
        >>> one = measures.reliability([[0.9, 0.1], [0.2, 0.8]], [0, 0])
        >>> figure = plot_reliability({"as it is": one})
        >>> figure.axes[0].get_legend_handles_labels()[1]
        ['right as often as said', 'as it is: off by 0.450 on average']
    """
    if not 1 <= len(found) <= len(_COLOURS):
        raise ArgumentError(f"plot_reliability: give one to {len(_COLOURS)}; received {len(found)}.")
    figure = new_figure(4.6, 5.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="right as often as said")
    width = 1.0 / max(len(item.counts) for item in found.values()) / len(found)
    for place, ((name, item), colour) in enumerate(zip(found.items(), _COLOURS, strict=False)):
        filled = item.counts > 0
        above.plot(
            item.confidence[filled],
            item.accuracy[filled],
            marker="o",
            color=colour,
            label=f"{name}: off by {item.error:.3f} on average",
        )
        below.bar(item.edges[:-1] + (place + 0.5) * width, item.counts, 0.9 * width, color=colour)
    above.set_ylabel("share of right answers")
    above.set_ylim(-0.03, 1.03)
    above.grid(alpha=0.3)
    above.legend(fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1.0))
    below.set_xlim(0, 1)
    below.set_xlabel("confidence")
    below.set_ylabel("answers")
    below.grid(alpha=0.3, axis="y")
    save_figure(figure, path)
    return figure
