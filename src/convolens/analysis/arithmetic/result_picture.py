"""plot_convolution: input, kernel, feature map and pooled map side by side, with colour bars."""

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from convolens.analysis.arithmetic.convolution import Convolution
from convolens.analysis.arithmetic.frames import MOST_NUMBERS, limit_of
from convolens.analysis.arithmetic.panels import short, shrink
from convolens.analysis.arithmetic.pooling import Pooling
from convolens.analysis.charts.pictures import new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_CHANNELS = 3  # of a feature map, each a panel
_SOFT = 1.5  # the ends of the colours are too dark for numbers
_SIDE = 800  # rows and columns that are drawn; larger maps are averaged down


def plot_convolution(
    convolution: Convolution,
    pooling: Pooling | None = None,
    path: str | PathLike[str] | None = None,
    is_image: bool = False,
    kernel_name: str = "",
) -> "Figure":
    """Draw a convolution: small matrices with their numbers, signed maps in blue (below zero) and red (above).

    Args:
        convolution: the convolution; of a feature map of many channels the first three are drawn.
        pooling: of its result.
        path: a PNG file to write; its folder is made. None writes nothing.
        is_image: True where the input is a photo's values, 0 to 255.
        kernel_name: a word for the kernel's title.

    Returns:
        the figure.

    Example:
        >>> from convolens.analysis.arithmetic import convolve
        >>> figure = plot_convolution(convolve([[5, 1, 3], [3, 4, 4]], [[1, -1]]))
        >>> [axes.get_title() for axes in figure.axes if axes.get_title()]
        ['input 2 x 3', 'kernel 1 x 2', 'feature map 2 x 2']
    """
    maps = [("feature map", convolution.result)]
    if pooling is not None:
        maps.append((f"{pooling.kind} pooled", pooling.result))
    channels = min(convolution.result.shape[2], _MOST_CHANNELS)
    wide = 2 + len(maps)
    figure = new_figure(3.6 * wide, 3.3 * channels)
    limit = limit_of(convolution, is_image)
    for channel in range(channels):
        axes = [figure.add_subplot(channels, wide, channel * wide + place + 1) for place in range(wide)]
        seen = convolution.image[..., min(channel, convolution.image.shape[2] - 1)]
        of_channel = f", channel {channel}" if convolution.result.shape[2] > 1 else ""
        _input(axes[0], seen, is_image, of_channel)
        if convolution.per_channel and channel:
            axes[1].set_axis_off()  # the same kernel as above
        else:
            _kernel(figure, axes[1], convolution, channel, kernel_name)
        for place, (name, values) in enumerate(maps):
            if limit is None:
                _grey(figure, axes[2 + place], values[..., channel], f"{name}{of_channel}")
            else:
                _signed(figure, axes[2 + place], values[..., channel], limit, f"{name}{of_channel}")
    save_figure(figure, path)
    return figure


def _input(axes: Any, values: np.ndarray, is_image: bool, of_channel: str) -> None:
    if is_image:
        axes.imshow(shrink(values, _SIDE), cmap="gray", vmin=0, vmax=255)
    elif max(values.shape) <= MOST_NUMBERS:
        axes.imshow(np.zeros_like(values), cmap="gray_r", vmin=0, vmax=1)  # white below the numbers
    else:
        axes.imshow(shrink(values, _SIDE), cmap="gray")
    _finish(axes, values, f"input{of_channel}")


def _kernel(figure: Any, axes: Any, convolution: Convolution, channel: int, name: str) -> None:
    weights = convolution.kernel[..., 0, channel]
    limit = float(np.abs(weights).max()) or 1.0
    words = "kernel" + (f" {name}" if name else "") + (", turned" if convolution.flipped else "")
    if max(weights.shape) <= MOST_NUMBERS:
        axes.imshow(weights, cmap="RdBu_r", vmin=-_SOFT * limit, vmax=_SOFT * limit)
        _finish(axes, weights, words)
    else:
        _signed(figure, axes, weights, limit, words)


def _signed(figure: Any, axes: Any, values: np.ndarray, limit: float, name: str) -> None:
    shown = axes.imshow(shrink(values, _SIDE), cmap="RdBu_r", vmin=-limit, vmax=limit)
    beyond = "both" if np.abs(values).max() > limit else "neither"  # few cells, in the colour of the end
    figure.colorbar(shown, ax=axes, shrink=0.75, extend=beyond)
    _finish(axes, values, name)


def _grey(figure: Any, axes: Any, values: np.ndarray, name: str) -> None:
    shown = axes.imshow(shrink(values, _SIDE), cmap="gray")
    figure.colorbar(shown, ax=axes, shrink=0.75)
    _finish(axes, values, name)


def _finish(axes: Any, values: np.ndarray, name: str) -> None:
    """Write the title with rows and columns, and in small maps the numbers."""
    rows, columns = values.shape
    axes.set_title(
        f"{name}{',' if 'channel' in name else ''} {rows} x {columns}", fontsize=10, parse_math=False
    )
    axes.set_xticks([])
    axes.set_yticks([])
    if max(rows, columns) > MOST_NUMBERS:
        return
    image = axes.images[0]
    size = 11 if max(rows, columns) <= 6 else 8
    for (row, column), value in np.ndenumerate(values):
        red, green, blue, _ = image.cmap(image.norm(image.get_array()[row, column]))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.47
        axes.text(
            column,
            row,
            short(float(value)),
            ha="center",
            va="center",
            fontsize=size,
            color="white" if dark else "black",
        )
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.8", linewidth=0.6)
    axes.tick_params(which="minor", length=0)
