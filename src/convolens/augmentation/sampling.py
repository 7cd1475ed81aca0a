"""Where a place in the output comes from, and the value there: what the kernel does for one pixel or one row.

Compiled by Numba. Coordinates outside of an image are mapped as SciPy's `ndimage` does (ni_interpolation.c,
`map_coordinate`).
"""

import math

import numba
import numpy as np

NEAREST, CONSTANT, REFLECT, WRAP = range(4)


@numba.njit(nogil=True, cache=True, inline="always")
def place_inside(place: float, length: int, fill_mode: int) -> float:
    """Return the place in [0, length - 1] that a place outside stands for; -1 for the constant.

    Example:
        >>> place_inside(-1.25, 4, REFLECT)
        0.25
    """
    last = length - 1.0
    if 0.0 <= place <= last:
        return place
    if fill_mode == CONSTANT:
        return -1.0
    if length <= 1:
        return 0.0
    if fill_mode == REFLECT:
        period = 2.0 * length
        if place < 0.0:
            if place < -period:
                place += period * math.floor(-place / period)
            place = place + period if place < -length else -place - 1.0
        else:
            place -= period * math.floor(place / period)
            if place >= length:
                place = period - place - 1.0
    elif fill_mode == WRAP:  # SciPy's "wrap": the last pixel lies on the first, the period is length - 1
        if place < 0.0:
            place += last * (math.floor(-place / last) + 1.0)
        else:
            place -= last * math.floor(place / last)
    return min(max(place, 0.0), last)


@numba.njit(nogil=True, cache=True, inline="always")
def run_inside(start: float, step: float, limit: float, n: int) -> tuple[int, int]:
    """Return the run [first, stop) of j in [0, n) for which start + j * step lies in [0, limit).

    The run is found by division and then mended at its ends, so that rounding cannot let one step out.

    Example:
        >>> run_inside(-1.5, 0.5, 2.0, 10)
        (3, 7)
    """
    if step == 0.0:
        return (0, n) if 0.0 <= start < limit else (0, 0)
    enter, leave = -start / step, (limit - start) / step
    if step < 0.0:
        enter, leave = leave, enter
    a, b = int(min(max(enter, 0.0), n)), int(min(max(leave, -1.0), n - 1.0)) + 1
    b = max(a, b)
    while a < b and not 0.0 <= start + a * step < limit:
        a += 1
    while b > a and not 0.0 <= start + (b - 1) * step < limit:
        b -= 1
    return a, b


@numba.njit(nogil=True, cache=True, inline="always")
def pixel(
    values: np.ndarray,
    width: int,
    rows: int,
    columns: int,
    row: float,
    column: float,
    fill_mode: int,
    cval: np.float32,
    order: int,
    factor: np.float32,
    target: np.ndarray,
    position: int,
    channels: int,
) -> None:
    """Write the value at a place anywhere: the careful way.

    Args:
        values, width: of the image, as `spread` writes them.
        rows, columns: of the image.
        row, column: the place.
        fill_mode, cval, order: as in `kernel.transform`.
        factor: on the value.
        target, position, channels: where the pixel goes, and how many values it has.
    """
    row, column = place_inside(row, rows, fill_mode), place_inside(column, columns, fill_mode)
    if row < 0.0 or column < 0.0:
        for c in range(channels):
            target[position + c] = cval * factor
        return
    if order == 0:
        at = (int(row + 0.5) * columns + int(column + 0.5)) * width
        for c in range(channels):
            target[position + c] = values[at + c] * factor
        return
    top, left = int(row), int(column)
    # weights and sum in the order of `row_inside`, so that both ways round the same
    down, right = np.float32(row - top) * factor, np.float32(column - left)
    up = factor - down
    w11, w01 = down * right, up * right
    w10, w00 = down - w11, up - w01
    upper = (top * columns + left) * width
    lower = upper + columns * width if top + 1 < rows else upper
    beside = width if left + 1 < columns else 0
    for c in range(channels):
        target[position + c] = (
            w00 * values[upper + c]
            + w01 * values[upper + beside + c]
            + w10 * values[lower + c]
            + w11 * values[lower + beside + c]
        )


@numba.njit(nogil=True, cache=True)
def spread(image: np.ndarray, values: np.ndarray, width: int) -> None:
    """Write an image's values as float32, `width` apart from pixel to pixel.

    Args:
        image: all values in a row, (pixels * channels,).
        values: (pixels * width,) float32; what lies between the pixels is left as it is.
        width: at least the channels.
    """
    pixels = values.size // width
    channels = image.size // pixels
    if channels == 3:
        for i in range(pixels):
            values[i * width] = image[3 * i]
            values[i * width + 1] = image[3 * i + 1]
            values[i * width + 2] = image[3 * i + 2]
        return
    for i in range(pixels):
        for c in range(channels):
            values[i * width + c] = image[i * channels + c]


@numba.njit(nogil=True, cache=True)
def row_inside(
    values: np.ndarray,
    width: int,
    columns: int,
    row: float,
    row_step: float,
    column: float,
    column_step: float,
    first: int,
    step: int,
    count: int,
    factor: np.float32,
    target: np.ndarray,
    position: int,
    channels: int,
) -> None:
    """Write a run of bilinear values that all lie inside: no checks, places counted without a sign.

    The three colours of a photo are written out, and lie four apart, so that the compiler computes them at once.

    Args:
        values: of the image, as `spread` writes them.
        width: from pixel to pixel in `values`.
        columns: of the image.
        row, row_step: column j of the output comes from row + j * row_step; the same for columns.
        first, step, count: j begins at `first`, goes on by `step` (1 or -1), `count` times; each with room for the
            neighbour below and beside.
        factor: on the values.
        target: the output's values in a row.
        position: where in `target` the first value goes; the next pixels follow.
        channels: from pixel to pixel in `target`.
    """
    below, beside, onwards = np.uint64(columns * width), np.uint64(width), np.uint64(channels)
    to, j = np.uint64(position), first
    for _ in range(count):
        r, c = row + j * row_step, column + j * column_step
        top, left = np.int32(r), np.int32(c)
        down, right = np.float32(r - top) * factor, np.float32(c - left)
        up = factor - down
        w11, w01 = down * right, up * right
        w10, w00 = down - w11, up - w01
        upper = np.uint64(top) * below + np.uint64(left) * beside
        lower = upper + below
        if channels == 3:
            upper_beside, lower_beside = upper + beside, lower + beside
            one, two = np.uint64(1), np.uint64(2)
            red = (
                w00 * values[upper]
                + w01 * values[upper_beside]
                + w10 * values[lower]
                + w11 * values[lower_beside]
            )
            green = (
                w00 * values[upper + one]
                + w01 * values[upper_beside + one]
                + w10 * values[lower + one]
                + w11 * values[lower_beside + one]
            )
            blue = (
                w00 * values[upper + two]
                + w01 * values[upper_beside + two]
                + w10 * values[lower + two]
                + w11 * values[lower_beside + two]
            )
            target[to], target[to + one], target[to + two] = red, green, blue
        else:
            for k in range(channels):
                u = np.uint64(k)
                target[to + u] = (
                    w00 * values[upper + u]
                    + w01 * values[upper + beside + u]
                    + w10 * values[lower + u]
                    + w11 * values[lower + beside + u]
                )
        to += onwards
        j += step
