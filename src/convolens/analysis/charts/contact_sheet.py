"""contact_sheet: many small pictures on one page, a caption under each."""

import math
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convolens.analysis.charts.pictures import write_picture
from convolens.arguments import integer
from convolens.errors import ArgumentError, ShapeError

_GAP = 8  # pixels between cells and around the page
_CAPTION, _TITLE = 12, 18  # letter sizes in pixels
_MOST_LINES = 3  # of a caption
_WIDE = 1.5  # columns to rows of a page whose columns are not given

Measure = Callable[[str], float]


def contact_sheet(
    images: Sequence[np.ndarray] | np.ndarray,
    captions: Sequence[str],
    path: str | PathLike[str] | None = None,
    columns: int | None = None,
    title: str | None = None,
    cell: int = 128,
    trim: bool = False,
) -> Image.Image:
    """Return one picture of many: each image in a square cell, its caption below.

    Args:
        images: uint8 (rows, columns, channels) each, of any sizes; 1, 3 or 4 channels (grey, RGB, RGBA on white).
            Small ones are enlarged by a whole factor, each pixel a square; large ones are scaled down.
        captions: one an image; wrapped to the cell's width, three lines at most.
        path: a PNG file to write; its folder is made. None writes nothing.
        columns: images a row; None makes the page a little wider than high.
        title: a line above all.
        cell: rows and columns of a cell, in pixels.
        trim: True makes a row of cells only as high as its highest image.

    Returns:
        an RGB image.

    Raises:
        ArgumentError: no images, or an argument out of range.
        ShapeError: an image of another form, or not as many captions as images.

    Example:
        >>> contact_sheet([np.zeros((8, 8, 1), np.uint8)] * 3, ["a", "b", "c"], columns=3).size
        (416, 160)
    """
    cell = integer("contact_sheet", "cell", cell, minimum=16)
    if len(images) == 0:
        raise ArgumentError("contact_sheet: there are no images; give at least one.")
    if len(captions) != len(images):
        raise ShapeError(
            f"contact_sheet: {len(images)} images need as many captions; received {len(captions)}."
        )
    pictures = [_fit(_picture(image, number), cell) for number, image in enumerate(images)]
    if columns is None:
        columns = math.ceil(math.sqrt(len(pictures) * _WIDE))
    columns = min(integer("contact_sheet", "columns", columns), len(pictures))
    letters = "".join([title or "", *map(str, captions)])
    font, title_font = _font(_CAPTION, letters), _font(_TITLE, letters)
    lines = [wrap(str(caption), cell, font.getlength, _MOST_LINES) for caption in captions]
    line, title_line = round(_CAPTION * 1.3), round(_TITLE * 1.3)
    width = columns * (cell + _GAP) + _GAP
    heading = wrap(title, width - 2 * _GAP, title_font.getlength, _MOST_LINES) if title else []
    row_lines = [max(map(len, lines[start : start + columns])) for start in range(0, len(lines), columns)]
    row_heights = [
        max(picture.height for picture in pictures[start : start + columns]) if trim else cell
        for start in range(0, len(lines), columns)
    ]
    top = _GAP + (len(heading) * title_line + _GAP if heading else 0)
    height = top + sum(row_heights) + sum(count * line + _GAP for count in row_lines)
    sheet = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, text in enumerate(heading):
        draw.text((_GAP, _GAP + number * title_line), text, fill="black", font=title_font)
    for row, (count, row_height) in enumerate(zip(row_lines, row_heights, strict=True)):
        for column in range(columns):
            number = row * columns + column
            if number >= len(pictures):
                break
            left = _GAP + column * (cell + _GAP)
            _paste(sheet, pictures[number], left, top, cell, row_height)
            for place, text in enumerate(lines[number]):
                middle = left + cell / 2
                draw.text((middle, top + row_height + place * line + 1), text, "black", font, anchor="ma")
        top += row_height + count * line + _GAP

    def write(temporary: Path) -> None:
        sheet.save(temporary, "png")

    write_picture(path, write)
    return sheet


def _font(size: int, letters: str) -> Any:
    """Return Pillow's own font, or for letters beyond ASCII, which it lacks, matplotlib's DejaVu Sans."""
    if letters.isascii():
        return ImageFont.load_default(size=size)
    import matplotlib

    return ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)


def _picture(image: np.ndarray, number: int) -> Image.Image:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = image.dtype if isinstance(image, np.ndarray) else type(image).__name__
        raise ShapeError(
            f"contact_sheet: image {number} must be a uint8 array; received {kind}. "
            "Scale to 0..255 and use .astype('uint8')."
        )
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4) or 0 in image.shape:
        raise ShapeError(
            f"contact_sheet: image {number} must be of shape (rows, columns, 1, 3 or 4); "
            f"received {image.shape}."
        )
    return Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)


def _fit(picture: Image.Image, cell: int) -> Image.Image:
    """Return the picture scaled to the cell, its proportions kept."""
    longest = max(picture.size)
    if longest <= cell:
        factor = cell // longest
        size = (picture.width * factor, picture.height * factor)
        return picture.resize(size, Image.Resampling.NEAREST)
    width, height = (max(1, round(side * cell / longest)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _paste(sheet: Image.Image, picture: Image.Image, left: int, top: int, width: int, height: int) -> None:
    place = (left + (width - picture.width) // 2, top + (height - picture.height) // 2)
    sheet.paste(picture.convert("RGB"), place, picture.getchannel("A") if picture.mode == "RGBA" else None)


def wrap(text: str, width: float, measure: Measure, most: int) -> list[str]:
    """Return `text` in at most `most` lines of at most `width`; an ellipsis stands for what is left out.

    Args:
        text: words; those that are too long (file names) are broken anywhere.
        width: of a line, in what `measure` returns.
        measure: the length of a piece of text.
        most: lines, at least 1.

    Example:
        >>> wrap("tabby cat, 0.93", 9, len, 3), wrap("one two three four", 5, len, 2)
        (['tabby', 'cat, 0.93'], ['one', 'two…'])
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        current = ""
        for word in paragraph.split():
            if current and measure(f"{current} {word}") > width:
                lines.append(current)
                current = ""
            current = f"{current} {word}" if current else word
            while len(current) > 1 and measure(current) > width:
                cut = _longest_start(current, width, measure)
                lines.append(current[:cut])
                current = current[cut:]
        if current:
            lines.append(current)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _longest_start(text: str, width: float, measure: Measure) -> int:
    """Return how many letters of `text` fit, at least 1."""
    for end in range(len(text), 1, -1):
        if measure(text[:end]) <= width:
            return end
    return 1
