"""The numbers of the lecture, from the modules that compute them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens.runs.answers.predict import predict
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.lecture.branches import branches
from convolens.studio.lecture.mixed_channels import mixed
from convolens.studio.pictures.chosen import find_photo
from convolens.studio.records.summaries import history
from convolens.studio.workspace.identity import identity

PHOTO, RUN = identity("circle/0-000.png"), identity("first")


@pytest.fixture
def served(serve: Callable[..., Any], trained: Path) -> Any:
    return serve(trained / "photos", trained)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("size=6&window=3", 4), ("size=5&window=3&stride=2&padding=1", 3), ("size=224&window=3&padding=same", 224),
        ("size=224&window=7&stride=2&padding=3", 112), ("size=6&window=2&stride=2", 3),
    ],
)  # fmt: skip
def test_sizes(served: Any, query: str, places: int) -> None:
    status, found = served.ask(f"/api/lecture/size?{query}")
    assert (status, found["places"]) == (200, places)
    assert found["formula"].endswith(f"rounded down = {places}")
    assert (found["padded"] - found["window"]) // found["stride"] + 1 == places


def test_a_kernel_larger_than_its_input_is_told(served: Any) -> None:
    status, said = served.ask("/api/lecture/size?size=2&window=3")
    assert status == 400
    assert said["error"].startswith(
        "lecture: a kernel of 3 x 3 (rows x columns) is larger than the padded input of 2 x 2;"
    )


def test_the_worked_cost(served: Any) -> None:
    query = "rows=28&channels=256&filters=192&kernel=3"
    assert served.ask(f"/api/lecture/cost?{query}")[1]["multiply_accumulates"] == 346_816_512
    through = served.ask(f"/api/lecture/cost?{query}&reduce=128")[1]
    assert [layer["multiply_accumulates"] for layer in through["layers"]] == [25_690_112, 173_408_256]
    assert through["multiply_accumulates"] == 199_098_368


def test_networks(served: Any) -> None:
    vgg = served.ask("/api/lecture/architecture?name=vgg16")[1]
    assert vgg["parameters"] == sum(layer["parameters"] for layer in vgg["layers"]) == 138_357_544
    assert max(vgg["layers"], key=lambda layer: layer["parameters"])["parameters"] == 102_764_544
    google = served.ask("/api/lecture/architecture?name=googlenet")[1]
    assert google["parameters"] == sum(layer["parameters"] for layer in google["layers"]) == 6_998_552
    assert served.ask("/api/lecture/architecture?name=vgg")[0] == 400


def test_fully_connected(served: Any) -> None:
    found = served.ask("/api/lecture/dense?rows=10&channels=50&units=128&units=64&units=10")[1]
    assert found["layers"][0]["shape"] == [5000]
    assert [layer["parameters"] for layer in found["layers"]] == [
        0,
        5000 * 128 + 128,
        128 * 64 + 64,
        64 * 10 + 10,
    ]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("dense?rows=1&channels=1&units=-5", "units.0: Input should be greater than or equal to 1; it was '-5'."),
        ("cost?rows=0&channels=1&filters=1", "rows: Input should be greater than or equal to 1; it was '0'."),
        ("mixed?photo=~flower&red=nan", "convolve: the kernel must be finite numbers; received nan at (0, 0, 0, 0) (counted from 0)."),
        ("mixed?photo=~flower&red=x", "red: Input should be a valid number, unable to parse string as a number; it was 'x'."),
    ],
)  # fmt: skip
def test_what_does_not_do_is_told(served: Any, path: str, error: str) -> None:
    assert served.ask(f"/api/lecture/{path}") == (400, {"error": error})


def test_a_1x1_convolution_mixes_channels(served: Any) -> None:
    photo = find_photo(served.studio, PHOTO)
    picture, told = mixed(photo, (0.25, 0.5, -0.25))
    pixels = photo.pixels().astype(float)
    wanted = pixels @ [0.25, 0.5, -0.25]
    assert np.array_equal(picture, np.clip(np.rint(wanted), 0, 255))
    assert told["sum"] == pytest.approx(wanted[told["row"], told["column"]])
    assert told["sum"] == pytest.approx(sum(told["products"]))


def test_branches_have_one_size(served: Any) -> None:
    picture, told = branches(find_photo(served.studio, "~flower"))
    assert [one["shape"] for one in told["branches"]] == [[85, 128, 1]] * 4
    assert told["together"] == [85, 128, 4]
    assert picture.shape == (85, 512)
    assert [picture[:, 128 * place : 128 * (place + 1)].min() for place in range(4)] == [0, 0, 0, 0]


def test_the_curve_of_a_run(served: Any, trained: Path) -> None:
    found = served.ask(f"/api/lecture/curve?run={RUN}")[1]
    rows = history(RunFolder.open(trained / "runs/first"))
    losses = [row["val_loss"] for row in rows]
    assert (found["title"], found["monitor"], found["last"]) == ("first", "val_loss", len(rows) - 1)
    assert found["best"] == int(np.argmin(losses))  # type: ignore[arg-type]
    assert [row["val_loss"] for row in found["epochs"]] == losses


def test_two_answers_are_those_of_predict(served: Any, trained: Path) -> None:
    found = served.ask(f"/api/lecture/answers?run={RUN}&photo={PHOTO}")[1]
    (wanted,) = predict(trained / "runs/first", [trained / "photos/circle/0-000.png"], top=1)
    assert found["best"][0]["label"] == wanted.label
    assert found["best"][0]["confidence"] == pytest.approx(wanted.confidence, abs=1e-6)
    assert sum(one["confidence"] for one in found["last"]) == pytest.approx(1, abs=1e-6)


def test_a_run_without_last_weights_gives_one_answer(
    serve: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained, tmp_path / "all")
    (tmp_path / "all/runs/first/checkpoints/last.safetensors").unlink()
    served = serve(tmp_path / "all/photos", tmp_path / "all")
    assert list(served.ask(f"/api/lecture/answers?run={RUN}&photo={PHOTO}")[1]) == ["best"]


def test_a_run_that_is_none_is_told(served: Any, trained: Path) -> None:
    status, said = served.ask(f"/api/lecture/curve?run={identity('gone')}")
    assert status == 404
    assert (
        said["error"]
        == f"{trained / 'runs/gone'}: is no longer there; it was moved or removed. Reload the page."
    )


def test_digits_are_learnt_by_heart(served: Any) -> None:
    found = served.ask("/api/lecture/curve", {})[1]
    assert found["title"].startswith("200 handwritten digits, learnt just now in ")
    epochs = found["epochs"]
    best, last = epochs[found["best"]], epochs[found["last"]]
    assert last["loss"] < 0.1 < best["val_loss"] < epochs[0]["val_loss"]
    assert best["val_loss"] < last["val_loss"]  # what checkpoints are for
    assert found["best"] < found["last"] == 24
    assert served.ask("/api/lecture/curve", {})[1] == found  # learnt once
