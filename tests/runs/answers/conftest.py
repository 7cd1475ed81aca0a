"""A small run, with a photo that cannot be read among its own."""

import pytest

from convolens import runs
from convolens.runs.output.screen import Screen
from images import folders

QUIET = Screen(quiet=True)


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    place = tmp_path_factory.mktemp("seen")
    data = folders(place / "data", {"a": 20, "b": 20})
    (data / "a" / "broken.png").write_bytes(b"no image")
    return runs.TrainOptions(data, size=8, epochs=1, threads=1, model="shallow-vgg", out=place / "run")


@pytest.fixture(scope="module")
def run(options):
    return runs.train(options, QUIET).folder
