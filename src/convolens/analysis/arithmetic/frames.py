"""Frames: the window at one place after the other, its products, and the output that fills up."""

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image

from convolens.analysis.arithmetic.convolution import Convolution, ConvolutionCell
from convolens.analysis.arithmetic.panels import (
    PALE,
    WINDOW,
    Fills,
    Pen,
    diverging,
    greys,
    grid,
    picture,
    short,
    shrink,
    side_by_side,
)
from convolens.analysis.arithmetic.pooling import Pooling
from convolens.analysis.arithmetic.sentences import ending_text, number, pooling_text, products_text
from convolens.analysis.arithmetic.sliding import Sliding
from convolens.analysis.charts.contact_sheet import wrap

MOST_NUMBERS = 12  # rows and columns of a map that is drawn as numbers
_LARGEST_WINDOW = 7  # rows and columns of a window that is drawn as numbers
_MOST_TERMS = 25  # products in a line
_LONGEST_CORNER = 4  # letters of a weight that fits into the corner of a cell
_DRAWN = 800  # rows and columns of a map that are coloured; larger ones are averaged down
_SIDE, _PATCH = 250, 150  # pixels of a map and of a window drawn as pictures
_STEEP = 0.995  # share of a large map's cells whose colours differ
_SOFT = 1.5  # so that numbers on the kernel and the products are read well
_LINE = 860  # pixels of a line of text


def is_small(*maps: np.ndarray) -> bool:
    """Return whether maps can be drawn as numbers.

    Example:
        >>> is_small(np.zeros((6, 6))), is_small(np.zeros((6, 6)), np.zeros((40, 6)))
        (True, False)
    """
    return all(max(values.shape[:2]) <= MOST_NUMBERS for values in maps)


def choose(places: tuple[int, int], most: int) -> list[tuple[int, int]]:
    """Return the places of all windows, or `most` evenly chosen ones, the first and the last among them.

    Example:
        >>> choose((2, 2), 10), len(choose((400, 600), 40))
        ([(0, 0), (0, 1), (1, 0), (1, 1)], 40)
    """
    total = places[0] * places[1]
    if total <= most:
        chosen = list(range(total))
    elif min(places) == 1 or most < 9:
        chosen = np.linspace(0, total - 1, most).round().astype(int).tolist()
    else:  # rows and columns evenly, so that the window is seen to go along a row
        rows = max(2, round(math.sqrt(most * places[0] / places[1])))
        rows = min(rows, places[0], most // 2)
        columns = min(most // rows, places[1])
        chosen = [
            int(row) * places[1] + int(column)
            for row in np.linspace(0, places[0] - 1, rows).round()
            for column in np.linspace(0, places[1] - 1, columns).round()
        ]
    return [(place // places[1], place % places[1]) for place in chosen]


def convolution_frames(
    convolution: Convolution, is_image: bool, most: int = 40, channel: int = 0
) -> Iterator[Image.Image]:
    """Yield one picture a window: the input, the window times the kernel, the feature map up to there.

    Args:
        convolution: the convolution.
        is_image: True where the input is a photo's values, 0 to 255: it is drawn in greys.
        most: pictures at most; the windows are chosen evenly.
        channel: of the feature map, the one that is shown.
    """
    pen = Pen()
    seen = convolution.padded[..., channel if convolution.per_channel else 0]
    result = convolution.result[..., channel]
    numbers = is_small(seen, result)
    limit = limit_of(convolution, is_image and not numbers)
    low, high = float(convolution.result.min()), float(convolution.result.max())
    if numbers:
        input_fills = greys(seen, 0.0, 255.0) if is_image else _white(convolution.sliding)
    else:
        range_of = (0.0, 255.0) if is_image else (float(seen.min()), float(seen.max()))
        input_fills = greys(shrink(seen, _DRAWN), *range_of)
    result_fills = colours(result if numbers else shrink(result, _DRAWN), limit, low, high)
    places = choose(convolution.sliding.places, most)
    cells = [convolution.cell(row, column, channel) for row, column in places]
    texts = [wrap(_steps(convolution, cell), _LINE, pen.font().getlength, 4) for cell in cells]
    height = max(map(len, texts))
    total = math.prod(convolution.sliding.places)
    sign = " turned" if convolution.flipped else ""
    for cell, text in zip(cells, texts, strict=True):
        marked = _marked(convolution.sliding, cell.top, cell.left)
        done = cell.row * convolution.sliding.places[1] + cell.column + 1
        if numbers:
            fills = input_fills if is_image else _lit(input_fills, marked)
            weights = [f"×{short(float(weight))}" for weight in cell.weights[..., 0].flat]
            if is_image or max(map(len, weights)) > _LONGEST_CORNER:
                weights = []  # not to be read there; the kernel stands beside it
            before = grid(pen, seen, fills, marked=marked, corners=weights)
            after = grid(pen, result, result_fills, marked=[(cell.row, cell.column)], shown=done)
        else:
            before = picture(input_fills, _SIDE, seen.shape, (cell.top, cell.left, *convolution.sliding.span))
            after = picture(
                _up_to(result_fills, cell.row, cell.column, result.shape),
                _SIDE,
                result.shape,
                (cell.row, cell.column, 1, 1),
            )
        padded = convolution.padded.shape != convolution.image.shape
        yield side_by_side(
            pen,
            [
                ("input, padded" if padded else "input", before),
                *_middle(pen, cell, is_image, sign),
                "→",
                ("feature map", after),
            ],
            text + [""] * (height - len(text)),
            _title(f"Convolution: cell ({cell.row},{cell.column}), {done:,} of {total:,}", convolution),
        )


def _title(text: str, convolution: Convolution) -> str:
    return text if convolution.result.shape[2] == 1 else f"{text} (the first channel)"


def _steps(convolution: Convolution, cell: ConvolutionCell) -> str:
    ending = ending_text(convolution, cell)
    terms = (
        products_text(cell) if cell.products.size <= _MOST_TERMS else f"{cell.products.size} products added"
    )
    return f"({cell.row},{cell.column}): {terms} {ending}"


def _middle(
    pen: Pen, cell: ConvolutionCell, is_image: bool, sign: str
) -> list[tuple[str, Image.Image] | str]:
    """Return the window, the kernel and their products; of several channels the first."""
    values, weights, products = cell.values[..., 0], cell.weights[..., 0], cell.products[..., 0]
    several = " 0" if cell.values.shape[2] > 1 else ""
    below = greys(values, 0.0, 255.0) if is_image else np.full((*values.shape, 3), WINDOW, np.uint8)
    named = [
        (f"window{several}", values, below),
        (f"kernel{several}{sign}", weights, diverging(weights, _SOFT * float(np.abs(weights).max()))),
        (f"products{several}", products, diverging(products, _SOFT * float(np.abs(products).max()))),
    ]
    panels = [(name, _window(pen, shown, fills)) for name, shown, fills in named]
    return ["", panels[0], "×", panels[1], "=", panels[2]]


def _window(pen: Pen, values: np.ndarray, fills: Fills) -> Image.Image:
    if max(values.shape) <= _LARGEST_WINDOW:
        return grid(pen, values, fills, cell=42 if max(values.shape) <= 4 else 34)
    return picture(fills, _PATCH, values.shape)


def pooling_frames(
    pooling: Pooling, limit: float | None, most: int = 40, channel: int = 0
) -> Iterator[Image.Image]:
    """Yield one picture a window: the feature map, what lies below the window, the pooled map up to there.

    Args:
        pooling: the pooling.
        limit: of the diverging colours, from `limit_of`; None draws greys.
        most: pictures at most.
        channel: the one that is shown.
    """
    pen = Pen()
    seen, result = pooling.padded[..., channel], pooling.result[..., channel]
    numbers = is_small(seen, result)
    low, high = float(pooling.image.min()), float(pooling.image.max())
    fills, after_fills = (
        colours(values if numbers else shrink(values, _DRAWN), limit, low, high) for values in (seen, result)
    )
    places = choose(pooling.sliding.places, most)
    cells = [pooling.cell(row, column, channel) for row, column in places]
    total = math.prod(pooling.sliding.places)
    many = math.prod(pooling.sliding.window)
    for cell in cells:
        marked = _marked(pooling.sliding, cell.top, cell.left)
        done = cell.row * pooling.sliding.places[1] + cell.column + 1
        if numbers:
            before = grid(pen, seen, fills, marked=marked)
            after = grid(pen, result, after_fills, marked=[(cell.row, cell.column)], shown=done)
        else:
            before = picture(fills, _SIDE, seen.shape, (cell.top, cell.left, *pooling.sliding.window))
            after = picture(
                _up_to(after_fills, cell.row, cell.column, result.shape),
                _SIDE,
                result.shape,
                (cell.row, cell.column, 1, 1),
            )
        below = colours(cell.values, limit, low, high)
        said = (
            pooling_text(pooling, cell).replace(f" channel {channel}", "")
            if many <= _MOST_TERMS
            else f"({cell.row},{cell.column}): {pooling.kind} of {many} values = {number(cell.value)}"
        )
        yield side_by_side(
            pen,
            [
                ("feature map", before),
                "",
                ("window", _window(pen, cell.values, below)),
                f"→ {pooling.kind} →",
                ("pooled map", after),
            ],
            wrap(said, _LINE, pen.font().getlength, 2),
            f"Pooling ({pooling.kind}): cell ({cell.row},{cell.column}), {done:,} of {total:,}",
        )


def colours(values: np.ndarray, limit: float | None, low: float, high: float) -> Fills:
    """Return diverging colours up to `limit`, or where it is None greys from `low` to `high`; pale where nothing is.

    Example:
        >>> colours(np.array([[np.nan, 1.0]]), None, 0.0, 1.0)[0].tolist()
        [[238, 238, 238], [255, 255, 255]]
    """
    there = np.nan_to_num(values)
    fills = greys(there, low, high) if limit is None else diverging(there, limit)
    fills[np.isnan(values)] = PALE
    return fills


def limit_of(convolution: Convolution, is_image: bool) -> float | None:
    """Return the value either way whose colour is the darkest; None for a photo under a kernel without negatives.

    Of a small map it is the largest, of others one that a two-hundredth of the cells exceeds: few edges are steep.
    """
    if is_image and convolution.kernel.min() >= 0 and convolution.result.min() >= 0:
        return None
    size = np.abs(convolution.result)
    most = float(size.max() if is_small(size) else np.quantile(size, _STEEP))
    return most or float(size.max()) or 1.0


def _white(sliding: Sliding) -> Fills:
    """Return the colours of a small matrix: white, its padding pale."""
    return np.pad(
        np.full((*sliding.image, 3), 255, np.uint8), (*sliding.padding, (0, 0)), constant_values=PALE[0]
    )


def _lit(fills: Fills, marked: list[tuple[int, int]]) -> Fills:
    lit = fills.copy()
    for place in marked:
        lit[place] = WINDOW
    return lit


def _marked(sliding: Sliding, top: int, left: int) -> list[tuple[int, int]]:
    """Return the cells of the padded image that the window takes."""
    return [
        (top + row * sliding.dilation[0], left + column * sliding.dilation[1])
        for row, column in np.ndindex(*sliding.window)
    ]


def _up_to(fills: Fills, row: int, column: int, cells: tuple[int, ...]) -> Fills:
    """Return the colours up to a cell, row by row, all others pale; `fills` may show several cells as one."""
    last = row * fills.shape[0] // cells[0]
    end = (column + 1) * fills.shape[1] // cells[1]
    part = np.full_like(fills, PALE[0])
    part[:last] = fills[:last]
    part[last, :end] = fills[last, :end]
    return part
