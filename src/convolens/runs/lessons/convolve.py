"""convolve: the arithmetic of one convolution and its pooling, as text, as JSON, as pictures."""

import json
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import arithmetic
from convolens.analysis.arithmetic import Convolution, Pooling, looks_like_numbers, sentences
from convolens.analysis.arithmetic.sliding import slide
from convolens.arguments import integer
from convolens.data.decoding.decode import MAX_PIXELS, read_pixels
from convolens.data.decoding.sample_range import measure_samples
from convolens.errors import ArgumentError
from convolens.runs.lessons.convolve_pictures import draw
from convolens.runs.output.places import check_writable, make_new_folder
from convolens.runs.output.screen import Screen

_FILE_ENDING = re.compile(r"\.[A-Za-z]\w*$")  # of a photo whose name holds a comma
MOST_JSON = 500_000  # numbers, 10 MB of text
MOST_PRODUCTS = 5_000_000_000  # multiplications, half a minute
_WIDE, _HIGH = 16, 16  # columns and rows of a matrix that is printed in full
_MOST_CELLS, _MOST_TERMS = 64, 1600  # cells, and products in all, that are printed in full
_MOST_LINE = 121  # products, or values of a pooling window, in a line


@dataclass(frozen=True)
class ConvolveOptions:
    """What is asked of `convolve`.

    Args:
        source: an image file, a matrix as text ("1,2;3,4"), or a file of numbers (.csv, .txt).
        kernel: a name of `KERNELS`, numbers, or a file of them.
        strides, padding, dilation, bias, activation, flip: as in `analysis.arithmetic.convolve`.
        pool: "max" or "average" of the feature map; None leaves it as it is.
        pool_size, pool_strides, pool_padding: as in `analysis.arithmetic.pool`; None is 2, `pool_size`, "valid".
        size: (rows, columns) that an image is scaled to; None keeps its own.
        color: True takes an image's red, green and blue, each by itself; False its brightness.
        cell: (row, column) of the feature map that is shown in full.
        out: a folder that is made for pictures; a name that is taken gets the next free suffix.
        json: print JSON on standard output, and all else on standard error.
    """

    source: str
    kernel: str
    strides: Any = 1
    padding: Any = "valid"
    dilation: Any = 1
    bias: float = 0.0
    activation: str | None = None
    flip: bool = False
    pool: str | None = None
    pool_size: Any = None
    pool_strides: Any = None
    pool_padding: Any = None
    size: tuple[int, int] | None = None
    color: bool | None = None
    cell: tuple[int, int] | None = None
    out: Path | None = None
    json: bool = False


def convolve(options: ConvolveOptions, screen: Screen | None = None) -> tuple[Convolution, Pooling | None]:
    """Compute, print, and with `out` draw; return the arithmetic.

    Args:
        options: see `ConvolveOptions`.
        screen: where lines go; None prints them.

    Raises:
        MissingFileError, ImageError, DataError: an input that is not there, or cannot be read.
        ArgumentError, ShapeError, UnknownNameError: an argument that does not do. WriteError: `out` cannot be written.
    """
    screen = screen or Screen(stderr=options.json)
    if options.pool is None and any(
        given is not None for given in (options.pool_size, options.pool_strides, options.pool_padding)
    ):
        raise ArgumentError(
            "convolve: --pool-size, --pool-stride and --pool-padding go with --pool max or average."
        )
    image, is_image = read_input(options.source, options.size, options.color)
    convolution, pooling = _compute(options, image)
    if options.cell is not None:
        convolution.sliding.check_place("convolve: --cell", *options.cell)
    if (
        options.json
        and options.cell is None
        and (count := arithmetic.count_numbers(convolution, pooling)) > MOST_JSON
    ):
        raise ArgumentError(
            f"convolve: --json would hold {count:,} numbers, more than {MOST_JSON:,}; name one cell by --cell R,C, "
            "or take a smaller --size or a larger --stride."
        )
    if options.out is not None:
        check_writable(options.out)
    for line in _lines(options, convolution, pooling):
        screen.line(line)
    if options.json:
        print(json.dumps(arithmetic.as_dict(convolution, pooling, options.cell)))
    if options.out is not None:
        folder = make_new_folder(options.out)
        with screen.progress("drawing") as advance:
            names = draw(folder, convolution, pooling, is_image, options.kernel, advance)
        screen.result(f"{', '.join(names)} in {folder}")
    return convolution, pooling


def read_input(source: str, size: tuple[int, int] | None, color: bool | None) -> tuple[np.ndarray, bool]:
    """Return the input as (rows, columns, channels) numbers, and whether it is an image (then 0 to 255).

    Args:
        source: an image file; or a matrix, "1,2;3,4"; or a file of numbers, `arithmetic.read_csv`.
        size: (rows, columns) to scale an image to; None keeps its own.
        color: True for red, green, blue; False or None for one channel of brightness.

    Raises:
        MissingFileError, ImageError, DataError: what is named cannot be read.
        ArgumentError, ShapeError: a matrix that is none, or `size` or `color` with a matrix.

    Example:
        >>> read_input("1,2;3,4", None, None)[0].shape
        (2, 2, 1)
    """
    if not source.strip():
        raise ArgumentError(
            "convolve: the input is empty; give an image file, a .csv file, or a matrix as in 1,2;3,4."
        )
    if arithmetic.is_text_file(source):
        matrix = arithmetic.read_csv(Path(source), "input")
    elif looks_like_numbers(source) and not os.path.isfile(source) and not _FILE_ENDING.search(source):
        matrix = arithmetic.parse_matrix(source, "input")
    else:
        if size is not None:
            size = (integer("convolve", "rows", size[0]), integer("convolve", "columns", size[1]))
            if math.prod(size) > MAX_PIXELS:
                raise ArgumentError(
                    f"convolve: --size {size[0]}x{size[1]} is more than an image may have ({MAX_PIXELS:,} pixels)."
                )
        path = Path(source)
        pixels = read_pixels(path, "rgb" if color else "grayscale", size, samples=measure_samples([path]))
        return pixels.astype(np.float64), True
    if size is not None or color:
        raise ArgumentError(
            f"convolve: {'--size' if size is not None else '--color'} is for an image file; the input is a matrix."
        )
    return matrix[..., np.newaxis], False


def _compute(options: ConvolveOptions, image: np.ndarray) -> tuple[Convolution, Pooling | None]:
    kernel = arithmetic.named_kernel(options.kernel)
    rows, columns = kernel.shape
    size = (image.shape[0], image.shape[1])
    sliding = slide("convolve", size, (rows, columns), options.strides, options.padding, options.dilation)
    products = math.prod(sliding.places) * image.shape[2] * kernel.size
    if products > MOST_PRODUCTS:
        raise ArgumentError(
            f"convolve: this takes {products:,} multiplications, more than {MOST_PRODUCTS:,}; take a smaller --size or "
            "a larger --stride."
        )
    convolution = arithmetic.convolve(
        image,
        kernel,
        options.strides,
        options.padding,
        options.dilation,
        options.bias,
        options.activation,
        options.flip,
    )
    if options.pool is None:
        return convolution, None
    size_of_window = 2 if options.pool_size is None else options.pool_size
    padding = "valid" if options.pool_padding is None else options.pool_padding
    return convolution, arithmetic.pool(
        convolution.result, options.pool, size_of_window, options.pool_strides, padding
    )


def _lines(options: ConvolveOptions, convolution: Convolution, pooling: Pooling | None) -> Iterator[str]:
    """Yield what is printed."""
    yield from _matrix("Input", convolution.image)
    if convolution.padded.shape != convolution.image.shape:
        yield from _matrix("Padded with zeros", convolution.padded)
    note = (
        "turned by 180 degrees (--flip)" if options.flip else "not turned, as in a CNN (a cross-correlation)"
    )
    name = "" if looks_like_numbers(options.kernel) else f" {options.kernel}"
    yield from _matrix(f"Kernel{name}", convolution.kernel[..., 0], note)
    yield from _cells(options, convolution)
    yield from _matrix("Feature map", convolution.result, sentences.sliding_text(convolution.sliding))
    if pooling is not None:
        yield from _pooled_cells(options, convolution, pooling)
        window = "{} x {}".format(*pooling.sliding.window)
        words = f"{pooling.kind} of {window}, {sentences.sliding_text(pooling.sliding)}"
        if pooling.repeats_edge:
            words += "; the last row and column are repeated there, as Keras on torch does"
        yield from _matrix("Pooled map", pooling.result, words)


def _matrix(title: str, values: np.ndarray, words: str = "") -> Iterator[str]:
    """Yield a title, and a matrix (rows, columns, channels): in full where small, else its range."""
    rows, columns, channels = values.shape
    of_channels = f" x {channels} channels" if channels > 1 else ""
    yield f"{title} {rows} x {columns}{of_channels}" + (f", {words}" if words else "")
    small = rows <= _HIGH and columns <= _WIDE
    for channel in range(channels):
        if channels > 1:
            yield f"  channel {channel}: {sentences.summary(values[..., channel])}"
        elif not small:
            yield f"  {sentences.summary(values)}"
        if small:
            yield from (f"    {line}" for line in sentences.matrix_lines(values[..., channel]))
    yield ""


def _cells(options: ConvolveOptions, convolution: Convolution) -> Iterator[str]:
    """Yield the steps of each cell, or of one of them."""
    taps = math.prod(convolution.sliding.window)
    count = convolution.result.size
    few = count <= _MOST_CELLS and count * taps <= _MOST_TERMS
    if options.cell is None and few:
        yield "Each cell: what lies below the window times the kernel, row by row"
        places = [tuple(place) for place in np.ndindex(*convolution.result.shape)]
    else:
        rows, columns = convolution.sliding.places
        row, column = options.cell or (rows // 2, columns // 2)
        hint = "" if options.cell else "; --cell R,C chooses another"
        yield f"One cell of {rows:,} x {columns:,}, row {row}, column {column} (counted from 0){hint}"
        places = [(row, column, channel) for channel in range(convolution.result.shape[2])]
    for place in places:
        cell = convolution.cell(*place)
        if taps <= _MOST_LINE:
            yield f"  {sentences.cell_text(convolution, cell)}"
        else:
            where = sentences.place_text(cell, convolution.result.shape[2])
            yield f"  {where}: {taps:,} products {sentences.ending_text(convolution, cell)}"
    yield ""


def _pooled_cells(options: ConvolveOptions, convolution: Convolution, pooling: Pooling) -> Iterator[str]:
    taps = math.prod(pooling.sliding.window)
    few = pooling.result.size <= _MOST_CELLS and pooling.result.size * taps <= _MOST_TERMS
    rows, columns = pooling.sliding.places
    if options.cell is None and few:
        yield f"Each pooled cell: the {pooling.kind} of what lies below the window"
        places = [tuple(place) for place in np.ndindex(*pooling.result.shape)]
    else:
        row, column = pooled_place(pooling, *(options.cell or (s // 2 for s in convolution.sliding.places)))
        yield f"One pooled cell of {rows:,} x {columns:,}, row {row}, column {column}"
        places = [(row, column, channel) for channel in range(pooling.result.shape[2])]
    for place in places:
        cell = pooling.cell(*place)
        if taps <= _MOST_LINE:
            yield f"  {sentences.pooling_text(pooling, cell)}"
        else:
            where = sentences.place_text(cell, pooling.result.shape[2])
            yield f"  {where}: {pooling.kind} of {taps:,} values = {sentences.number(cell.value)}"
    yield ""


def pooled_place(pooling: Pooling, row: int, column: int) -> tuple[int, int]:
    """Return the last pooled cell whose window begins at or before (row, column) of the feature map.

    Example:
        >>> pooled_place(arithmetic.pool(np.zeros((6, 6))), 3, 5)
        (1, 2)
    """
    sliding = pooling.sliding
    first, second = (
        min((at + sliding.padding[i][0]) // sliding.strides[i], sliding.places[i] - 1)
        for i, at in enumerate((row, column))
    )
    return first, second
