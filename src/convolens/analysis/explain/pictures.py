"""Pictures of explanations: heat maps side by side, mosaics of feature maps and filters, the photos of a filter."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from convolens.analysis.arithmetic.panels import shrink
from convolens.analysis.charts.pictures import boxes_for_unknown_letters, new_figure, save_figure, shorten
from convolens.analysis.explain.feature_maps import FeatureMaps
from convolens.analysis.explain.overlay import SIGNED, colours_of, overlay
from convolens.analysis.explain.top_photos import TopPhoto

_SIDE = 2.7  # inches of a panel
_MAPS = "viridis"  # of feature maps without negative values
_TILE = 48  # rows and columns of a map in a mosaic, at most
_SMALL = 24  # rows and columns of a tile, at least
# Percentile of a signed map that its strongest colour stands for: single pixels do not dim the rest.
_CLEAR = 99.5
_MOST_FILTERS = 64
_INK = "#222222"

Path = str | PathLike[str] | None


@dataclass(frozen=True)
class HeatMap:
    """One method's map of a photo.

    Attributes:
        title: of the method.
        heat: (rows, columns), in [0, 1], or signed.
        signed: which of the two.
        unit: what the scale counts.
        note: a line below, "" for none.
    """

    title: str
    heat: np.ndarray
    signed: bool
    unit: str
    note: str = ""


def plot_heat_maps(photo: np.ndarray, maps: Sequence[HeatMap], title: str, path: Path = None) -> None:
    """Draw a photo and the maps that explain what a network says of it, each with its scale.

    Args:
        photo: uint8 (rows, columns, channels), as the network saw it.
        maps: of the photo's size.
        title: above all.
        path: a PNG file; None only draws.

    Raises:
        ShapeError: a map of another size. ArgumentError, WriteError: the file.

    Example:
        >>> plot_heat_maps(np.zeros((4, 4, 3), np.uint8), [HeatMap("Grad-CAM", np.eye(4), False, "share")], "a cat")
    """
    high = photo.shape[0] / photo.shape[1]
    tall = _SIDE * min(max(high, 0.5), 2.0)
    figure = new_figure((len(maps) + 1) * (_SIDE + 0.25), tall + 1.45, 110)
    axes = figure.subplots(1, len(maps) + 1, squeeze=False)[0]
    with boxes_for_unknown_letters():
        figure.suptitle(written(title), fontsize=12, color=_INK, parse_math=False)
        _panel(
            axes[0],
            photo if photo.shape[2] > 1 else np.repeat(photo, 3, axis=2),
            "photo as the network sees it",
        )
        blank = _scale(figure, axes[0], None, "", "")
        blank.set_visible(False)
        for place, found in zip(axes[1:], maps, strict=True):
            limit = clear_limit(found.heat) if found.signed else None
            _panel(place, overlay(photo, found.heat, limit), found.title)
            _scale(figure, place, limit, found.unit, found.note)
    save_figure(figure, path)


def written(text: str) -> str:
    """Return text that can be drawn: bytes of a name that are no UTF-8 are question marks, lines have single blanks.

    Example:
        >>> written("caf\\udce9\\t7")
        'caf? 7'
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(lines).encode("utf-8", "replace").decode("utf-8")


def clear_limit(values: np.ndarray) -> float:
    """Return the value for the strongest colour of a signed map: nearly the largest.

    Example:
        >>> clear_limit(np.array([-2.0, 1.0, 0.0, -2.0]))
        2.0
    """
    return float(np.percentile(np.abs(values), _CLEAR)) or float(np.abs(values).max()) or 1.0


def _panel(axes: Any, image: np.ndarray, title: str) -> None:
    axes.imshow(image, interpolation="nearest")
    axes.set_title(written(title), fontsize=10, color=_INK, parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color("#bbbbbb")


def _scale(figure: Any, axes: Any, limit: float | None, unit: str, note: str) -> Any:
    """Draw a scale below a panel, its colours over the grey of a middling photo."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    values = np.linspace(0 if limit is None else -limit, 1 if limit is None else limit, 256)[np.newaxis]
    colours, amount = colours_of(values, limit)
    seen = 0.6 * (1 - amount[..., np.newaxis]) + colours * amount[..., np.newaxis]
    norm = Normalize(values.min(), values.max())
    bar = figure.colorbar(
        ScalarMappable(norm, ListedColormap(seen[0])),
        ax=axes,
        orientation="horizontal",
        fraction=0.05,
        pad=0.03,
    )
    if limit is None:
        bar.set_ticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    else:
        bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2g}", "0", f"{limit:.2g}"])
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_edgecolor("#bbbbbb")
    bar.set_label(f"{unit}\n{note}", fontsize=8, color=_INK, parse_math=False)
    return bar.ax


def plot_feature_maps(found: FeatureMaps, title: str, path: Path = None) -> None:
    """Draw the maps of a layer side by side under one scale, each with its number.

    Args:
        found: of `feature_maps`.
        title: above all.
        path: a PNG file; None only draws.
    """
    maps = [
        _shrunk(found.maps[..., i]) for i in range(found.maps.shape[2])
    ]  # a few pixels each: the page stays small
    _mosaic(np.stack(maps), [str(channel) for channel in found.channels], title, "value", path)


def _shrunk(values: np.ndarray) -> np.ndarray:
    return shrink(values, _TILE)


def plot_filters(kernels: np.ndarray, title: str, path: Path = None) -> str:
    """Draw filters, and return in words how: in colour where the input has three channels, else their strongest channel.

    Args:
        kernels: float (filters, rows, columns, channels), of `filters`.
        title: above all.
        path: a PNG file; None only draws.

    Example:
        >>> plot_filters(np.ones((4, 3, 3, 3)), "conv1")
        'each filter in colour, grey is 0 and its largest weight is full'
    """
    count, channels = len(kernels), kernels.shape[3]
    strength = np.abs(kernels).sum(axis=(1, 2))  # (filters, channels)
    order = np.argsort(-strength.sum(axis=1), kind="stable")[:_MOST_FILTERS]
    order = np.sort(order)
    few = f"; the {len(order)} strongest of {count} are shown" if count > len(order) else ""
    kernels, strength = kernels[order], strength[order]
    names = [str(number) for number in order]
    if channels == 3:
        largest = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
        _mosaic(0.5 + kernels / np.where(largest > 0, 2 * largest, 1), names, title, None, path)
        return f"each filter in colour, grey is 0 and its largest weight is full{few}"
    chosen = strength.argmax(axis=1)
    shown = kernels[np.arange(len(kernels)), :, :, chosen]
    if channels > 1:
        names = [f"{name}/{channel}" for name, channel in zip(names, chosen, strict=True)]
    _mosaic(shown, names, title, "weight", path, signed=True)
    words = (
        f"of each filter the input channel with the largest weights (filter/channel, of {channels})"
        if channels > 1
        else "each filter's weights"
    )
    return words + few


def _mosaic(
    tiles: np.ndarray,
    names: Sequence[str],
    title: str,
    unit: str | None,
    path: Path,
    signed: bool | None = None,
) -> None:
    """Draw tiles (n, rows, columns) under one scale, or (n, rows, columns, 3) in colours of their own."""
    factor = max(1, _SMALL // max(tiles.shape[1:3]))  # so that the gaps are narrow beside kernels of 3 x 3
    tiles = tiles.repeat(factor, axis=1).repeat(factor, axis=2)
    count, rows, columns = tiles.shape[:3]
    across = max(1, min(count, round(math.sqrt(count * rows / columns * 1.5))))
    down = -(-count // across)
    gap = max(1, round(max(rows, columns) * 0.06))
    high, wide = rows + gap, columns + gap
    canvas = np.full((down * high - gap, across * wide - gap, *tiles.shape[3:]), np.nan)
    for number, tile in enumerate(tiles):
        top, left = number // across * high, number % across * wide
        canvas[top : top + rows, left : left + columns] = tile
    width = min(9.0, max(4.0, 0.85 * across))
    height = width * canvas.shape[0] / canvas.shape[1]
    if height > 11:
        width, height = max(4.0, width * 11 / height), 11
    figure = new_figure(width, height + (0.5 if unit is None else 1.1), 90)
    axes = figure.subplots()
    shown = np.ma.masked_invalid(canvas)
    with boxes_for_unknown_letters():
        if unit is None:
            drawn = axes.imshow(np.where(np.isnan(canvas), 1.0, canvas), interpolation="nearest")
        else:
            finite = tiles[np.isfinite(tiles)]
            limit = clear_limit(finite) if finite.size else 1.0
            both = bool((finite < 0).any()) if signed is None else signed
            drawn = axes.imshow(
                shown,
                cmap=SIGNED if both else _MAPS,
                vmin=-limit if both else 0,
                vmax=limit,
                interpolation="nearest",
            )
            bar = figure.colorbar(
                drawn, ax=axes, orientation="horizontal", fraction=0.04, pad=0.02, aspect=40
            )
            bar.ax.tick_params(labelsize=8)
            bar.outline.set_edgecolor("#bbbbbb")
            bar.set_label(unit, fontsize=8, color=_INK)
        axes.set_title(written(title), fontsize=11, color=_INK, parse_math=False)
        axes.axis("off")
        letters = max(4.0, min(7.0, 72 * width / across / (max(map(len, names)) + 3) * 1.2))
        for number, name in enumerate(names):
            top, left = number // across * high, number % across * wide
            axes.text(
                left - 0.5, top - 0.5, name, fontsize=letters, va="top", ha="left", color="white",
                bbox={"facecolor": "#000000", "alpha": 0.55, "pad": 0.8, "linewidth": 0},
            )  # fmt: skip
    save_figure(figure, path)


def plot_top_photos(
    photos: Sequence[np.ndarray],
    found: Sequence[TopPhoto],
    names: Sequence[str],
    title: str,
    field: tuple[int, int] | None = None,
    path: Path = None,
) -> None:
    """Draw the photos on which a filter answers most, each with the place of the answer.

    Args:
        photos: uint8 (rows, columns, channels) each, as the network saw them.
        found: of `top_photos`.
        names: of the photos.
        title: above all.
        field: rows and columns of the receptive field in pixels, drawn around the place; None marks the place only.
        path: a PNG file; None only draws.
    """
    from matplotlib.patches import Rectangle

    across = 3 if len(photos) == 6 else min(len(photos), 5)
    down = -(-len(photos) // across)
    figure = new_figure(across * 1.9, down * 2.3 + 0.6, 100)
    with boxes_for_unknown_letters():
        figure.suptitle(written(title), fontsize=11, color=_INK, parse_math=False)
        for place, axes in enumerate(figure.subplots(down, across, squeeze=False).ravel()):
            if place >= len(photos):
                axes.axis("off")
                continue
            photo, answer = photos[place], found[place]
            rows, columns = photo.shape[:2]
            _panel(axes, photo if photo.shape[2] > 1 else np.repeat(photo, 3, axis=2), f"{answer.value:.3g}")
            row, column = answer.place[0] * rows - 0.5, answer.place[1] * columns - 0.5
            if field is not None:
                corner = (column - field[1] / 2, row - field[0] / 2)
                for colour, width in (("black", 2.6), ("white", 1.2)):
                    axes.add_patch(
                        Rectangle(corner, field[1], field[0], fill=False, color=colour, linewidth=width)
                    )
            axes.plot(column, row, "+", color="white", markersize=9, markeredgewidth=2.4)
            axes.plot(column, row, "+", color="black", markersize=8, markeredgewidth=1)
            axes.set_xlim(-0.5, columns - 0.5)
            axes.set_ylim(rows - 0.5, -0.5)
            axes.set_xlabel(written(shorten(names[place], 26)), fontsize=7, color=_INK, parse_math=False)
    save_figure(figure, path)
