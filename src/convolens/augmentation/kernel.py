"""The fused kernel: geometry, flips, channel shift, brightness and rescale in one pass from pixels to a float batch.

Compiled by Numba on first use and kept on disk; releases the GIL, works on the slice of images a thread is given.
Most of a row lies inside of the image and goes the fast way, without checks; the rest goes pixel by pixel.
"""

import math

import numba
import numpy as np

from convolens.augmentation.colours import change_colours
from convolens.augmentation.sampling import pixel, row_inside, run_inside


@numba.njit(nogil=True, cache=True)
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
        fill_mode: NEAREST, CONSTANT, REFLECT or WRAP of `sampling`.
        cval: the value outside for CONSTANT.
        order: 0 or 1.
        scale: factor on everything at the end.
        out: (n, rows, columns, channels) float32, C-contiguous.
        start, stop: the slice of the batch.
    """
    rows, columns, channels = images.shape[1:]
    outside = np.float32(cval)
    for k in range(start, stop):
        image, m = images[which[k]], matrix[k]
        values, target = image.reshape(-1), out[k].reshape(-1)
        colours = channel_shift[k] != 0.0 or not math.isnan(brightness[k])
        factor = np.float32(1.0) if colours else np.float32(scale)
        still = (
            m[0, 0] == 1.0 and m[0, 1] == 0.0 and m[0, 2] == 0.0
            and m[1, 0] == 0.0 and m[1, 1] == 1.0 and m[1, 2] == 0.0
        )  # fmt: skip
        step = -channels if flip_horizontal[k] else channels
        for i in range(rows):
            to_row = rows - 1 - i if flip_vertical[k] else i
            # where the value of column 0 goes
            begin = (to_row * columns + (columns - 1 if flip_horizontal[k] else 0)) * channels
            if still:
                for j in range(columns):
                    for c in range(channels):
                        target[begin + j * step + c] = (
                            np.float32(values[(i * columns + j) * channels + c]) * factor
                        )
                continue
            row, column = m[0, 2] + i * m[0, 0], m[1, 2] + i * m[1, 0]
            row_step, column_step = m[0, 1], m[1, 1]
            first, last = 0, 0
            if order == 1:
                a, b = run_inside(row, row_step, rows - 1.0, columns)
                first, last = run_inside(column, column_step, columns - 1.0, columns)
                first, last = max(a, first), min(b, last)
                if first < last:
                    row_inside(
                        values, columns, channels, row, row_step, column, column_step, first, last, factor,
                        target, begin + first * step, step,
                    )  # fmt: skip
            for j in range(columns):
                if first <= j < last:
                    continue
                place = begin + j * step
                pixel(
                    image, row + j * row_step, column + j * column_step, fill_mode, outside, order, factor,
                    target[place : place + channels],
                )  # fmt: skip
        if colours:
            change_colours(out[k], channel_shift[k], brightness[k], scale)
