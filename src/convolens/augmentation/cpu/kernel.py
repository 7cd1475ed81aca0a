"""The fused kernel: geometry, flips, channel shift, brightness and rescale in one pass from pixels to a batch.

Compiled by Numba on first use and kept on disk; releases the GIL, works on the slice of images a thread is given.
An image is copied once into a frame with a row and a column more, so that every place has its four neighbours
and no pixel needs a check; then it goes row by row: places, corners, blended values, the batch's type.
"""

import math

import numpy as np

from convolens.augmentation.compiled import compiled
from convolens.augmentation.cpu.blend import BEYOND, LANES, blend
from convolens.augmentation.cpu.colours import change_colours
from convolens.augmentation.cpu.places import (
    CONSTANT,
    GRID_CONSTANT,
    GRID_WRAP,
    along_a_line,
    bring_inside,
    corners,
    note_inside,
)
from convolens.augmentation.cpu.write_line import line_of, write_line

# Of blend, colours, places and write_line: Numba looks at this file only to see whether its code is still good.
CALLED = "a479023ea86b6c40"


@compiled(error_model="numpy")
def transform(
    images: np.ndarray,
    which: np.ndarray,
    matrix: np.ndarray,
    flip_horizontal: np.ndarray,
    flip_vertical: np.ndarray,
    channel_shift: np.ndarray,
    brightness: np.ndarray,
    fill_mode: int,
    cval: float,
    order: int,
    scale: float,
    out: np.ndarray,
    start: int,
    stop: int,
) -> None:
    """Write images `start` to `stop` of a batch.

    Args:
        images: (m, rows, columns, channels), uint8 or float32, C-contiguous.
        which: int64 (n,): the place in `images` of each image of the batch.
        matrix: (n, 2, 3) float64, from output to input places.
        flip_horizontal, flip_vertical: (n,) bool; flipped after the matrix.
        channel_shift: (n,) float64, 0 for none.
        brightness: (n,) float64, NaN for none.
        fill_mode: one of those of `places`.
        cval: the value outside for CONSTANT and GRID_CONSTANT.
        order: 0 or 1.
        scale: factor on everything at the end.
        out: (n, rows, columns, channels), C-contiguous, of a type that `write_line` knows.
        start, stop: the slice of the batch.
    """
    rows, columns, channels = images.shape[1:]
    length = columns * channels
    stride = length + channels
    framed = np.zeros((rows + 1) * stride + BEYOND, images.dtype)
    line = np.zeros(length + LANES, np.float32)
    picture = np.zeros(rows * length + LANES, np.float32)  # of floats, where colours follow
    row, column = np.empty(columns, np.float64), np.empty(columns, np.float64)
    share, corner = np.zeros(columns, np.float32), np.empty(columns, np.int32)
    constant = fill_mode in (CONSTANT, GRID_CONSTANT)
    down, right = np.empty(columns, np.float32), np.empty(columns, np.float32)
    for k in range(start, stop):
        values, target, m = images[which[k]].reshape(-1), out[k].reshape(-1), matrix[k]
        colours = channel_shift[k] != 0.0 or not math.isnan(brightness[k])
        factor = np.float32(1.0) if colours else np.float32(scale)
        still = (
            m[0, 0] == 1.0 and m[0, 1] == 0.0 and m[0, 2] == 0.0
            and m[1, 0] == 0.0 and m[1, 1] == 1.0 and m[1, 2] == 0.0
        )  # fmt: skip
        if not still:
            frame(values, length, channels, fill_mode == GRID_WRAP, framed)
        for o in range(rows):
            i = rows - 1 - o if flip_vertical[k] else o
            # what is written beyond a row, the next rows overwrite; beyond the image is another thread's
            in_place = (o + 1) * length + LANES <= rows * length
            if colours:
                into = picture[o * length :]
            else:
                into = line_of(line, target[o * length :], in_place)
            if still:
                copy_row(values[i * length : (i + 1) * length], channels, flip_horizontal[k], factor, into)
            else:
                along_a_line(m[0, 2] + i * m[0, 0], m[0, 1], flip_horizontal[k], row)
                along_a_line(m[1, 2] + i * m[1, 0], m[1, 1], flip_horizontal[k], column)
                if constant:
                    note_inside(row, column, rows, columns, fill_mode, order, share)
                bring_inside(row, rows, fill_mode)
                bring_inside(column, columns, fill_mode)
                corners(row, column, order, stride, channels, corner, down, right)
                blend_row(framed, stride, channels, corner, down, right, factor, into)
                if constant:
                    fill_outside(share, channels, np.float32(cval) * factor, into)
            if not colours:
                write_line(line, target[o * length : (o + 1) * length], in_place)
        if colours:
            finished = picture[: rows * length]
            change_colours(finished.reshape(rows, columns, channels), channel_shift[k], brightness[k], scale)
            write_line(finished, target, False)


@compiled()
def frame(values: np.ndarray, length: int, channels: int, wrap: bool, framed: np.ndarray) -> None:
    """Copy an image and put behind it its last column and its last row, or its first where `wrap`.

    Args:
        values: of the image, in a row.
        length: values in a row of the image.
        channels: values of a pixel.
        wrap: whether the first column and row follow on the last.
        framed: written: (rows + 1) rows of length + channels values.
    """
    rows, stride = values.size // length, length + channels
    behind, repeated = (0, 0) if wrap else (rows - 1, length - channels)
    for i in range(rows + 1):
        begin = (i if i < rows else behind) * length
        source, target = values[begin : begin + length], framed[i * stride : i * stride + length]
        for v in range(target.size):
            target[v] = source[v]
        for c in range(channels):
            framed[i * stride + length + c] = source[repeated + c]


@compiled()
def copy_row(source: np.ndarray, channels: int, flip: bool, factor: np.float32, line: np.ndarray) -> None:
    """Write a row's values times a factor, the last pixel first where `flip`."""
    if not flip:
        for v in range(source.size):
            line[v] = np.float32(source[v]) * factor
        return
    for begin in range(0, source.size, channels):
        mirrored = source.size - channels - begin
        for c in range(channels):
            line[begin + c] = np.float32(source[mirrored + c]) * factor


@compiled()
def blend_row(
    framed: np.ndarray,
    stride: int,
    channels: int,
    corner: np.ndarray,
    down: np.ndarray,
    right: np.ndarray,
    factor: np.float32,
    line: np.ndarray,
) -> None:
    """Write the bilinear values of a row, pixel by pixel; what a blend writes beyond a pixel, the next overwrites."""
    if channels == 3:
        for p in range(corner.size):
            blend(framed, np.int64(corner[p]), stride, 3, down[p], right[p], factor, line, 3 * p)  # type: ignore[call-arg]
        return
    for p in range(corner.size):
        for c in range(0, channels, LANES):
            to, value = p * channels + c, np.int64(corner[p]) + c
            blend(framed, value, stride, channels, down[p], right[p], factor, line, to)  # type: ignore[call-arg]


@compiled()
def fill_outside(share: np.ndarray, channels: int, value: np.float32, line: np.ndarray) -> None:
    """Write the constant into the pixels that come from outside, as far as they do."""
    for p in range(share.size):
        if share[p] < np.float32(1.0):
            for c in range(channels):
                line[p * channels + c] = value + share[p] * (line[p * channels + c] - value)
