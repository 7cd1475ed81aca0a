"""Batches: layout, types, weights, and what does not fit together."""

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given

from convolens.errors import ArgumentError, ShapeError
from convolens.training.batches import class_weights, labels, make_batch, unpack


@given(
    dtype=st.sampled_from(["uint8", "int16", "uint16", "int64", "float16", "float32", "float64", "bool"]),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    as_tensor=st.booleans(),
)
def test_samples_are_float32_and_images_nchw(dtype: str, shape: list[int], as_tensor: bool) -> None:
    array = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    batch = make_batch(torch.from_numpy(array) if as_tensor else array)
    assert batch.x.dtype == torch.float32
    assert batch.size == shape[0]
    expected = array.transpose(0, 3, 1, 2) if array.ndim == 4 else array
    np.testing.assert_array_equal(batch.x.numpy(), expected.astype("float32"))
    assert batch.y is None
    assert batch.weight is None


def test_images_are_not_copied() -> None:
    array = np.zeros((2, 4, 5, 3), np.float32)
    batch = make_batch(array)
    array[0, 1, 2, 0] = 7.0
    assert batch.x[0, 0, 1, 2] == 7.0
    assert batch.x.is_contiguous(memory_format=torch.channels_last)


def test_several_inputs() -> None:
    a, b = np.zeros((3, 2)), np.ones((3, 4, 4, 1))
    for given_as in ([a, b], (a, b), {"first": a, "second": b}):
        batch = make_batch(given_as)
        assert [tuple(x.shape) for x in batch.x] == [(3, 2), (3, 1, 4, 4)]
        assert batch.size == 3
        assert batch.to(torch.device("cpu")) is batch
    assert make_batch([a]).x.shape == (3, 2)


def test_a_batch_goes_to_a_device_whole() -> None:
    batch = make_batch([np.zeros((3, 2)), np.zeros((3, 1))], np.zeros(3), np.ones(3))
    moved = batch.to(torch.device("meta"))
    assert {x.device.type for x in moved.x} == {"meta"}
    assert moved.y is not None
    assert moved.weight is not None
    assert (moved.y.device.type, moved.weight.device.type, moved.size) == ("meta", "meta", 3)
    assert make_batch(np.zeros((3, 2))).to(torch.device("meta")).y is None


@pytest.mark.parametrize(
    ("given_as", "dtype"),
    [
        (np.array([0, 1], "uint8"), torch.int64),
        (np.array([0, 1], "int32"), torch.int64),
        (np.array([0.0, 1.0]), torch.float32),
        (np.array([True, False]), torch.float32),
        ([0, 1], torch.int64),
        (torch.tensor([0.5], dtype=torch.float16), torch.float32),
    ],
    ids=["uint8", "int32", "float64", "bool", "list", "half"],
)
def test_labels(given_as: Any, dtype: torch.dtype) -> None:
    made = labels(given_as)
    assert made is not None
    assert made.dtype == dtype
    np.testing.assert_array_equal(made.numpy(), np.asarray(given_as).astype(made.numpy().dtype))
    assert labels(None) is None


@given(data=st.data(), classes=st.integers(1, 6), n=st.integers(1, 20), first=st.integers(-3, 3))
def test_class_weights_are_looked_up(data: Any, classes: int, n: int, first: int) -> None:
    weights = {first + c: data.draw(st.floats(0, 4, width=32)) for c in range(classes)}
    y = np.array([data.draw(st.integers(first, first + classes - 1)) for _ in range(n)])
    expected = [weights[number] for number in y.tolist()]
    assert class_weights(torch.from_numpy(y), weights).tolist() == expected
    assert class_weights(torch.from_numpy(y[:, None]).float(), weights).tolist() == expected
    batch = make_batch(np.zeros((n, 1)), y, np.full(n, 2.0), weights)
    assert batch.weight is not None
    assert batch.weight.tolist() == [2 * weight for weight in expected]
    if first == 0 and classes > 1:
        assert class_weights(torch.eye(classes)[torch.from_numpy(y)], weights).tolist() == expected


def test_class_without_a_weight_is_refused() -> None:
    for weights in ({0: 1.0}, {}):
        with pytest.raises(ArgumentError, match=r"class_weight has no entry for class 2; it has \["):
            class_weights(torch.tensor([0, 2] if weights else [2]), weights)


def test_refusals() -> None:
    x = np.zeros((3, 2))
    for kind, words, act in (
        (ShapeError, "x and y must have the same length; received 3 samples and 2 labels",
         lambda: make_batch(x, [0, 1])),
        (ShapeError, "sample_weight must have the length of x; received 1 weights for 3 samples",
         lambda: make_batch(x, [0, 1, 2], [1.0])),
        (ArgumentError, "x holds objects, not numbers; are its images of different sizes",
         lambda: make_batch(np.array([x, x[:2]], dtype=object))),
        (ArgumentError, r"x must hold numbers; received <U5 such as \['a\.png'\]", lambda: make_batch(np.array(["a.png"]))),
        (ArgumentError, "y must hold numbers; received <U3", lambda: make_batch(x, ["cat", "dog", "cat"])),
        (ArgumentError, "y must hold numbers; received object", lambda: make_batch(x, np.array([None] * 3))),
        (ArgumentError, r"must yield x, \(x, y\) or \(x, y, sample_weight\); received a tuple of 4 items",
         lambda: unpack((x, 1, 2, 3))),
        (ArgumentError, "received a tuple of 0 items", lambda: unpack(())),
    ):  # fmt: skip
        with pytest.raises(kind, match=words):
            act()


def test_unpacking() -> None:
    x = np.zeros(2)
    assert unpack(x)[1:] == unpack((x,))[1:] == (None, None)
    assert unpack((x, 1)) == (x, 1, None)
    assert unpack([x, 1]) == (x, 1, None)
    assert unpack((x, 1, 2)) == (x, 1, 2)
    many = [x, x, x, x]
    assert unpack(many)[0] is many  # a list of inputs
