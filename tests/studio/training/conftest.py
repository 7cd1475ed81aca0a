"""Photos to train on, and an end for every training that a test has left."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from convolens.studio.jobs.jobs import Jobs
from convolens.studio.workspace.workspace import Workspace
from images import overlapping


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return overlapping(tmp_path / "photos", {"circle": 30, "cross": 30})


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path) -> Iterator[None]:
    """End what a test started and left."""
    yield
    for job in Jobs(Workspace(tmp_path / "photos", tmp_path / "runs", tmp_path)).all():
        if job.lives():
            os.kill(job.record.process, signal.SIGKILL)
