"""What we say of shares of right answers is what scipy.stats says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from convolens.analysis.measures.binomial import chance_of_at_least, wilson_interval


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.5, 0.999))
def test_wilson_interval_is_scipys(count: int, share: float, confidence: float) -> None:
    right = round(share * count)
    ends = binomtest(right, count).proportion_ci(confidence, method="wilson")
    assert wilson_interval(right, count, confidence) == pytest.approx((ends.low, ends.high), abs=1e-12)


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0, 1))
def test_chance_of_at_least_is_scipys(count: int, share: float, chance: float) -> None:
    right = round(share * count)
    expected = binomtest(right, count, chance, alternative="greater").pvalue
    assert chance_of_at_least(right, count, chance) == pytest.approx(expected, rel=1e-9, abs=1e-300)
