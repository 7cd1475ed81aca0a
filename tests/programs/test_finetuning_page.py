"""What docs/finetuning.md tells a newcomer to type is typed here, and the example of transfer is run."""

import re
from pathlib import Path

import numpy as np
import pytest

import convolens as keras
from images import folders
from published import publish_resnet18
from typed import commands, run, run_program

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "finetuning.md").read_text()
pytestmark = pytest.mark.usefixtures("quickly_drawn")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Few photos of cats and dogs, and ResNet18's published file in the cache."""
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 8, "dog": 8})
    publish_resnet18(tmp_path / "cache", monkeypatch)
    return tmp_path


def test_what_is_typed(place: Path) -> None:
    folders(place / "more-photos", {"cat": 8, "fox": 8}, seed=2)
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["finetune"] * 4 + ["resume"]
    told = ""
    for command in typed:
        few = ["--size", "32"] if "resnet-18" in command else []
        if command[0] == "resume":
            command[-1] = "3"  # epochs; the first was shortened too
        else:
            few += ["--epochs", "2"]
        told += run(*command, *few)
    told = "".join(told.split())  # lines are wrapped anywhere
    for words in (
        "weights: imagenet (resnet18-",
        "of 1000 classes, here are 2: the last layer (fc) begins fresh",
        "unfrozen from layer3.0.conv1 on: the last third of 5 blocks, by default",
        "the outputs of cat are kept; new: fox; gone: dog",
        "features: avgpool, 512 numbers of the plain photos",
        "512 numbers of 4 augmented views of each photo",
        "layer4.0.conv1 x 0.5",
        "3 epochs instead of 2",
    ):
        assert words.replace(" ", "") in told, words


def test_the_programs(place: Path) -> None:
    first, second = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(first.replace("epochs=10", 'epochs=2, size=32, out="runs/program"'), {})
    model = keras.models.Sequential([keras.layers.Input(shape=(4,))])
    for number in range(6):
        model.add(keras.layers.Dense(3, activation="softmax", name=f"block{number}"))
    exec(second, {"keras": keras, "model": model, "x": np.ones((6, 4), "float32"), "y": np.arange(6) % 3})
    assert [layer.trainable for layer in model.layers] == [False] * 3 + [True] * 3


def test_the_example(tmp_path: Path) -> None:
    example = ROOT / "examples" / "transfer" / "few_photos.py"
    printed = run_program(example, "--seeds", 1, folder=tmp_path)
    found = {
        name: float(value) for name, value in re.findall(r"^(.+?)\s+(\d\.\d+) \(", printed, re.MULTILINE)
    }
    assert list(found) == ["from scratch", "probe", "the head alone", "fine-tuned"]
    assert found["fine-tuned"] > found["from scratch"] + 0.1
    assert "frozen in the second stage: 2 of 7 layers" in printed
