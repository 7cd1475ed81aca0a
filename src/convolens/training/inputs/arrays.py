"""as_array: what is an array, told by what it can do; of one that lies elsewhere, rows are read as they are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError
from convolens.tensor import Tensor


class StoredRows:
    """Rows of an array that lies in a file or elsewhere (h5py, zarr ...): some are read at a time, never all unasked.

    Of the store only slices and increasing places are asked for, which is what HDF5 can do.

    Args:
        store: with `shape`, `dtype` and `[rows]`.
        first, stop: the rows that are meant; None goes to the end.

    Example:
        >>> rows = StoredRows(np.arange(10) * 10, first=2)
        >>> rows.shape, rows[np.array([3, 0, 3])].tolist(), rows.part(slice(6, None))[:].tolist()
        ((8,), [50, 20, 50], [80, 90])
    """

    def __init__(self, store: Any, first: int = 0, stop: int | None = None) -> None:
        self.store, self.first = store, first
        stop = int(store.shape[0]) if stop is None else stop
        self.shape: tuple[int, ...] = (stop - first, *(int(size) for size in store.shape[1:]))
        self.dtype = store.dtype

    @property
    def ndim(self) -> int:
        """The number of axes, that of the samples included."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """Return some rows, in any order and as often as wanted, as of a NumPy array."""
        if isinstance(rows, slice) and rows.step in (None, 1):
            first, stop, _ = rows.indices(len(self))
            return _dense(self.store[self.first + first : self.first + stop])
        places, back = np.unique(np.arange(len(self))[rows], return_inverse=True)
        return _dense(self.store[self.first + places])[back]

    def part(self, rows: slice) -> "StoredRows":
        """Return the same of fewer rows, one after the other, of which none is read."""
        first, stop, _ = rows.indices(len(self))
        return StoredRows(self.store, self.first + first, self.first + max(first, stop))


Array = np.ndarray | torch.Tensor | StoredRows


def as_array(x: Any) -> Array | None:
    """Return anything that is an array of samples as NumPy's, torch's or `StoredRows`; None for what is none, numbers and lists too.

    Args:
        x: what has a shape, a type of values and rows (arrays of NumPy, h5py, zarr, JAX ...), or a way to become NumPy's (of
            TensorFlow, pandas ...).

    Example:
        >>> as_array([1, 2]) is None
        True
    """
    if isinstance(x, Tensor):  # in Keras' order, where torch's own lies in torch's
        return as_array(x.numpy())
    if isinstance(x, (np.ndarray, torch.Tensor, StoredRows)):
        return x if x.ndim else None
    if isinstance(x, type):
        return None
    for way in ("numpy", "to_numpy"):  # of TensorFlow and pandas, whose own rows are asked for otherwise
        if callable(getattr(x, way, None)):
            return as_array(np.asarray(getattr(x, way)()))
    if hasattr(x, "dtype") and hasattr(x, "__getitem__") and len(getattr(x, "shape", None) or ()) > 0:
        return StoredRows(x)
    return as_array(np.asarray(x)) if hasattr(x, "__array__") else None


def as_arrays(x: Any) -> Any:
    """Return an array, or the list of those of several inputs; None where `x` is neither: it gives batches.

    Raises:
        ArgumentError: a list of what is neither.
    """
    array = as_array(x)
    if isinstance(array, np.ndarray) and array.dtype == object and array.ndim == 1:
        x, array = list(array), None  # arrays in an array, or in a column of pandas'
    if array is not None or not isinstance(x, (list, tuple)) or not x:
        return array
    if isinstance(x[0], (tuple, Mapping)):  # batches (x, y)
        return None
    several = [as_array(item) for item in x]
    if all(item is not None for item in several):
        return several
    try:
        return np.asarray(x)  # nested lists of numbers, photos of Pillow's
    except ValueError as error:
        kinds = sorted({type(item).__name__ for item in x})
        raise ArgumentError(
            f"x is a list of {', '.join(kinds)} of different sizes; give an array, a list of images of one size, "
            "or a list of batches that are tuples (x, y)."
        ) from error


def as_labels(where: str, y: Any) -> Any:
    """Return the labels beside arrays as an array that is in memory.

    Raises:
        ArgumentError: they are no array, or some are missing.
    """
    array = as_array(y)
    if array is not None:
        return array[:] if isinstance(array, StoredRows) else array
    what = f"is a {type(y).__name__}"
    if isinstance(y, Sequence) and not isinstance(y, str):
        what = "holds None"
        if not any(item is None for item in y):
            try:
                return np.asarray(y)
            except ValueError:
                what = "holds labels of different shapes"
    raise ArgumentError(f"{where}: y {what}; give an array or a list of labels, one a sample.")


def part_of(array: Any, rows: slice) -> Any:
    """Return some rows of an array, of which none is read where they lie elsewhere."""
    return array.part(rows) if isinstance(array, StoredRows) else array[rows]


def _dense(rows: Any) -> np.ndarray:
    """Return rows as NumPy's array; those of SciPy's sparse matrices hold their zeros then."""
    return np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows)
