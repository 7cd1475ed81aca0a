"""The fingerprint follows names, labels, contents and sides of the files, and nothing else."""

import os
from pathlib import Path

import numpy as np
import pytest

from convolens.data.caching.fingerprint import fingerprint
from convolens.data.folders.folder import list_images
from convolens.data.labels.multi_label import MultiLabelFolder
from images import folders, photo


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return folders(tmp_path / "data", {"a": 3, "b": 3})


def test_it_stays_where_files_are_touched_or_moved(data: Path, tmp_path: Path) -> None:
    before = fingerprint(list_images(data))
    os.utime(data / "a" / "00.png", (0, 0))
    assert fingerprint(list_images(data)) == before
    assert fingerprint(list_images(data.rename(tmp_path / "moved"))) == before


@pytest.mark.parametrize("change", ["name", "content", "label", "side", "missing"])
def test_each_change_gives_another(data: Path, change: str) -> None:
    found = list_images(data)
    before = fingerprint(found.subset([0, 1, 3, 4]), found.subset([2, 5]))
    one, other = [0, 1, 3, 4], [2, 5]
    first = data / "a" / "00.png"
    if change == "name":
        first.rename(data / "a" / "0.png")
    elif change == "content":
        photo(77).save(first)
    elif change == "label":
        found.labels[0] = 1
    elif change == "side":
        one, other = [0, 1, 3], [2, 4, 5]
    else:
        one = [0, 1, 3]
    if change in ("name", "content"):
        found = list_images(data)
    assert fingerprint(found.subset(one), found.subset(other)) != before


def test_several_labels_a_photo_count(data: Path) -> None:
    found = list_images(data)
    rows = np.eye(6, 2, dtype=np.float32)
    sides = [
        MultiLabelFolder(found.root, found.relative_paths, labels, found.class_names)
        for labels in (rows, 1 - rows)
    ]
    assert fingerprint(sides[0]) != fingerprint(sides[1])
