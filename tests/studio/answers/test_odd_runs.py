"""Runs of other kinds: several labels a photo, an ensemble, a probe's trees. What can be had is shown, what cannot is one line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from convolens import runs
from convolens.runs.output.screen import Screen
from convolens.studio.workspace.identity import identity

QUIET = Screen(quiet=True)


@pytest.fixture(scope="module")
def odd(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs: `several`, of photos with any number of labels, `folds`, and `trees`."""
    place = tmp_path_factory.mktemp("odd")
    photos = sorted((trained / "photos").glob("*/*.png"))
    table = place / "labels.csv"
    rows = [
        f"{path.relative_to(trained / 'photos')},{path.parent.name}{';bright' if path.parent.name != 'circle' else ''}"
        for path in photos
    ]
    table.write_text("path,labels\n" + "\n".join(rows) + "\n")
    usual: dict[str, Any] = {"data": trained / "photos", "size": 24, "epochs": 1, "batch_size": 16}
    runs.train(runs.TrainOptions(**usual, labels=table, out=place / "runs/several"), QUIET)
    runs.kfold(runs.TrainOptions(**usual, kfold=2, out=place / "runs/folds"), QUIET)
    probe = runs.ProbeOptions(
        trained / "runs/first", trained / "photos", learners=("forest",), folds=2, out=place / "runs/trees"
    )
    runs.probe(probe, QUIET)
    return place / "runs"


@pytest.mark.parametrize("name", ["several", "folds", "trees"])
def test_each_says_what_predict_says(serve: Callable[..., Any], trained: Path, odd: Path, name: str) -> None:
    served = serve(trained / "photos", trained, odd)
    path = sorted((trained / "photos").glob("*/*.png"))[3]
    (expected,) = runs.predict(odd / name, [path], top=4)
    status, said = served.ask(
        f"/api/answers?{urlencode({'run': identity(name), 'name': path.name})}", path.read_bytes()
    )
    assert status == 200, said
    assert [(one["label"], one["confidence"]) for one in said["answers"]] == list(expected.answers)
    assert said["labels"] == (None if expected.labels is None else list(expected.labels))
    assert (said["label"], said["unknown"]) == (expected.label, expected.unknown)


@pytest.mark.parametrize("name", ["several", "folds", "trees"])
@pytest.mark.parametrize("what", ["heat", "nearest"])
def test_the_rest_is_there_or_told_in_one_line(
    serve: Callable[..., Any], trained: Path, odd: Path, name: str, what: str
) -> None:
    served = serve(trained / "photos", trained, odd)
    path = sorted((trained / "photos").glob("*/*.png"))[3]
    status, said = served.ask(f"/api/answers/{what}?run={identity(name)}", path.read_bytes())
    if (
        what == "heat" and name != "several"
    ):  # trees have no gradient, and of several networks no layer is the one
        assert status == 400
        assert "\n" not in said["error"]
        assert (
            "no layer by itself gives a map that all of the score's gradient passes through" in said["error"]
        )
        assert (
            served.ask(f"/api/answers/heat?run={identity(name)}&method=occlusion", path.read_bytes())[0]
            == 200
        )
        return
    assert status == 200, said
    if what == "nearest":
        assert len(said["neighbours"]) == 6
        assert all(one["photo"] for one in said["neighbours"])
        rows = served.ask(f"/api/mistakes/rows?run={identity(name)}&kind=all")[1]["rows"]
        assert {one["label"] for one in said["neighbours"]} <= {row["label"] for row in rows}


@pytest.mark.parametrize("name", ["several", "folds", "trees"])
def test_the_mistakes_of_each(serve: Callable[..., Any], trained: Path, odd: Path, name: str) -> None:
    served = serve(trained / "photos", trained, odd)
    status, summary = served.ask(f"/api/mistakes?run={identity(name)}")
    assert status == 200, summary
    assert summary["photos"] > 0
    assert summary["several"] == (name == "several")
    rows = served.ask(f"/api/mistakes/rows?run={identity(name)}&kind=all")[1]["rows"]
    assert len(rows) == summary["photos"]
    status, said = served.ask(f"/api/mistakes/again?run={identity(name)}", b"")
    assert status == (200 if name == "several" else 400)
    if name != "several":
        assert {"trees": "is a probe", "folds": "--kfold"}[name] in said["error"]


def test_the_pages_show_several_labels(
    serve: Callable[..., Any], visit: Any, trained: Path, odd: Path
) -> None:
    page = visit(serve(trained / "photos", trained, odd), f"/try?run={identity('several')}")
    page.locator("#page").wait_for()
    page.set_input_files("#files", sorted((trained / "photos").glob("*/*.png"))[3])
    page.locator("#tried .bars li").nth(3).wait_for()
    page.locator("#tried .nearest li").nth(5).wait_for()
    page.goto(page.url.replace("/try", "/mistakes"))
    page.locator("#said", has_text="validation photos").wait_for()
