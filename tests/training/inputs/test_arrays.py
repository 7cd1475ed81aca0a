"""What an array is, is told by what it can do; of one that lies elsewhere only the rows that are asked for are read."""

from pathlib import Path
from typing import Any

import h5py
import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from hypothesis import given

from convolens.errors import ArgumentError
from convolens.training import make_source
from convolens.training.inputs.arrays import StoredRows, as_array, as_arrays, as_labels


class Store:
    """Rows that are read as HDF5's are: by slices and increasing places."""

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.most = values, 0

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def dtype(self) -> Any:
        return self.values.dtype

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        if not isinstance(rows, slice) and not (np.diff(rows) > 0).all():
            raise TypeError("Indexing elements must be in increasing order")
        found = self.values[rows]
        self.most = max(self.most, len(found))
        return found


class EagerTensor:
    """What TensorFlow's tensors can do."""

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.shape, self.dtype = values, values.shape, "tf.float32"

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> Any:
        if not isinstance(rows, (int, slice)):
            raise TypeError("Only integers, slices, ellipsis and newaxis are valid indices")
        return EagerTensor(self.values[rows])

    def numpy(self) -> np.ndarray:
        return self.values


KINDS: dict[str, Any] = {
    "numpy": lambda x: x,
    "torch": torch.from_numpy,
    "store": Store,
    "tensorflow": EagerTensor,
    "pandas": pd.DataFrame,
    "sparse": scipy.sparse.csr_matrix,
}


@pytest.mark.parametrize("kind", KINDS)
@given(n=st.integers(1, 40), batch_size=st.integers(1, 50), shuffle=st.booleans(), data=st.data())
def test_batches_are_those_of_the_numpy_array(
    kind: str, n: int, batch_size: int, shuffle: bool, data: Any
) -> None:
    values = np.arange(n * 3, dtype=np.float32).reshape(n, 3)
    steps = data.draw(st.none() | st.integers(1, 60))

    def batches(x: Any, y: Any) -> list[tuple[Any, Any]]:
        source = make_source("fit", x, y, batch_size=batch_size, shuffle=shuffle, seed=5, steps=steps)
        return [(batch.x.tolist(), batch.y.tolist()) for batch in source.epoch(3)]  # type: ignore[union-attr]

    assert batches(KINDS[kind](values), KINDS[kind](values)) == batches(values, values)


@given(n=st.integers(1, 30), data=st.data())
def test_rows_of_a_store_are_those_of_an_array(n: int, data: Any) -> None:
    values = np.arange(n) * 10
    places = st.lists(st.integers(-n, n - 1), min_size=1).map(np.array)
    ends = st.none() | st.integers(-n - 2, n + 2)
    first, stop, step = data.draw(ends), data.draw(ends), data.draw(st.sampled_from([None, 1, 2, -1]))
    rows = StoredRows(Store(values))
    for asked in (data.draw(places), slice(first, stop, step), values > data.draw(st.integers(0, n * 10))):
        assert rows[asked].tolist() == values[asked].tolist()
    part = rows.part(slice(first, stop))
    assert (len(part), part[:].tolist()) == (len(values[first:stop]), values[first:stop].tolist())


def test_a_file_is_never_read_at_once(tmp_path: Path) -> None:
    store = Store(np.zeros((100, 2), np.float32))
    list(make_source("fit", store, np.zeros(100), batch_size=8, shuffle=True).epoch(0))
    assert store.most == 8
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = values = np.arange(20.0).reshape(10, 2)
        source = make_source("fit", file["x"], values[:, 0], batch_size=4, shuffle=True, seed=1)
        for batch in source.epoch(0):
            assert batch.x[:, 0].tolist() == batch.y.tolist()  # type: ignore[union-attr]


def test_what_is_no_array() -> None:
    for thing in (None, [1, 2], "text", iter([1]), 3, np.float32(3), torch.tensor(1.0), {"x": 1}, np.ndarray):
        assert as_array(thing) is None
    assert as_arrays([(np.zeros(2), np.zeros(2))]) is None  # a batch (x, y)
    assert as_arrays([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    images = np.array([np.zeros((2, 2)), np.ones((2, 2)), None], object)[:2]
    assert [image.shape for image in as_arrays(images)] == [(2, 2), (2, 2)]
    with pytest.raises(ArgumentError, match="x is a list of list of different sizes; give an array"):
        as_arrays([[1, 2], [3]])


def test_labels() -> None:
    assert as_labels("fit", range(3)).tolist() == [0, 1, 2]
    assert isinstance(as_labels("fit", Store(np.arange(3))), np.ndarray)
    for given_labels, words in (
        ([1, None], "fit: y holds None; give an array or a list of labels"),
        ([[1], [1, 2]], "fit: y holds labels of different shapes"),
        (iter([1]), "fit: y is a list_iterator"),
        ("ab", "fit: y is a str"),
    ):
        with pytest.raises(ArgumentError, match=words):
            as_labels("fit", given_labels)
