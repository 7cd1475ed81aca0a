"""Philox is the published generator, uniform, and independent of company."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.augmentation.draw.philox import permutation, philox4x32, uniforms
from convolens.errors import ArgumentError


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [  # the known answers published with Random123 (kat_vectors, philox4x32 10)
        ([0] * 4, (0, 0), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, (0xFFFFFFFF, 0xFFFFFFFF), [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            (0xA4093822, 0x299F31D0),
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_known_answers(counter, key, expected):
    assert philox4x32(np.array([counter], np.uint64), key)[0].tolist() == expected


def test_uniform():
    values = uniforms(3, 0, np.arange(20_000), 5)
    assert 0 <= values.min() < values.max() < 1
    np.testing.assert_allclose(values.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(values.var(axis=0), 1 / 12, atol=0.002)
    assert np.abs(np.corrcoef(values.T) - np.eye(5)).max() < 0.03


@given(st.integers(-(2**63), 2**63), st.integers(0, 2**31), st.integers(0, 300))
def test_permutation_holds_each_once(seed, epoch, n):
    assert sorted(permutation(seed, epoch, n).tolist()) == list(range(n))


def test_seed_must_be_an_integer():
    with pytest.raises(ArgumentError, match=r"seed must be an integer; received 1\.5"):
        uniforms(1.5, 0, [0], 1)
