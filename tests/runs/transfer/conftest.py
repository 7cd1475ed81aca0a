"""Runs that begin with a learnt network, made once: one cache for all of them, its weights made of the package's once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from convolens import runs
from learnt_photos import learnt_photos, upside_down
from learnt_runs import train


@pytest.fixture(scope="session")
def learnt_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learnt") / "cache"


@pytest.fixture(scope="session")
def _session_cache(learnt_cache: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVOLENS_CACHE", str(learnt_cache))
        yield


@pytest.fixture(autouse=True)
def _own_cache(learnt_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVOLENS_CACHE", str(learnt_cache))
    return learnt_cache


@pytest.fixture(scope="session")
def easy_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos that the learnt network tells apart as they are."""
    return learnt_photos(tmp_path_factory.mktemp("easy") / "data", 10, 10)


@pytest.fixture(scope="session")
def hard_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of which the first answer gets a quarter wrong."""
    return upside_down(tmp_path_factory.mktemp("hard") / "data", 12)


@pytest.fixture(scope="session")
def answered(easy_data: Path, _session_cache: None) -> runs.TrainResult:
    """A run that stays with its first answer."""
    return train(easy_data, easy_data.parent / "run")


@pytest.fixture(scope="session")
def learnt(hard_data: Path, _session_cache: None) -> runs.TrainResult:
    """A run whose trial helped, and which then learnt from all photos."""
    return train(hard_data, hard_data.parent / "learnt", epochs=2, learning_rate=2e-4, augment=False)


@pytest.fixture(scope="session")
def kept(hard_data: Path, _session_cache: None) -> runs.TrainResult:
    """A run whose trial was worse than the first answer, for its rate is far too large."""
    return train(hard_data, hard_data.parent / "kept", epochs=1, learning_rate=0.1)
