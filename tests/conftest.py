"""What every test shares: Keras on the torch backend as the reference, one thread, fixed seeds."""

import itertools
import os

os.environ["KERAS_BACKEND"] = "torch"
os.environ.pop(
    "PYTHONDONTWRITEBYTECODE", None
)  # tests start many programs, each of which would compile all it imports
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # where a test takes two threads on a busy machine
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import random
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest
import torch

from browsers import browser  # noqa: F401  # one for all rooms: Playwright runs once a process

torch.set_num_threads(1)

hypothesis.settings.register_profile(
    "convolens",
    max_examples=int(os.environ.get("CONVOLENS_EXAMPLES", "80")),  # `make soak` tries 500
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
        hypothesis.HealthCheck.data_too_large,
    ],
)
hypothesis.settings.load_profile("convolens")


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Give each test the same random numbers, whichever tests ran before it."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def _caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Places of caches; counted here, for pytest looks through all of a name before it makes another."""
    root = tmp_path_factory.mktemp("caches")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(scope="session", autouse=True)
def _cache_of_fixtures(_caches: Iterator[Path]) -> Iterator[None]:
    """Keep the cache of what is made once for several tests out of the user's own too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVOLENS_CACHE", str(next(_caches)))
        yield


@pytest.fixture(autouse=True)
def _own_cache(_caches: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the decoded-pixel cache of the tests out of the user's own."""
    cache = next(_caches)
    cache.mkdir()
    monkeypatch.setenv("CONVOLENS_CACHE", str(cache))
    return cache


@pytest.fixture(scope="session", autouse=True)
def _unflushed() -> Iterator[None]:
    """Wait for no disk: what is tested outlives processes, and no power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _measured_briefly() -> Iterator[None]:
    """Take three steps instead of ten to measure how long a run will take."""
    from convolens.runs.preflight import measure

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "WARM_UP", 1)
        patch.setattr(measure, "STEPS", 2)
        yield


@pytest.fixture(scope="session")
def _learnt_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learnt-cache")


@pytest.fixture
def learnt_cache(_own_cache: Path, _learnt_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that tests share which look at photos with the learnt network: its weights and features are made once."""
    monkeypatch.setenv("CONVOLENS_CACHE", str(_learnt_folder))
    return _learnt_folder


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pieces of a temple, eight of a flower, one of each in the other's folder, and a crop of a piece."""
    from photographs import pieces

    root = tmp_path_factory.mktemp("photographs") / "photos"
    found = [piece.resize((100, 100)) for piece in pieces(140)]
    for name, other, some in (("temple", "flower", found[:8]), ("flower", "temple", found[-8:])):
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / other).mkdir(exist_ok=True)
        for number, piece in enumerate(some):
            wrong = number == 7
            piece.save(root / (other if wrong else name) / f"{name}-{number}.png")
    found[2].crop((6, 4, 96, 94)).save(root / "temple" / "crop-2.png")
    return root


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the package of the learnt weights is not installed."""
    from convolens.applications.weights import installed_weights

    monkeypatch.setattr(installed_weights, "package_file", lambda installed: None)


# What takes long, by `list_slow.py`: seconds and name of each test or whole file. `make slow` runs these, `make test` the others.
SLOW = {
    name: int(seconds)
    for seconds, name in (
        line.split() for line in Path(__file__).with_name("slow.txt").read_text().splitlines()
    )
}


@pytest.hookimpl(tryfirst=True)  # before those that the command line leaves out are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests, and put the files that take longest first: so two workers end together."""
    seconds: dict[Path, int] = {}
    for name, each in SLOW.items():
        place = Path(__file__).parents[1] / name.split("::")[0]
        seconds[place] = seconds.get(place, 0) + each
    for item in items:
        if SLOW.keys() & {item.nodeid.split("[")[0], item.nodeid.split("::")[0]}:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: -seconds.get(item.path, 0))
