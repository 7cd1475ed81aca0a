"""One rule says what is better: NaN never, a tie never; the best is the first of equals."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.callbacks.monitor import best_place, is_better

VALUES = st.lists(
    st.one_of(st.sampled_from([0.0, 0.5, 1.0, math.nan, math.inf, -math.inf]), st.floats()), max_size=8
)


@given(VALUES, st.booleans())
def test_the_best_is_numpys_among_the_finite(values: list[float], larger: bool) -> None:
    place = best_place(values, larger)
    finite = np.where(np.isfinite(values), values, -math.inf if larger else math.inf)
    if not np.isfinite(values).any():
        assert place is None
    else:
        assert place == (np.argmax(finite) if larger else np.argmin(finite))


@given(st.floats(), st.floats(), st.booleans(), st.floats(0, 10))
def test_of_two_values_at_most_one_is_better(
    one: float, other: float, larger: bool, min_delta: float
) -> None:
    assert not (is_better(one, other, larger, min_delta) and is_better(other, one, larger, min_delta))
    assert not is_better(one, one, larger, min_delta)
    if is_better(one, other, larger, min_delta):
        assert is_better(one, other, larger)
        assert is_better(-one, -other, not larger, min_delta)


@pytest.mark.parametrize("larger", [True, False])
def test_anything_but_nan_is_better_than_nothing(larger: bool) -> None:
    assert is_better(math.inf, None, larger)
    assert is_better(0.0, None, larger, min_delta=1.0)
    assert not is_better(math.nan, None, larger)
