"""Duplicates: identical bytes and near pairs put together."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from convolens.data.similarity.duplicates import KINDS, find_duplicates
from photographs import pieces, recompressed


def thumbnail(image):
    return np.asarray(image.resize((32, 32), Image.Resampling.BILINEAR))


PHOTOS = pieces()[:4]
SHOWN = np.stack([thumbnail(turned) for photo in PHOTOS for turned in (photo, recompressed(photo))])


@given(st.lists(st.integers(0, 7), min_size=1, max_size=10))
def test_groups_are_the_photographs(drawn):
    """Each file is one of four photographs, as it is (even) or recompressed (odd); files with one number are identical."""
    found = find_duplicates([str(number) for number in drawn], SHOWN[drawn])
    photographs = np.array(drawn) // 2
    for a, b in itertools.combinations(range(len(drawn)), 2):
        assert (found.groups[a] == found.groups[b]) == (photographs[a] == photographs[b])
    for (a, b), kind, similarity in zip(found.pairs.tolist(), found.kinds, found.similarity, strict=True):
        assert a < b
        assert KINDS[kind] == ("identical" if drawn[a] == drawn[b] else "near")
        assert similarity == 1 if KINDS[kind] == "identical" else similarity > 0.97
    paired = {photo for pair in found.pairs.tolist() for photo in pair}
    assert paired == {i for i in range(len(drawn)) if (photographs == photographs[i]).sum() > 1}


def test_each_copy_is_paired_with_the_other_sides_first():
    """A photo in training, and twice the same recompressed one in validation: both leak."""
    found = find_duplicates(["a", "b", "b"], SHOWN[[0, 1, 1]])
    assert found.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert [KINDS[kind] for kind in found.kinds] == ["near", "near", "identical"]
