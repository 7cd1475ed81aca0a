"""One small run that the tests of this room share; none of its charts are painted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from convolens import runs
from convolens.analysis.charts import pictures
from convolens.runs.output.screen import Screen
from images import folders, leave_blank, overlapping


@pytest.fixture(scope="module", autouse=True)
def _unpainted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make each chart whole and keep it as a blank picture of its size; `PAINTED = True` in a file paints its own."""
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(request.module, "PAINTED", False):
            patch.setattr(pictures, "paint", leave_blank)
        yield


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dark, middling and light photos."""
    return folders(tmp_path_factory.mktemp("small") / "data", {"dark": 30, "light": 30, "middling": 30})


@pytest.fixture(scope="session")
def small_run(small_data: Path) -> runs.TrainResult:
    """A shallow-vgg of 8 x 8 pixels, three epochs."""
    options = runs.TrainOptions(
        data=small_data,
        size=8,
        epochs=3,
        batch_size=16,
        out=small_data.parent / "run",
        command="convolens train x",
    )
    return runs.train(options, Screen(quiet=True))


@pytest.fixture(scope="session")
def noisy_run(tmp_path_factory: pytest.TempPathFactory) -> runs.TrainResult:
    """A run on three classes that overlap, so that it errs, with photos enough to calibrate on."""
    place = tmp_path_factory.mktemp("noisy")
    data = overlapping(place / "data", {"dark": 150, "light": 150, "middling": 150})
    return runs.train(
        runs.TrainOptions(
            data=data, size=8, epochs=3, batch_size=32, out=place / "run", command="convolens train x"
        ),
        Screen(quiet=True),
    )
