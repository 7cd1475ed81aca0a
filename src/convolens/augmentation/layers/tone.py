"""Contrast and brightness of the images of a batch as Keras' layers mean them; compiled by Numba."""

from collections.abc import Sequence

import numpy as np

from convolens.augmentation.compiled import compiled
from convolens.augmentation.cpu.slices import in_slices


def tone(
    images: np.ndarray,
    contrast: np.ndarray | None,
    brightness: np.ndarray | None,
    value_range: Sequence[float],
) -> np.ndarray:
    """Return images drawn away from their channels' means, and lightened, and cut off, in float32.

    Args:
        images: (n, rows, columns, channels), uint8 or float32, C-contiguous.
        contrast: (n,): the factor of the distance from the mean of each channel; None for 1.
        brightness: (n,): what is added to all values; None for 0.
        value_range: (lowest, highest): values beyond become these.

    Example:
        >>> image = np.array([0.0, 1.0], np.float32).reshape(1, 1, 2, 1)
        >>> tone(image, np.array([0.5]), None, (0, 255)).ravel().tolist()
        [0.25, 0.75]
    """
    n, out = len(images), np.empty(images.shape, np.float32)
    if out.size == 0:
        return out
    factor = np.ones(n, np.float32) if contrast is None else contrast.astype(np.float32)
    added = np.zeros(n, np.float32) if brightness is None else brightness.astype(np.float32)
    low, high = (np.float32(value) for value in value_range)
    in_slices(
        lambda start, stop: change(images, factor, added, low, high, out, start, stop), n, out.size, None
    )
    return out


@compiled()
def change(
    images: np.ndarray,
    factor: np.ndarray,
    added: np.ndarray,
    low: np.float32,
    high: np.float32,
    out: np.ndarray,
    start: int,
    stop: int,
) -> None:
    """Change images `start` to `stop` of a batch, row by row.

    Args:
        images: (n, rows, columns, channels), uint8 or float32.
        factor, added: float32 (n,).
        low, high: what values are cut off at.
        out: float32, as `images`, written.
        start, stop: the slice of the batch.
    """
    rows, columns, channels = images.shape[1:]
    length = columns * channels
    offset = np.empty(length, np.float32)
    for k in range(start, stop):
        source, target = images[k].reshape(-1), out[k].reshape(-1)
        times, more = factor[k], added[k]
        offset[:] = more
        if times != np.float32(1.0):
            sums = np.zeros(length, np.float64)
            for i in range(rows):
                line = source[i * length : (i + 1) * length]
                for v in range(length):
                    sums[v] += line[v]
            for c in range(channels):
                total = 0.0
                for v in range(c, length, channels):
                    total += sums[v]
                mean = np.float32(total / (rows * columns))
                for v in range(c, length, channels):
                    offset[v] = mean - mean * times + more
        for i in range(rows):
            line, written = source[i * length : (i + 1) * length], target[i * length : (i + 1) * length]
            for v in range(length):
                written[v] = min(max(np.float32(line[v]) * times + offset[v], low), high)
