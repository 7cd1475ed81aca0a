"""The fused kernel: geometry, flips, channel shift, brightness and rescale in one pass from pixels to a float batch.

Compiled by Numba on first use and kept on disk; releases the GIL, works on the slice of images a thread is given.
Most of a row lies inside of the image and goes the fast way, without checks; the rest goes pixel by pixel.
"""

import math

import numba
import numpy as np

from convolens.augmentation.colours import change_colours
from convolens.augmentation.sampling import pixel, row_inside, run_inside, spread

# Of sampling.py and colours.py: Numba looks at this file only to see whether its compiled code is still good.
CALLED = "889718927e591ccf"


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
    width = 4 if channels == 3 else channels
    values = np.zeros(rows * columns * width, np.float32)
    for k in range(start, stop):
        image, m = images[which[k]], matrix[k]
        target = out[k].reshape(-1)
        colours = channel_shift[k] != 0.0 or not math.isnan(brightness[k])
        factor = np.float32(1.0) if colours else np.float32(scale)
        still = (
            m[0, 0] == 1.0 and m[0, 1] == 0.0 and m[0, 2] == 0.0
            and m[1, 0] == 0.0 and m[1, 1] == 1.0 and m[1, 2] == 0.0
        )  # fmt: skip
        if not still:
            spread(image.reshape(-1), values, width)
        for i in range(rows):
            begin = (rows - 1 - i if flip_vertical[k] else i) * columns * channels
            row, column = m[0, 2] + i * m[0, 0], m[1, 2] + i * m[1, 0]
            row_step, column_step = m[0, 1], m[1, 1]
            first, stop_inside = 0, 0  # the run of j that goes the fast way
            if order == 1 and not still:
                a, b = run_inside(row, row_step, rows - 1.0, columns)
                first, stop_inside = run_inside(column, column_step, columns - 1.0, columns)
                first, stop_inside = max(a, first), min(b, stop_inside)
            if first < stop_inside:
                mirrored = flip_horizontal[k]
                row_inside(
                    values, width, columns, row, row_step, column, column_step,
                    stop_inside - 1 if mirrored else first, -1 if mirrored else 1, stop_inside - first, factor,
                    target, begin + (columns - stop_inside if mirrored else first) * channels, channels,
                )  # fmt: skip
            for j in range(columns):
                if first <= j < stop_inside:
                    continue
                place = begin + (columns - 1 - j if flip_horizontal[k] else j) * channels
                if still:
                    for c in range(channels):
                        target[place + c] = np.float32(image[i, j, c]) * factor
                else:
                    pixel(
                        values, width, rows, columns, row + j * row_step, column + j * column_step, fill_mode, outside,
                        order, factor, target, place, channels,
                    )  # fmt: skip
        if colours:
            change_colours(out[k], channel_shift[k], brightness[k], scale)
