"""Every photo in one fold, equal contents and groups in the same one, each class shared evenly, whatever the names."""

import shutil

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import csr_array

from convolens.data import folds_by_content, list_images, read_groups
from convolens.data.folders.folder import ImageFolder
from convolens.data.splits.folds import _deal
from convolens.errors import ArgumentError, DataError
from images import folders


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 61, "b": 23, "c": 40}, size=(4, 4))


def by_name(folder, folds, groups=None):
    found = folds_by_content(folder, folds, groups)
    return {path.as_posix(): int(fold) for path, fold in zip(folder.relative_paths, found, strict=True)}


@pytest.mark.parametrize("folds", [2, 3, 5, 10])
def test_each_class_is_shared_evenly(data, folds):
    folder = list_images(data)
    found = folds_by_content(folder, folds)
    assert found.shape == (124,)
    assert found.dtype == np.int64
    table = np.zeros((folds, 3), int)
    np.add.at(table, (found, folder.labels), 1)
    assert table.sum() == 124
    assert (table.max(axis=0) - table.min(axis=0) <= 1).all(), table
    assert np.ptp(table.sum(axis=1)) <= 3


def test_names_and_order_do_not_matter(data, tmp_path):
    folder = list_images(data)
    before = by_name(folder, 5)
    shuffled = np.random.default_rng(3).permutation(len(folder))
    other = ImageFolder(
        folder.root,
        tuple(folder.relative_paths[i] for i in shuffled),
        folder.labels[shuffled],
        folder.class_names,
    )
    assert by_name(other, 5) == before
    elsewhere = shutil.copytree(data, tmp_path / "elsewhere")
    for i, name in enumerate(reversed(before)):
        path = elsewhere / name
        path.rename(path.with_name(f"{i:03d}-{path.name}"))
    after = by_name(list_images(elsewhere), 5)
    assert {name.replace(f"/{name.split('/')[1][:4]}", "/"): fold for name, fold in after.items()} == before


def test_identical_photos_are_together_across_classes_too(data):
    for i in range(12):
        shutil.copy(data / "a" / f"{i:02d}.png", data / "a" / f"copy-{i}.png")
        shutil.copy(data / "a" / f"{i:02d}.png", data / "b" / f"mislabelled-{i}.png")
    found = by_name(list_images(data), 4)
    for i in range(12):
        assert found[f"a/{i:02d}.png"] == found[f"a/copy-{i}.png"] == found[f"b/mislabelled-{i}.png"]
    assert set(found.values()) == {0, 1, 2, 3}


@settings(max_examples=20)
@given(st.lists(st.integers(6, 20), min_size=2, max_size=3), st.integers(2, 6), st.integers(0, 99))
def test_units_of_random_sizes(tmp_path_factory, counts, folds, seed):
    """Groups of one class: all of it in one fold, and a class differs between folds by its largest group at most."""
    root = folders(
        tmp_path_factory.mktemp("d"), {f"c{i}": n for i, n in enumerate(counts)}, size=(2, 2), seed=seed
    )
    folder = list_images(root)
    rng = np.random.default_rng(seed)
    numbers = np.concatenate([[*range(6), *rng.integers(0, 6, n - 6)] for n in counts])  # 6 groups a class
    groups = np.array(
        [f"{label}-{number}" for label, number in zip(folder.labels, numbers, strict=True)], dtype=object
    )
    found = folds_by_content(folder, folds, groups)
    for group in np.unique(groups):
        assert len(set(found[groups == group].tolist())) == 1
    for label in range(len(counts)):
        of_class = folder.labels == label
        largest = max(np.unique(groups[of_class], return_counts=True)[1])
        held = np.bincount(found[of_class], minlength=folds)
        assert held.min() >= 1
        assert held.max() - held.min() <= largest


def test_groups_that_share_a_photo_are_one(data):
    shutil.copy(data / "a" / "00.png", data / "a" / "59.png")
    folder = list_images(data)
    found = by_name(folder, 2, read_groups(r"/(\d)\d\.png", folder))
    assert len({fold for name, fold in found.items() if name.split("/")[1][0] in "05"}) == 1


def test_what_is_refused(tmp_path):
    folder = list_images(folders(tmp_path / "few", {"cat": 9, "dog": 3}, size=(4, 4)))
    words = r"class 'dog' has 3 photos, fewer than the 5 folds, .*; give --kfold 3, or add photos\.$"
    with pytest.raises(DataError, match=words):
        folds_by_content(folder, 5)
    shutil.copy(folder.root / "dog" / "00.png", folder.root / "dog" / "01.png")
    shutil.copy(folder.root / "dog" / "00.png", folder.root / "dog" / "02.png")
    words = r"class 'dog' has 3 photos in 1 part that stay together .*; add photos, or take the folder out\.$"
    with pytest.raises(DataError, match=words):
        folds_by_content(list_images(folder.root), 2)
    with pytest.raises(ArgumentError, match="folds must be an integer of at least 2"):
        folds_by_content(folder, 1)
    folder = list_images(folders(tmp_path / "groups", {"cat": 6, "dog": 6}, size=(4, 4)))
    with pytest.raises(DataError, match="'cat' has 6 photos in 1 part that stay together"):
        folds_by_content(folder, 2, np.array(["one"] * 12, dtype=object))


def test_a_class_that_hangs_together_by_others():
    """Six units: two hold both classes, so both folds get one, or an error says what is wrong; never a silent empty side."""
    counts = np.array([[1, 1], [1, 1], [5, 0], [0, 5], [1, 0], [0, 1]])
    found = _deal(csr_array(counts), counts.sum(axis=1), 2)
    for label in range(2):
        assert len(set(found[counts[:, label] > 0].tolist())) == 2
