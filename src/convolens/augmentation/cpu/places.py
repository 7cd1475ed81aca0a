"""Where the pixels of an output row come from: places along both axes, brought inside the image as SciPy does.

Compiled by Numba. Each step is a plain loop over the whole row, which the compiler turns into vector instructions.
Places outside of an image are mapped as SciPy's `ndimage` does (ni_interpolation.c, `map_coordinate`).
"""

import math

import numpy as np

from convolens.augmentation.compiled import compiled

# The last two are what Keras' layers mean by "constant" and "wrap", SciPy's "grid-constant" and "grid-wrap".
NEAREST, CONSTANT, REFLECT, WRAP, GRID_CONSTANT, GRID_WRAP = range(6)


@compiled(error_model="numpy")
def along_a_line(start: float, step: float, flip: bool, places: np.ndarray) -> None:
    """Write start + j * step for j = 0, 1, ...; for j = ..., 1, 0 where `flip`.

    Args:
        start, step: of the line.
        flip: whether the last comes first.
        places: float64 (columns,), written.

    Example:
        >>> places = np.empty(3)
        >>> along_a_line(0.5, 2.0, True, places)
        >>> places.tolist()
        [4.5, 2.5, 0.5]
    """
    n = places.size
    first, way = (n - 1.0, -1.0) if flip else (0.0, 1.0)
    for p in range(n):
        places[p] = start + (first + way * p) * step


@compiled(error_model="numpy")
def bring_inside(places: np.ndarray, length: int, fill_mode: int) -> None:
    """Replace places by those in [0, length - 1] that they stand for, in place; the CONSTANTs do as NEAREST.

    Those of GRID_WRAP may lie between the last pixel and the first behind it, in [0, length).

    Args:
        places: float64 (columns,).
        length: of the image along this axis.
        fill_mode: one of the six.

    Example:
        >>> places = np.array([-1.25, 2.0, 4.5])
        >>> bring_inside(places, 4, REFLECT)
        >>> places.tolist()
        [0.25, 2.0, 2.5]
    """
    last = length - 1.0
    if fill_mode == REFLECT and length > 1:
        whole, period = 1.0 * length, 2.0 * length
        for p in range(places.size):
            place = places[p] - period * math.floor(places[p] / period)  # [0, period)
            places[p] = period - place - 1.0 if place >= whole else place
    elif fill_mode == WRAP and length > 1:  # SciPy's "wrap": the last pixel lies on the first
        for p in range(places.size):
            place = places[p]
            below = place + last * (math.floor(-place / last) + 1.0)
            above = place - last * math.floor(place / last)
            places[p] = below if place < 0.0 else (above if place > last else place)
    elif fill_mode == GRID_WRAP:
        period = 1.0 * length
        for p in range(places.size):
            place = places[p] - period * math.floor(places[p] / period)
            places[p] = place if place < period else 0.0  # of a place just below 0, by rounding
        return
    for p in range(places.size):
        places[p] = min(max(places[p], 0.0), last)


@compiled(error_model="numpy")
def corners(
    row: np.ndarray,
    column: np.ndarray,
    order: int,
    stride: int,
    channels: int,
    corner: np.ndarray,
    down: np.ndarray,
    right: np.ndarray,
) -> None:
    """Write for each place the pixel above and left of it, and how far down and right of that it lies.

    Args:
        row, column: float64 (columns,), inside.
        order: 1, or 0 for the nearest pixel.
        stride: from row to row of the values the corners point into.
        channels: from pixel to pixel.
        corner: int32 (columns,), written: where the pixel's first value is.
        down, right: float32 (columns,), written: in [0, 1); 0 for order 0.
    """
    a_row, a_pixel = np.int32(stride), np.int32(channels)
    if order == 0:
        for p in range(corner.size):
            corner[p] = np.int32(row[p] + 0.5) * a_row + np.int32(column[p] + 0.5) * a_pixel
            down[p] = right[p] = 0.0
        return
    for p in range(corner.size):
        top, left = np.int32(row[p]), np.int32(column[p])
        corner[p] = top * a_row + left * a_pixel
        down[p] = np.float32(row[p] - np.float64(top))
        right[p] = np.float32(column[p] - np.float64(left))


@compiled(error_model="numpy")
def note_inside(
    row: np.ndarray,
    column: np.ndarray,
    rows: int,
    columns: int,
    fill_mode: int,
    order: int,
    share: np.ndarray,
) -> None:
    """Write which share of each place's value comes from the image, of (rows, columns); the rest is the constant.

    Args:
        row, column: float64 (n,), before `bring_inside`.
        rows, columns: of the image.
        fill_mode: CONSTANT, which gives 0 or 1, or GRID_CONSTANT, where pixels of the constant lie around the image.
        order: 1, or 0 for the nearest pixel.
        share: float32 (n,), written.
    """
    last_row, last_column = rows - 1.0, columns - 1.0
    edge = 0.5 if order == 0 and fill_mode == GRID_CONSTANT else 0.0
    if fill_mode == GRID_CONSTANT and order == 1:
        for p in range(share.size):
            r, c = row[p], column[p]
            down = min(max(min(r + 1.0, rows - r), 0.0), 1.0)
            share[p] = down * min(max(min(c + 1.0, columns - c), 0.0), 1.0)
        return
    for p in range(share.size):
        r, c = row[p], column[p]
        beyond = (r < -edge) | (r > last_row + edge) | (c < -edge) | (c > last_column + edge)
        share[p] = 0.0 if beyond else 1.0
