"""Folders of photos that are edited."""

from pathlib import Path

import pytest

from images import folders


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return folders(tmp_path / "pets", {"cat": 5, "dog": 4})


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    folders(tmp_path / "pets/train", {"cat": 5, "dog": 4})
    folders(tmp_path / "pets/val", {"cat": 2, "dog": 2}, seed=1)
    return tmp_path / "pets"
