"""The fused kernel: geometry, flips, channel shift, brightness and rescale in one pass from pixels to a float batch.

Compiled by Numba on first use and kept on disk; releases the GIL, works on the slice of images a thread is given.
Coordinates outside of an image are mapped as SciPy's `ndimage` does (ni_interpolation.c, `map_coordinate`).
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
        images: (m, rows, columns, channels), uint8 or float32.
        which: int64 (n,): the place in `images` of each image of the batch.
        matrix: (n, 2, 3) float64, from output to input places.
        flip_horizontal, flip_vertical: (n,) bool; flipped after the matrix.
        channel_shift: (n,) float64, 0 for none.
        brightness: (n,) float64, NaN for none.
        fill_mode: NEAREST, CONSTANT, REFLECT or WRAP.
        cval: the value outside for CONSTANT.
        order: 0 or 1.
        scale: factor on everything at the end.
        out: (n, rows, columns, channels) float32.
        start, stop: the slice of the batch.
    """
    rows, columns, channels = images.shape[1:]
    for k in range(start, stop):
        image, m = images[which[k]], matrix[k]
        colours = channel_shift[k] != 0.0 or not math.isnan(brightness[k])
        factor = np.float32(1.0) if colours else np.float32(scale)
        still = (
            m[0, 0] == 1.0 and m[0, 1] == 0.0 and m[0, 2] == 0.0
            and m[1, 0] == 0.0 and m[1, 1] == 1.0 and m[1, 2] == 0.0
        )  # fmt: skip
        for i in range(rows):
            to_row = rows - 1 - i if flip_vertical[k] else i
            for j in range(columns):
                to_column = columns - 1 - j if flip_horizontal[k] else j
                if still:
                    for c in range(channels):
                        out[k, to_row, to_column, c] = np.float32(image[i, j, c]) * factor
                    continue
                row = place_inside(m[0, 2] + i * m[0, 0] + j * m[0, 1], rows, fill_mode)
                column = place_inside(m[1, 2] + i * m[1, 0] + j * m[1, 1], columns, fill_mode)
                if row < 0.0 or column < 0.0:
                    for c in range(channels):
                        out[k, to_row, to_column, c] = np.float32(cval) * factor
                    continue
                if order == 0:
                    top, left = int(row + 0.5), int(column + 0.5)
                    for c in range(channels):
                        out[k, to_row, to_column, c] = np.float32(image[top, left, c]) * factor
                    continue
                top, left = int(row), int(column)
                down, right = np.float32(row - top), np.float32(column - left)
                bottom, beside = min(top + 1, rows - 1), min(left + 1, columns - 1)
                one = np.float32(1.0)
                w00, w01 = (one - down) * (one - right), (one - down) * right
                w10, w11 = down * (one - right), down * right
                for c in range(channels):
                    value = (
                        w00 * np.float32(image[top, left, c])
                        + w01 * np.float32(image[top, beside, c])
                        + w10 * np.float32(image[bottom, left, c])
                        + w11 * np.float32(image[bottom, beside, c])
                    )
                    out[k, to_row, to_column, c] = value * factor
        if colours:
            change_colours(out[k], channel_shift[k], brightness[k], scale)


@numba.njit(nogil=True, cache=True)
def change_colours(image: np.ndarray, channel_shift: float, brightness: float, scale: float) -> None:
    """Shift, brighten and scale one image (rows, columns, channels) float32 in place.

    As Keras does it: the shift is clipped to the image's own range; for the brightness the image becomes bytes
    (stretched to 0 to 255 where it goes beyond), is blended with black as Pillow does, and goes back.
    """
    rows, columns, channels = image.shape
    if channel_shift != 0.0:
        low, high = image.min(), image.max()
        shift = np.float32(channel_shift)
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    image[i, j, c] = min(max(image[i, j, c] + shift, low), high)
    if not math.isnan(brightness):
        low, high = image.min(), image.max()
        beyond = low < 0.0 or high > 255.0
        span = high - low
        coloured = channels if channels < 4 else 3  # alpha stays
        blend = np.float32(brightness)
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    value = image[i, j, c]
                    if beyond:
                        value = value - low
                        if span != 0.0:
                            value = value / span
                        value = value * np.float32(255.0)
                    value = np.float32(math.floor(value))
                    if c < coloured:
                        value = np.float32(
                            math.floor(min(max(value * blend, np.float32(0.0)), np.float32(255.0)))
                        )
                    if beyond:
                        value = value / np.float32(255.0) * span + low
                    image[i, j, c] = value
    factor = np.float32(scale)
    if factor != 1.0:
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    image[i, j, c] *= factor
