"""PixelRows: the images of a data set by their places, wherever they lie."""

from typing import Any, Protocol

import numpy as np


class PixelRows(Protocol):
    """Images (n, rows, columns, channels) of one shape, some of which are read at a time; an array is one.

    What is written for it works on an array mapped from disk, on photos that are decoded when they are asked for, and on
    anything else with these four. `in_memory` is for what has to see all at once.

    Example:
        >>> pixels: PixelRows = np.zeros((5, 2, 3, 1), np.uint8)
        >>> len(pixels), pixels.shape, pixels[1:3].shape, pixels[np.array([4, 0, 4])].shape
        (5, (5, 2, 3, 1), (2, 2, 3, 1), (3, 2, 3, 1))
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, rows, columns, channels)."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values: uint8 for photos."""

    def __len__(self) -> int:
        """Return n."""

    def __getitem__(self, rows: slice | np.ndarray, /) -> np.ndarray:
        """Return m images as an array (m, rows, columns, channels).

        Args:
            rows: a slice, or the places of images, whole numbers (m,), in any order and as often as wanted.
        """


def some_rows(pixels: PixelRows, most: int) -> np.ndarray:
    """Return some images as one array (m, rows, columns, channels), spread evenly, or all where there are no more than `most`.

    Example:
        >>> some_rows(np.arange(9).reshape(9, 1, 1, 1), 3).ravel().tolist()
        [0, 4, 8]
    """
    return pixels[np.linspace(0, len(pixels) - 1, min(most, len(pixels))).astype(np.int64)]


def in_memory(pixels: PixelRows) -> np.ndarray:
    """Return all images as one array; an array is returned as it is.

    Example:
        >>> in_memory(np.zeros((5, 2, 3, 1), np.uint8)).shape
        (5, 2, 3, 1)
    """
    return pixels[:]
