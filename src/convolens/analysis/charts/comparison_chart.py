"""plot_comparison: accuracy against operations, a circle for each network, its area the number of parameters."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from convolens.analysis.charts.pictures import new_figure, save_figure, shorten
from convolens.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Box = tuple[float, float, float, float]  # left, bottom, right, top in pixels

_LARGEST = 2600.0  # area of the largest circle, in square points
_WIDE = 8.0  # times the smallest number of operations: beyond, the axis is logarithmic
_LONGEST = 28  # letters of a name
_AROUND = 16  # directions in which a name may stand
_FARTHEST = 60  # rings of `_RING` pixels
_CLOSE = 16  # of them, within which a name looks for a place on no other circle
_RING, _GAP = 7.0, 3.0
_SQUARE = 1.6  # sides of the square that stands for a circle, in radii
_NEAR = 2 * _RING  # pixels from its circle, beyond which a line leads to a name


@dataclass(frozen=True)
class Point:
    """A network in the chart.

    Attributes:
        name: written beside its circle.
        multiply_accumulates: of one image, above 0.
        accuracy: of the validation photos, 0 to 1.
        parameters: above 0.
    """

    name: str
    multiply_accumulates: float
    accuracy: float
    parameters: int


def plot_comparison(points: Sequence[Point], path: str | PathLike[str] | None = None) -> "Figure":
    """Draw networks by validation accuracy (up) and multiply-accumulates of one image (right).

    A circle's area is in proportion to the parameters; the legend gives three sizes. The axis of operations is
    logarithmic where they differ by more than 8 times. No name lies on another.

    Args:
        points: at least one.
        path: a PNG file to write; its folder is made. None writes nothing.

    Raises:
        ArgumentError: no network, or one without operations or parameters.

    Example:
        >>> figure = plot_comparison([Point("small", 2e6, 0.8, 50_000), Point("large", 3e8, 0.9, 2_000_000)])
        >>> figure.axes[0].get_xscale(), [text.get_text() for text in figure.axes[0].texts]
        ('log', ['small', 'large'])

    Source: the form of figure 1 of Canziani, Paszke & Culurciello, "An Analysis of Deep Neural Network Models for Practical
    Applications", arXiv:1605.07678.
    """
    if not points:
        raise ArgumentError("plot_comparison: there is no network to draw; give one at least.")
    for point in points:
        if point.multiply_accumulates <= 0 or point.parameters <= 0:
            raise ArgumentError(
                f"plot_comparison: {point.name} has {point.multiply_accumulates:g} multiply-accumulates and "
                f"{point.parameters} parameters; both must be above 0."
            )
    figure = new_figure(8.4, 5.2)
    axes = figure.add_subplot()
    macs = [point.multiply_accumulates for point in points]
    largest = max(point.parameters for point in points)
    areas = [_LARGEST * point.parameters / largest for point in points]
    colours = _colours(len(points))
    accuracies = [100 * point.accuracy for point in points]
    axes.scatter(macs, accuracies, s=areas, c=colours, alpha=0.5, edgecolors=colours, linewidths=1)
    axes.scatter(macs, accuracies, s=5, c="black", zorder=4)  # so that the smallest is seen too
    _scale(axes, macs, accuracies)
    axes.set_xlabel("multiply-accumulates of one image")
    axes.set_ylabel("validation accuracy in %")
    axes.grid(alpha=0.3)
    _legend(axes, largest)
    figure.draw_without_rendering()  # now it is known where everything lies
    figure.set_layout_engine("none")
    _write_names(figure, axes, points, areas, colours)
    save_figure(figure, path)
    return figure


def _colours(count: int) -> list[Any]:
    from matplotlib import colormaps

    table = colormaps["tab10" if count <= 10 else "tab20"]
    return [table(number % table.N) for number in range(count)]


def _scale(axes: Any, macs: Sequence[float], accuracies: Sequence[float]) -> None:
    """Choose the axes' scales, with room for the largest circle on each side."""
    from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullFormatter

    low, high = min(macs), max(macs)
    if high > _WIDE * low:
        axes.set_xscale("log")
        room = (high / low) ** 0.25
        axes.set_xlim(low / room, high * room)
        decades = math.log10(high / low)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if decades > 2.5 else (1.0, 3.0)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        room = 0.25 * (high - low) or 0.3 * high
        axes.set_xlim(low - room, high + room)
        axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    low, high = min(accuracies), max(accuracies)
    room = max(0.22 * (high - low), 1.0)
    axes.set_ylim(low - room, high + room)


def _legend(axes: Any, largest: int) -> None:
    """Show three sizes of circles beside the axes, of round numbers."""
    from matplotlib.lines import Line2D

    sizes = list(dict.fromkeys(_round_below(largest / divisor) for divisor in (1, 4, 16)))
    circles = [
        Line2D(
            [], [], linestyle="none", marker="o", markersize=math.sqrt(_LARGEST * size / largest),
            markerfacecolor="lightgrey", markeredgecolor="grey", label=short_count(size),
        )
        for size in sizes
    ]  # fmt: skip
    axes.legend(
        handles=circles, title="parameters", loc="upper left", bbox_to_anchor=(1.02, 1.0), labelspacing=2.9,
        handletextpad=2.4, borderpad=1.8, frameon=False, alignment="left",
    )  # fmt: skip


def _round_below(number: float) -> int:
    """Return the largest of 1, 2, 5, 10, 20, 50 ... that is no larger.

    Example:
        >>> [_round_below(number) for number in (1, 7, 49.9, 2_168_362)]
        [1, 5, 20, 2000000]
    """
    power = 10 ** math.floor(math.log10(max(number, 1)))
    return int(max(factor * power for factor in (1, 2, 5) if factor * power <= max(number, 1)))


def short_count(number: int) -> str:
    """Return a count in three digits.

    Example:
        >>> short_count(2_168_362), short_count(50_000), short_count(999)
        ('2.17 M', '50 k', '999')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {letter}"
    return str(number)


def _write_names(
    figure: Any, axes: Any, points: Sequence[Point], areas: Sequence[float], colours: Sequence[Any]
) -> None:
    """Write each name as near its circle as it can stand free, in its colour; a thin line leads to one that is far."""
    renderer = figure.canvas.get_renderer()
    pixels = figure.dpi / 72  # of a point
    frame = axes.get_window_extent(renderer)
    centres = [
        tuple(axes.transData.transform((point.multiply_accumulates, 100 * point.accuracy)))
        for point in points
    ]
    radii = [math.sqrt(area / math.pi) * pixels for area in areas]
    taken: list[Box] = [(x - 3, y - 3, x + 3, y + 3) for x, y in centres]  # the dots
    for number, point in enumerate(points):
        dark = [0.55 * value for value in colours[number][:3]]
        text = axes.text(
            0, 0, shorten(point.name, _LONGEST), fontsize=9, ha="center", va="center", zorder=6, color=dark
        )
        extent = text.get_window_extent(renderer)
        width, height = extent.width + 2 * _GAP, extent.height + 2 * _GAP
        within = (frame.x0, frame.y0, frame.x1, frame.y1)
        others = [
            _box(x, y, _SQUARE * radius, _SQUARE * radius)
            for place, ((x, y), radius) in enumerate(zip(centres, radii, strict=True))
            if place != number and (x, y) != centres[number]
        ]
        mine = centres[number], radii[number], (width, height)
        found = _free_place(*mine, [*taken, *others], within, _CLOSE) or _free_place(*mine, taken, within)
        x, y, distance = found or (*centres[number], 0.0)  # hundreds of networks in one place
        taken.append(_box(x, y, width, height))
        text.set_position(axes.transData.inverted().transform((x, y)))
        if distance > _NEAR:
            axes.annotate(
                "", centres[number], (x, y), xycoords="figure pixels", textcoords="figure pixels",
                arrowprops={"arrowstyle": "-", "color": "grey", "linewidth": 0.6, "shrinkB": 2, "shrinkA": height / 2 / pixels},
            )  # fmt: skip


def _free_place(
    centre: tuple[float, float],
    radius: float,
    size: tuple[float, float],
    taken: Sequence[Box],
    frame: Box,
    rings: int = _FARTHEST,
) -> tuple[float, float, float] | None:
    """Return where the middle of a name stands, and how far beyond its circle: the nearest place that is free."""
    for x, y, distance in _places(centre, radius, size, rings):
        box = _box(x, y, *size)
        inside = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
        if inside and not any(_overlap(box, other) for other in taken):
            return x, y, distance
    return None


def _places(
    centre: tuple[float, float], radius: float, size: tuple[float, float], rings: int
) -> Iterator[tuple[float, float, float]]:
    """Yield places around a circle, nearer ones first; to the right of it is the first of all."""
    for ring in range(rings):
        distance = ring * _RING
        for number in range(_AROUND):
            turn = (number + 1) // 2 * (-1) ** number  # 0, -1, 1, -2, 2 ...
            angle = turn * 2 * math.pi / _AROUND
            reach = radius + distance
            x = centre[0] + math.cos(angle) * (reach + size[0] / 2)
            y = centre[1] + math.sin(angle) * (reach + size[1] / 2)
            yield x, y, distance


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
