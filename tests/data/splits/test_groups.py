"""Photos that must stay together have one unit: identical ones, those of a group, and groups that share a photo."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from convolens.data import list_images, read_groups
from convolens.data.splits.groups import split_units
from convolens.errors import ArgumentError, DataError, MissingFileError
from images import folders


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=30))
def test_units_are_what_hangs_together_by_content_or_group(photos):
    contents, groups = np.array(photos).T
    units = split_units([f"{content:064x}" for content in contents], groups.astype(str))
    links = coo_array((np.ones(len(photos)), (contents, groups + 9)), shape=(18, 18))
    expected = connected_components(links, directed=False)[1][contents]
    assert len(set(units)) == len(set(expected)) == len(set(zip(units, expected, strict=True)))


@given(st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=5))
def test_without_groups_a_photo_stays_with_its_copies_alone(contents):
    assert split_units(contents, None) == contents


def test_bad_groups(tmp_path):
    folder = list_images(folders(tmp_path / "data", {"a": 60, "b": 40}))
    with pytest.raises(ArgumentError, match=r"'\(' is not a regular expression"):
        read_groups("(", folder)
    with pytest.raises(ArgumentError, match=r"matches none of 100 photos; the first is 'a/00.png'"):
        read_groups("patient", folder)
    with pytest.raises(MissingFileError, match="no such CSV file"):
        read_groups(str(tmp_path / "no.csv"), folder)
    (tmp_path / "g.csv").write_text("a/00.png,x\n")
    with pytest.raises(DataError, match=r"names no group for 99 of 100 photos; the first is 'a/01.png'"):
        read_groups(str(tmp_path / "g.csv"), folder)
    (tmp_path / "g.csv").write_text("a/00.png\n")
    with pytest.raises(DataError, match=r"row 1: expected two columns"):
        read_groups(str(tmp_path / "g.csv"), folder)
