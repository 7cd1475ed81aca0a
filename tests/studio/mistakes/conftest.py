"""A folder of photos and a run of its own, to be changed."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def place(trained: Path, tmp_path: Path) -> Path:
    """A copy of `trained`: `photos`, 90 in three classes, and `runs/first`, which names the photos where they lie now."""
    made = tmp_path / "all"
    shutil.copytree(
        trained, made, ignore=shutil.ignore_patterns(".convolens")
    )  # what other tests have done in the studio
    for name in ("run.toml", "predictions.csv"):
        path = made / "runs/first" / name
        path.write_text(path.read_text().replace(str(trained / "photos"), str(made / "photos")))
    return made
