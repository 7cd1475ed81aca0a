"""What is done to the pixels of a batch after the fused kernel, and how two batches are mixed; compiled by Numba."""

import numpy as np

from convolens.augmentation.compiled import compiled
from convolens.augmentation.cpu.tones import change_tones

# Of the files that are called from here: Numba compiles anew only where this very file changes. A test holds it true.
CALLED = "6933f50e373160c3"


@compiled()
def finish(
    out: np.ndarray,
    flip_horizontal: np.ndarray,
    flip_vertical: np.ndarray,
    shift: np.ndarray,
    constant: float,
    codes: np.ndarray,
    amounts: np.ndarray,
    erased: np.ndarray,
    erase_value: float,
    scale: float,
    start: int,
    stop: int,
) -> None:
    """Finish images `start` to `stop` of a batch in place: pad, change colours, erase, scale.

    Args:
        out: (n, rows, columns, channels) float32, C-contiguous, values 0 to 255.
        flip_horizontal, flip_vertical: (n,) bool; the images are flipped already.
        shift: (n, 2) int64, rows and columns; the images are shifted already, and flipped after it.
        constant: what is written where a shift brought something from outside.
        codes, amounts: (n, k), see `tones.change_tones`.
        erased: (n, 4) int64: top, left, height, width.
        erase_value: what is written into these boxes.
        scale: factor on everything at the end.
        start, stop: the slice of the batch.
    """
    rows, columns = out.shape[1:3]
    padding, nothing, factor = np.float32(constant), np.float32(erase_value), np.float32(scale)
    for k in range(start, stop):
        image = out[k]
        down = -shift[k, 0] if flip_vertical[k] else shift[k, 0]
        across = -shift[k, 1] if flip_horizontal[k] else shift[k, 1]
        if down > 0:
            image[rows - down :] = padding
        elif down < 0:
            image[:-down] = padding
        if across > 0:
            image[:, columns - across :] = padding
        elif across < 0:
            image[:, :-across] = padding
        change_tones(image, codes[k], amounts[k])
        if erased[k, 2] > 0:
            top, left = erased[k, 0], erased[k, 1]
            image[top : top + erased[k, 2], left : left + erased[k, 3]] = nothing
        if factor != 1.0:
            values = image.reshape(-1)
            for i in range(values.size):
                values[i] *= factor


@compiled()
def mix(
    x: np.ndarray, partners: np.ndarray, share: np.ndarray, box: np.ndarray, start: int, stop: int
) -> None:
    """Mix images `start` to `stop` with their partners in place.

    Args:
        x, partners: (n, rows, columns, channels) float32, C-contiguous.
        share: (n,) float64, of the image itself where everything is mixed.
        box: (n, 4) int64: top, left, height, width of the partner's box; height -1 where everything is mixed.
        start, stop: the slice of the batch.
    """
    for k in range(start, stop):
        top, left, height, width = box[k]
        if height >= 0:
            for i in range(top, top + height):
                for j in range(left, left + width):
                    x[k, i, j] = partners[k, i, j]
            continue
        own = np.float32(share[k])
        other = np.float32(1.0) - own
        values, others = x[k].reshape(-1), partners[k].reshape(-1)
        for i in range(values.size):
            values[i] = own * values[i] + other * others[i]
