"""BatchBuffers: large arrays that are written again when nobody holds the batch they were."""

import sys
import threading
from typing import Any

import numpy as np

KEPT = 4  # a batch in use, two made ahead, one in the making


class BatchBuffers:
    """Gives arrays for batches; memory that the system would have to hand out page by page is used again.

    An array, a view of it or a tensor over it keeps its memory; as soon as the last of them is gone, the memory serves
    the next batch.

    Example:
        >>> buffers = BatchBuffers()
        >>> first, second = buffers.take((4, 2), np.float32), buffers.take((4, 2), np.float32)
        >>> np.shares_memory(first, second)
        False
        >>> place = second.ctypes.data
        >>> del second
        >>> buffers.take((3, 2), np.float32).ctypes.data == place
        True
    """

    def __init__(self) -> None:
        self._arrays: list[np.ndarray] = []
        self._unheld = _holders([np.empty(0)])[0]
        self._lock = threading.Lock()  # between seeing that an array is free and holding it

    def take(self, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
        """Return an array that nobody else holds, with anything in it; plain and C-contiguous.

        Args:
            shape: (n, ...).
            dtype: of the values.
        """
        with self._lock:
            for number, holders in enumerate(_holders(self._arrays)):
                array = self._arrays[number]
                fits = array.dtype == dtype and array.shape[1:] == shape[1:] and len(array) >= shape[0]
                if fits and holders == self._unheld:
                    return array[: shape[0]]
            array = np.empty(shape, dtype)
            self._arrays = [*self._arrays[1 - KEPT :], array]
            return array[:]


def _holders(arrays: list[np.ndarray]) -> list[int]:
    """Return how many references there are to each array, the list's and this function's among them."""
    return [sys.getrefcount(array) for array in arrays]
