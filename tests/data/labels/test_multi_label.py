"""Equal files as one photo with several labels, and the split that keeps every class on both sides."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convolens.data import list_images, merge_identical, split_by_content
from convolens.data.labels.multi_label import MultiLabelFolder, check_enough_photos, in_several_classes
from convolens.data.splits.multi_label_split import keep_classes_on_both_sides
from convolens.errors import DataError


def test_equal_files_are_one_photo_whatever_their_names(tmp_path):
    contents = {
        "cat/1.jpg": b"a",
        "cat/copy.jpg": b"a",
        "cat/2.jpg": b"b",
        "dog/9.jpg": b"a",
        "dog/3.jpg": b"c",
        "fox/2.jpg": b"x",
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    listed = list_images(tmp_path)
    found = merge_identical(listed)
    assert [path.as_posix() for path in found.relative_paths] == [
        "cat/1.jpg",
        "cat/2.jpg",
        "dog/3.jpg",
        "fox/2.jpg",
    ]
    assert found.labels.tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert "6 files are 4 photos, 1 of them with several labels" in found.notes[0]
    assert in_several_classes(listed) == [("cat/1.jpg", "cat/copy.jpg", "dog/9.jpg")]


def folder(rows: np.ndarray, root: Path = Path("d")) -> MultiLabelFolder:
    names = tuple(f"class {i}" for i in range(rows.shape[1]))
    return MultiLabelFolder(
        root, tuple(Path(f"{i}.png") for i in range(len(rows))), rows.astype(np.float32), names
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (np.ones((3, 1)), "1 class, 'class 0'; several labels a photo need at least two"),
        (np.array([[1, 1], [1, 0], [1, 0]]), r"fewer than 2 photos of 'class 1' \(1\)"),
    ],
)
def test_labels_that_nothing_can_be_learnt_from(rows, said):
    with pytest.raises(DataError, match=said):
        check_enough_photos(folder(rows), "labels.csv")


@pytest.mark.parametrize("name", ["cat;dog", "cat|dog"])
def test_a_name_that_could_be_two_is_refused(name):
    found = replace(folder(np.ones((3, 2))), class_names=("cat", name))
    with pytest.raises(
        DataError, match=rf"'{re.escape(name)}' cannot be the name of a class where a photo has several"
    ):
        check_enough_photos(found, "labels.csv")


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(4, 40), st.integers(2, 6), st.floats(0.05, 0.5))
def test_moves_never_take_a_class_from_a_side(seed, n, classes, share):
    rng = np.random.default_rng(seed)
    rows, positions = rng.random((n, classes)) < 0.3, rng.random(n)
    before = positions < 0.2
    after = before.copy()
    keep_classes_on_both_sides(rows, np.arange(n), positions, after)
    for side in (True, False):
        had, has = (rows[chosen == side].any(axis=0) for chosen in (before, after))
        assert (has >= had).all()
    again = after.copy()
    keep_classes_on_both_sides(rows, np.arange(n), positions, again)
    lacking = sum(int((~rows[after == side].any(axis=0)).sum()) for side in (True, False))
    moved = sum(int((~rows[again == side].any(axis=0)).sum()) for side in (True, False))
    assert moved <= lacking


def test_the_split_brings_rare_classes_to_both_sides(tmp_path):
    rng = np.random.default_rng(1)
    rows = rng.random((60, 4)) < [0.5, 0.5, 0.05, 0.05]
    rows[:2, 2:] = True
    for i in range(len(rows)):
        (tmp_path / f"{i}.png").write_bytes(b"%d" % i)
    labelled = folder(rows, tmp_path)
    train, validation = split_by_content(labelled, 0.2)
    assert sorted([*train, *validation]) == list(range(60))
    assert 5 <= len(validation) <= 22
    for part in (train, validation):
        assert (labelled.subset(part).counts() > 0).all()
    assert [list(side) for side in split_by_content(labelled, 0.2)] == [list(train), list(validation)]
