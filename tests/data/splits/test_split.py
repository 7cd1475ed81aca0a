"""The same photo never changes sides; identical ones, and those of a group, stay together."""

import shutil

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from convolens.data import list_images, read_groups, split_by_content
from convolens.errors import DataError
from images import folders, photo


def sides(folder, share=0.3, groups=None):
    train, validation = split_by_content(folder, share, groups)
    assert sorted([*train, *validation]) == list(range(len(folder)))
    assert (np.diff(train) > 0).all()
    chosen = set(validation.tolist())
    return {path.as_posix(): i in chosen for i, path in enumerate(folder.relative_paths)}


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 60, "b": 40})


def test_shares(data):
    folder = list_images(data)
    chosen = split_by_content(folder, 0.3)[1]
    for label, count in enumerate(folder.counts()):
        spread = np.sqrt(count * 0.3 * 0.7)
        assert abs((folder.labels[chosen] == label).sum() - 0.3 * count) < 4 * spread


def test_renaming_moving_and_adding_changes_no_side(data, tmp_path):
    before = sides(list_images(data))
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(data, elsewhere)
    for name, path in [(n, elsewhere / n) for n in before]:
        path.rename(path.with_name("renamed-" + path.name))
        assert name
    folders(elsewhere, {"a": 30, "b": 30}, seed=7)
    after = sides(list_images(elsewhere))
    assert all(after[name.replace("/", "/renamed-")] == side for name, side in before.items())


def test_identical_photos_stay_together(data):
    for i in range(20):
        shutil.copy(data / "a" / f"{i:02d}.png", data / "a" / f"copy-{i}.png")
        shutil.copy(data / "a" / f"{i:02d}.png", data / "b" / f"mislabelled-{i}.png")
    found = sides(list_images(data))
    for i in range(20):
        assert found[f"a/{i:02d}.png"] == found[f"a/copy-{i}.png"] == found[f"b/mislabelled-{i}.png"]


def test_groups_stay_together(data, tmp_path):
    folder = list_images(data)
    groups = read_groups(r"/(\d)\d\.png", folder)  # ten photos of an "object"
    found = sides(folder, groups=groups)
    assert len({(name.split("/")[1][0], side) for name, side in found.items()}) == len(set(groups.tolist()))
    table = tmp_path / "groups.csv"
    table.write_text("path,group\n" + "".join(f"{name},{name.split('/')[1][0]}\n" for name in found))
    assert sides(folder, groups=read_groups(str(table), folder)) == found


def test_groups_that_share_a_photo_are_one(data):
    shutil.copy(data / "a" / "00.png", data / "a" / "59.png")
    folder = list_images(data)
    found = sides(folder, groups=read_groups(r"/(\d)\d\.png", folder))
    assert len({side for name, side in found.items() if name.split("/")[1][0] in "05"}) == 1


@settings(max_examples=25)
@given(st.lists(st.integers(2, 6), min_size=2, max_size=4), st.floats(0.05, 0.95), st.integers(0, 10**6))
def test_every_class_is_on_both_sides(tmp_path_factory, counts, share, seed):
    root = folders(
        tmp_path_factory.mktemp("d"), {f"c{i}": n for i, n in enumerate(counts)}, size=(2, 2), seed=seed
    )
    folder = list_images(root)
    train, validation = split_by_content(folder, share)
    for rows in (train, validation):
        assert set(folder.labels[rows].tolist()) == set(range(len(counts)))


def test_a_class_of_one_photo_is_learnt_from(tmp_path):
    folder = list_images(folders(tmp_path, {"a": 30, "b": 1}))
    for share in (0.05, 0.5, 0.95):
        train, _ = split_by_content(folder, share)
        assert 30 in train


def test_one_group_cannot_be_parted(data):
    folder = list_images(data)
    with pytest.raises(DataError, match="cannot be parted"):
        split_by_content(folder, 0.3, np.array(["one"] * len(folder), dtype=object))


def test_unreadable_files_are_parted_too(tmp_path):
    data = folders(tmp_path, {"a": 5, "b": 5})
    folder = list_images(data)
    (data / "a" / "00.png").unlink()
    train, validation = split_by_content(folder, 0.5)
    assert len(train) + len(validation) == 10
    assert photo(0).size == (24, 20)
