"""Runs that are exported: one of each kind, small."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from convolens import runs
from convolens.analysis.charts import pictures
from convolens.runs.output.screen import Screen
from images import label_table, leave_blank, overlapping, shapes

QUIET = Screen(quiet=True)
TIMM = find_spec("timm") is not None


@pytest.fixture(scope="module", autouse=True)
def _unpainted() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "paint", leave_blank)
        yield


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of grey photos that overlap."""
    return overlapping(
        tmp_path_factory.mktemp("exported") / "data", {"dark": 60, "light": 60, "middling": 60}
    )


@pytest.fixture(scope="session")
def run(data: Path) -> Path:
    """A run that knows unknown photos."""
    options = runs.TrainOptions(
        data=data, size=16, epochs=2, batch_size=32, out=data.parent / "run", command="x"
    )
    made = runs.train(options, QUIET).folder.path
    runs.calibrate(made, runs.CalibrateOptions(error_rate=0.2), QUIET)
    return made


@pytest.fixture(scope="session")
def every_kind(run: Path, data: Path) -> dict[str, Path]:
    """A run of each kind, by what is special about it."""
    place = data.parent
    two = place / "two"
    for name in ("dark", "light"):
        shutil.copytree(data / name, two / name)
    label_table(place / "labels.csv", shapes(place / "shapes", 90))
    asked = {
        "several labels": runs.TrainOptions(data=place / "shapes", labels=place / "labels.csv", size=16, epochs=2, command="x"),
        "two classes": runs.TrainOptions(data=two, size=16, epochs=1, command="x"),
        "one sigmoid": runs.TrainOptions(data=two, model="conv-model", size=64, epochs=1, command="x"),
        "cropped": runs.TrainOptions(data=data, size=16, resize="crop", epochs=1, command="x"),
        "padded": runs.TrainOptions(data=data, size=16, resize="pad", epochs=1, command="x"),
        "grey": runs.TrainOptions(data=two, color_mode="grayscale", size=16, epochs=1, command="x"),
        "learnt": runs.TrainOptions(data=two, model="efficientnet-lite0", head_only=True, size=64, command="x"),
        "folds": runs.TrainOptions(data=two, size=16, kfold=2, epochs=1, command="x"),
    }  # fmt: skip
    if TIMM:
        options = runs.TrainOptions(
            data=two, model="timm:resnet10t", size=64, epochs=1, batch_size=32, command="x"
        )
        asked["timm"] = options
    made = {"calibrated": run}
    for name, options in asked.items():
        given = replace(options, out=place / name.replace(" ", "-"))
        found = runs.kfold(given, QUIET) if given.kfold else runs.train(given, QUIET)
        made[name] = found.folder.path
    for learner in ("forest", "neighbours"):
        probed = runs.ProbeOptions(run, two, learners=(learner,), folds=2, out=place / learner)
        made[learner] = runs.probe(probed, QUIET).folder.path
    made["finetuned"] = runs.finetune(run, data, None, QUIET, epochs=2, out=place / "finetuned").folder.path
    return made
