"""Nested values come back from JSON and tensors exactly as they were, to the last bit."""

import json
import math
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given

from convolens.checkpoints.values import decode, encode
from convolens.errors import ArgumentTypeError, CheckpointError

DTYPES = [np.uint8, np.int64, np.float16, np.float32, np.float64, np.bool_]
ARRAYS = st.builds(
    lambda numbers, dtype, rank: np.array(numbers).astype(dtype).reshape((-1, *[1] * rank)),
    st.lists(st.integers(0, 200), max_size=4),
    st.sampled_from(DTYPES),
    st.integers(0, 2),
)
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5)
    | ARRAYS | ARRAYS.map(torch.from_numpy) | st.floats(width=32).map(np.float32) | st.just(np.array(1.5))
)  # fmt: skip
KEYS = st.text(max_size=4) | st.just("$tensor") | st.integers(0, 3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a: Any, b: Any) -> bool:
    """Return whether two values are equal in kind and in every bit; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and a.shape == b.shape and a.numpy().tobytes() == b.numpy().tobytes()
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or a.hex() == b.hex()
    return a == b


@given(VALUES)
def test_everything_comes_back(value: Any) -> None:
    tensors: dict[str, torch.Tensor] = {}
    text = json.dumps(encode(value, "x", tensors), allow_nan=False)
    assert same(decode(json.loads(text), tensors), value)


def test_what_is_collected_is_a_copy() -> None:
    tensor, array = torch.zeros(3), np.zeros(3)
    found: dict[str, torch.Tensor] = {}
    encode([tensor, array, tensor[1:]], "x", found)
    tensor += 1
    array += 1
    assert all(not kept.any() for kept in found.values())
    assert len({kept.data_ptr() for kept in found.values()}) == 3


def test_names_that_meet_stay_apart() -> None:
    found: dict[str, torch.Tensor] = {}
    value = {"a.b": torch.zeros(1), "a": {"b": torch.ones(1)}}
    assert same(decode(encode(value, "x", found), found), value)


@pytest.mark.parametrize("value", [object(), {1, 2}, lambda: 0, 1j])
def test_what_no_checkpoint_holds_is_named(value: Any) -> None:
    with pytest.raises(
        ArgumentTypeError, match=rf"state: ema\.deep\.0 is a {type(value).__name__}; a state_dict may"
    ):
        encode({"deep": [value]}, "ema", {})
    with pytest.raises(ArgumentTypeError, match="state: x is an array of object, which no checkpoint holds"):
        encode(np.array([None]), "x", {})


@pytest.mark.parametrize(
    "damaged", [{"$tensor": "gone"}, {"$float": "2"}, {"$tuple": 3}, {"$pairs": [[1]]}, {"$array": []}]
)
def test_damage_is_an_error_of_ours(damaged: Any) -> None:
    with pytest.raises(CheckpointError, match=r"state: \$\w+ .* cannot be read; use an older one"):
        decode([damaged], {})
    with pytest.raises(CheckpointError, match=r"'\$sparse' is of a newer version"):
        decode({"$sparse": 1}, {})
