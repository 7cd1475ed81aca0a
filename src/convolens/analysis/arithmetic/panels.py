"""Panels: matrices of numbers, and maps as pictures, with a window marked on them; and several side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convolens.analysis.arithmetic.sentences import number

MARK, GRID, PALE, INK = (230, 110, 0), (190, 190, 190), (238, 238, 238), (20, 20, 20)
WINDOW = (255, 232, 200)  # below the window
_TEXT, _SMALLEST = 14, 8  # letter sizes in pixels
_GAP = 14  # pixels around and between panels
_LEAST_MARK = 9  # pixels of a window's outline on a picture, so that it is seen

Fills = np.ndarray  # uint8 (rows, columns, 3)


class Pen:
    """Letters: DejaVu Sans, which comes with matplotlib, in any size, each loaded once."""

    def __init__(self) -> None:
        import matplotlib

        self._file = f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf"
        self._fonts: dict[int, Any] = {}

    def font(self, size: int = _TEXT) -> Any:
        """Return the font of a size in pixels."""
        if size not in self._fonts:
            self._fonts[size] = ImageFont.truetype(self._file, size)
        return self._fonts[size]

    def fitting(self, text: str, width: float, size: int = _TEXT) -> Any:
        """Return the largest font, `size` at most, in which `text` is no wider than `width` pixels."""
        while size > _SMALLEST and self.font(size).getlength(text) > width:
            size -= 1
        return self.font(size)


def short(value: float) -> str:
    """Return a number for a narrow cell: three digits where it is not whole.

    Example:
        >>> short(1 / 9), short(-12.0), short(1234.5)
        ('0.111', '-12', '1234')
    """
    if np.isnan(value) or value == np.rint(value):
        return number(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def diverging(values: np.ndarray, limit: float) -> Fills:
    """Return colours (rows, columns, 3): blue below zero, white at zero, red above; `limit` is the darkest.

    Example:
        >>> diverging(np.array([[0.0]]), 1.0).min() > 240
        np.True_
    """
    import matplotlib

    share = 0.5 + 0.42 * np.clip(values / (limit or 1.0), -1.0, 1.0)  # the very ends are too dark for numbers
    return (matplotlib.colormaps["RdBu_r"](share)[..., :3] * 255).round().astype(np.uint8)


def greys(values: np.ndarray, low: float, high: float) -> Fills:
    """Return greys (rows, columns, 3): `low` is black, `high` white.

    Example:
        >>> greys(np.array([[0.0, 255.0]]), 0.0, 255.0)[..., 0].tolist()
        [[0, 255]]
    """
    share = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
    return np.repeat((share * 255).round().astype(np.uint8)[..., np.newaxis], 3, axis=2)


def grid(
    pen: Pen,
    values: np.ndarray,
    fills: Fills,
    cell: int = 38,
    marked: Sequence[tuple[int, int]] = (),
    corners: Sequence[str] = (),
    shown: int | None = None,
) -> Image.Image:
    """Return a matrix as a grid of numbers.

    Args:
        pen: the letters.
        values: (rows, columns).
        fills: uint8 (rows, columns, 3), the colours of the cells.
        cell: rows and columns of a cell, in pixels.
        marked: cells (row, column) that get an outline.
        corners: a small text for each of `marked`, in its lower right corner.
        shown: how many cells have a number yet, row by row; None is all.
    """
    rows, columns = values.shape
    image = Image.new("RGB", (columns * cell + 1, rows * cell + 1), "white")
    draw = ImageDraw.Draw(image)
    for (row, column), value in np.ndenumerate(values):
        box = (column * cell, row * cell, (column + 1) * cell, (row + 1) * cell)
        hidden = shown is not None and row * columns + column >= shown
        fill = (255, 255, 255) if hidden else tuple(int(part) for part in fills[row, column])
        draw.rectangle(box, fill=fill, outline=GRID)
        if not hidden:
            text = short(float(value))
            middle = (box[0] + cell / 2, box[1] + cell / 2)
            draw.text(middle, text, _ink(fill), pen.fitting(text, cell - 6), anchor="mm")
    for place, (row, column) in enumerate(marked):
        box = (column * cell, row * cell, (column + 1) * cell, (row + 1) * cell)
        draw.rectangle(box, outline=MARK, width=2)
        if corners:
            font = pen.fitting(corners[place], cell * 0.6, 10)
            draw.text((box[2] - 3, box[3] - 2), corners[place], MARK, font, anchor="rs")
    return image


def shrink(values: np.ndarray, side: int) -> np.ndarray:
    """Return a map (rows, columns) of `side` rows and columns at most: the means of square blocks.

    Example:
        >>> shrink(np.array([[0.0, 2.0], [4.0, 6.0]]), 1).tolist()
        [[3.0]]
    """
    factor = -(-max(values.shape) // side)
    rows, columns = (min(size, max(1, size // factor)) for size in values.shape)
    if factor == 1:
        return values
    high, wide = (min(size, factor) for size in values.shape)
    blocks = values[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    return blocks.mean(axis=(1, 3))  # (rows, columns)


def picture(
    fills: Fills, side: int, cells: tuple[int, ...], box: tuple[int, int, int, int] | None = None
) -> Image.Image:
    """Return a map as a picture with a window's outline.

    Args:
        fills: uint8 (rows, columns, 3), as they are or of a shrunken map.
        side: pixels of the longer side; small maps are enlarged, each cell a square.
        cells: rows and columns of the map.
        box: (top, left, rows, columns) of the window, in cells.
    """
    scale = side / max(cells)
    size = (max(1, round(cells[1] * scale)), max(1, round(cells[0] * scale)))
    image = Image.fromarray(fills).resize(
        size, Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    )
    framed = Image.new("RGB", (size[0] + 2, size[1] + 2), GRID)
    framed.paste(image, (1, 1))
    if box is not None:
        top, left, rows, columns = (part * scale for part in box)
        width, height = max(columns, _LEAST_MARK), max(rows, _LEAST_MARK)
        x, y = left + columns / 2 - width / 2, top + rows / 2 - height / 2
        ImageDraw.Draw(framed).rectangle((x, y, x + width + 1, y + height + 1), outline=MARK, width=2)
    return framed


def _ink(fill: tuple[int, ...]) -> tuple[int, int, int]:
    """Return black on light colours, white on dark ones."""
    red, green, blue = fill[:3]
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 120 else (255, 255, 255)


def side_by_side(
    pen: Pen, parts: Sequence[tuple[str, Image.Image] | str], lines: Sequence[str], title: str
) -> Image.Image:
    """Return panels in a row, each under its name, signs between them, lines of text below.

    Args:
        pen: the letters.
        parts: (name, panel), or a sign such as "=".
        lines: what is written below.
        title: what is written above.
    """
    font, line = pen.font(), 20
    widths = [
        round(font.getlength(part))
        if isinstance(part, str)
        else max(part[1].width, round(font.getlength(part[0])))
        for part in parts
    ]
    tallest = max(part[1].height for part in parts if not isinstance(part, str))
    top = _GAP + line + 8  # below the title
    least = max(font.getlength(text) for text in (title, *lines))
    width = max(sum(widths) + _GAP * (len(parts) + 1), round(least) + 2 * _GAP)
    image = Image.new("RGB", (width, top + line + tallest + _GAP + line * len(lines) + _GAP), "white")
    draw = ImageDraw.Draw(image)
    draw.text((_GAP, _GAP), title, INK, font)
    left = _GAP
    for part, room in zip(parts, widths, strict=True):
        if isinstance(part, str):
            draw.text((left, top + line + tallest / 2), part, INK, font, anchor="lm")
        else:
            name, panel = part
            draw.text((left, top), name, (90, 90, 90), font)
            image.paste(panel, (left, top + line + (tallest - panel.height) // 2))
        left += room + _GAP
    for place, text in enumerate(lines):
        draw.text((_GAP, top + line + tallest + _GAP + place * line), text, INK, font)
    return image
