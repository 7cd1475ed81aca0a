"""A data set's mean, spread and whitening matrix, from batches that come one after the other: memory stays constant.

Everything is summed in float64. ZCA whitening is Krizhevsky's ("Learning multiple layers of features from tiny images",
2009) as Keras computes it.
"""

import math
import warnings
from collections.abc import Callable, Iterable

import numpy as np

from convolens.errors import ArgumentError
from convolens.preprocessing.image.memory import available_memory

SAID_FROM = 1e8  # bytes; a smaller matrix is not worth a line
_AT_ONCE = 2  # so many matrices are in memory at the same time while one is computed


class Moments:
    """Mean and variance of each channel, batch after batch.

    Counts, means and sums of squares about the mean are joined as Chan, Golub and LeVeque do (1979): nothing large is
    subtracted from something as large, however many values there are.

    Args:
        channel_axis: of the batches, 1 or 3.

    Example:
        >>> moments = Moments(channel_axis=3)
        >>> moments.add(np.zeros((1, 2, 2, 1)))
        >>> moments.add(np.full((1, 2, 2, 1), 6.0))
        >>> moments.mean.tolist(), moments.std.tolist()
        ([3.0], [3.0])
    """

    def __init__(self, channel_axis: int) -> None:
        self.axes = tuple(axis for axis in range(4) if axis != channel_axis)
        self.count = 0
        self.mean = np.zeros(1)
        self._squares = np.zeros(1)

    def add(self, batch: np.ndarray) -> None:
        """Take in a batch of rank 4."""
        values = batch.astype(np.float64)
        mean = values.mean(axis=self.axes, keepdims=True)
        count = values.size // mean.size
        squares = np.square(values - mean).sum(axis=self.axes)
        apart = mean.reshape(-1) - self.mean
        total = self.count + count
        self._squares = self._squares + squares + apart**2 * (self.count * count / total)
        self.mean = self.mean + apart * (count / total)
        self.count = total

    @property
    def std(self) -> np.ndarray:
        """The standard deviation of each channel, (channels,)."""
        return np.sqrt(self._squares / max(self.count, 1))


def check_whitening(shape: tuple[int, ...], available: Callable[[], float | None] = available_memory) -> None:
    """Say how large the whitening matrix of images of a shape is, where it is large, and refuse one that does not fit.

    Args:
        shape: of one image.
        available: gives the bytes that may be taken; None where nobody knows.

    Raises:
        ArgumentError: the memory is not enough for it.

    Example:
        >>> check_whitening((32, 32, 3))  # 75 MB
    """
    d = math.prod(shape)
    matrix = 8.0 * d * d
    said = f"ZCA of {'x'.join(map(str, shape))} needs a matrix of {d:,} x {d:,}: {_size(matrix)}"
    free = available()
    if free is not None and _AT_ONCE * matrix > free:
        raise ArgumentError(
            f"ImageDataGenerator.fit: {said}, and {_size(_AT_ONCE * matrix)} while it is computed; there are "
            f"{_size(free)} of memory. Give a smaller target_size, or smaller images."
        )
    if matrix >= SAID_FROM:
        warnings.warn(f"ImageDataGenerator.fit: {said}.", stacklevel=4)


def whitening_matrix(batches: Iterable[np.ndarray], count: int, d: int, epsilon: float) -> np.ndarray:
    """Return the ZCA whitening matrix of images, float64 (d, d).

    Keras takes the singular values and vectors of all images at once. They are the roots of the eigenvalues, and the
    eigenvectors, of the (d, d) matrix of second moments, which can be summed batch by batch. `count` images span no
    more than `count` directions, so of fewer images than values only so many are taken, as Keras does; of far fewer,
    the images themselves are the smaller matrix, and are decomposed directly.

    Args:
        batches: of images (n, ...), centred, `count` in all.
        count: images.
        d: values an image.
        epsilon: added to the singular values.

    Example:
        >>> whitening_matrix([np.array([[2.0, 0.0], [0.0, 4.0]])], 2, 2, 0.0).round(3).tolist()
        [[0.707, 0.0], [0.0, 0.354]]
    """
    from scipy import linalg  # a quarter of a second to import

    if 4 * count <= d:
        flat = np.empty((count, d))
        place = 0
        for batch in batches:
            flat[place : place + len(batch)] = batch.reshape(len(batch), d)
            place += len(batch)
        directions, singular, _ = linalg.svd(flat.T, full_matrices=False, overwrite_a=True)  # (d, count)
        del flat
    else:
        moment = np.zeros((d, d))
        for batch in batches:
            flat = batch.reshape(len(batch), d).astype(np.float64)
            moment += flat.T @ flat
        values, directions = linalg.eigh(moment.T, overwrite_a=True, driver="evr")  # rising
        del moment
        values, directions = values[-count:], directions[:, -count:]
        singular = np.sqrt(np.maximum(values, 0))
    directions *= np.sqrt(np.sqrt(count) / (singular + epsilon))
    return directions @ directions.T


def _size(count: float) -> str:
    """Return a number of bytes in words, as disks and memory are sold.

    Example:
        >>> _size(36_450_000_000.0), _size(2_000_000.0)
        ('36.5 GB', '2 MB')
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
