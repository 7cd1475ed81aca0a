"""Which network is taken: by the photos, by name, and what is said where options contradict each other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from convolens.applications.weights import installed_weights
from convolens.errors import ArgumentError, DataError, ExtraMissingError
from convolens.options.training import TrainOptions
from convolens.options.transfer import FEATURE_SIZE, TRAINING_SIZE
from convolens.runs.transfer.choice import choose_model, median_side


def flat(root: Path, sizes: list[tuple[int, int]], mode: str = "RGB") -> Path:
    """Write photos of these sizes (width, height) into two classes."""
    for i, size in enumerate(sizes):
        folder = root / "ab"[i % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.new(mode, size, i).save(folder / f"{i:03d}.png")
    return root


def chosen(data: Path, **options: Any) -> Any:
    return choose_model(TrainOptions(data=data, **options))


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize(
    ("sizes", "learnt"),
    [
        ([(64, 64)] * 4, True),
        ([(63, 300)] * 4, False),
        ([(500, 64), (64, 500), (32, 32)], True),
        ([(32, 32), (32, 32), (500, 500)], False),
        ([(8, 8)] * 4, False),
    ],
)
def test_the_photos_decide(tmp_path: Path, sizes: list[tuple[int, int]], learnt: bool, mode: str) -> None:
    found = chosen(flat(tmp_path / "data", sizes, mode))
    assert found.warnings == ()
    [line] = found.lines
    if learnt:
        assert (found.options.model, found.options.weights) == ("efficientnet-lite0", "imagenet")
        assert (found.options.size, found.options.transfer.training_size) == (FEATURE_SIZE, TRAINING_SIZE)
        assert found.options.recipe == "transfer"
        assert "median shorter side is 64 pixels (64 or more); the other way: --from-scratch" in line
    else:
        assert found.options.model == "shallow-vgg"
        assert found.options.transfer is None
        assert found.options.recipe == "fast"
        assert "below 64" in line
        assert "the other way: --model efficientnet-lite0" in line


def test_photos_that_cannot_be_read_decide_nothing(tmp_path: Path) -> None:
    data = flat(tmp_path / "data", [(80, 80)] * 3)
    (data / "a" / "broken.png").write_bytes(b"no picture")
    assert median_side(sorted(data.rglob("*.png"))) == 80
    assert median_side([data / "a" / "broken.png"]) == 0


@pytest.mark.parametrize(
    "name", ["efficientnet-lite0", "EfficientNetLite0", "efficientnet_lite0", "EFFICIENTNET-LITE0"]
)
def test_by_name_in_any_spelling(tmp_path: Path, name: str) -> None:
    data = flat(tmp_path / "data", [(8, 8)] * 4)  # asked for, so the photos' size is nobody's business
    found = chosen(data, model=name, size=96)
    assert found.options.transfer is not None
    assert found.options.size == found.options.transfer.training_size == 96
    assert found.lines == (f"network: {name}, as asked, with learnt weights",)


@pytest.mark.parametrize(
    "options",
    [
        {"from_scratch": True},
        {"model": "shallow-vgg"},
        {"model": "resnet18"},
        {"recipe": "lecture"},
        {"model": "efficientnet-lite0", "from_scratch": True},
        {"size": 32},
        {"color_mode": "grayscale"},
        {"weights": "elsewhere.safetensors"},
    ],
    ids=str,
)
def test_what_begins_as_before(tmp_path: Path, options: dict[str, Any]) -> None:
    found = chosen(flat(tmp_path / "data", [(80, 80)] * 4), **options)
    assert found.options.transfer is None
    assert found.warnings == ()
    assert found.options.recipe == options.get("recipe", "fast")
    assert found.options.weights == options.get("weights")


CONTRADICTIONS = [
    ({"from_scratch": True, "head_only": True}, "begins with nothing learnt; leave it or --head-only out"),
    ({"from_scratch": True, "minutes": 2.0}, "begins with nothing learnt; leave it or --minutes out"),
    ({"from_scratch": True, "weights": "imagenet"}, "begins with nothing learnt; leave it or --weights out"),
    ({"from_scratch": True, "branch_from": Path("x")}, "begins with nothing learnt; leave it or --branch-from out"),
    ({"model": "shallow-vgg", "head_only": True}, "--head-only is for learnt networks, and this run begins from scratch"),
    ({"recipe": "lecture", "minutes": 1.0}, "--minutes is for learnt networks, and this run begins from scratch"),
    ({"size": 32, "head_only": True}, "--size 32: the learnt network is for 64 pixels or more"),
    ({"color_mode": "grayscale", "minutes": 3.0}, "--color-mode grayscale: the learnt network takes colours"),
    ({"model": "efficientnet-lite0", "color_mode": "grayscale"}, "was learnt from photos in colour; leave --color-mode out"),
    ({"head_only": True, "epochs": 3}, "--head-only and --epochs both say how long to train on"),
    ({"minutes": 3.0, "epochs": 3}, "--minutes and --epochs both say how long to train on"),
    ({"head_only": True, "branch_from": Path("x")}, "--head-only is for learnt networks of a package"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "text"), CONTRADICTIONS, ids=lambda item: str(item)[:60])
def test_contradictions_are_said(tmp_path: Path, options: dict[str, Any], text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        chosen(flat(tmp_path / "data", [(80, 80)] * 4), **options)
    assert text in str(caught.value)
    assert str(caught.value).startswith("train: ")
    assert "\n" not in str(caught.value)


@pytest.fixture(params=["missing", "cut"])
def broken(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The package of the weights, as it is found; nothing of it in the cache."""
    path = None
    if request.param == "cut":
        path = tmp_path / "weights.pth"
        path.write_bytes(b"half")
    monkeypatch.setattr(installed_weights, "package_file", lambda installed: path)
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    return str(request.param)


def test_without_the_package_it_begins_from_scratch_and_says_so(tmp_path: Path, broken: str) -> None:
    found = chosen(flat(tmp_path / "data", [(80, 80)] * 4))
    assert found.options.transfer is None
    assert found.lines == ()
    [warning] = found.warnings
    assert {"missing": "which is not installed", "cut": "is cut, changed or of another version"}[
        broken
    ] in warning
    assert "pip install" in warning
    assert warning.endswith("Now training from scratch, which needs many more photos.")


def test_without_the_package_head_only_is_refused(tmp_path: Path, broken: str) -> None:
    words = {"missing": "which is not installed", "cut": "is cut, changed or of another version"}[broken]
    with pytest.raises((ArgumentError, ExtraMissingError, DataError), match=words):
        chosen(flat(tmp_path / "data", [(80, 80)] * 4), head_only=True)


def test_a_network_by_name_without_its_package_is_an_error(tmp_path: Path, broken: str) -> None:
    kind = ExtraMissingError if broken == "missing" else DataError
    with pytest.raises(kind, match="pip install"):
        chosen(flat(tmp_path / "data", [(80, 80)] * 4), model="efficientnet-lite0")


def test_the_command_ends_with_2_and_one_line(
    tmp_path: Path, broken: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from convolens.cli import main

    data = flat(tmp_path / "data", [(80, 80)] * 4)
    with pytest.raises(SystemExit) as ended:
        main(["train", str(data), "--model", "efficientnet-lite0", "--out", str(tmp_path / "run")])
    assert ended.value.code == 2
    [line] = capfd.readouterr().err.strip().splitlines()
    assert "efficientnet-lite0" in line
    assert "pip install" in line
    assert "--from-scratch" in line
    assert not (tmp_path / "run").exists()


def test_sizes_are_read_from_at_most_some_headers(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    Image.fromarray(np.zeros((70, 90, 3), np.uint8)).save(path)
    assert median_side([path] * 1000) == 70
    assert median_side([]) == 0
