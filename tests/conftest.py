"""What every test shares: Keras on the torch backend as the reference, one thread, fixed seeds."""

import os

os.environ["KERAS_BACKEND"] = "torch"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # where a test takes two threads on a busy machine
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import random
from pathlib import Path

import hypothesis
import numpy as np
import pytest
import torch

torch.set_num_threads(1)

hypothesis.settings.register_profile(
    "convolens",
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


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the decoded-pixel cache of the tests out of the user's own."""
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("CONVOLENS_CACHE", str(cache))
    return cache
