"""What docs/weights.md tells a newcomer to type is typed here, with a file of the publisher's form in the cache."""

import re
from pathlib import Path

import pytest
import torch

from convolens.applications import ResNet18
from images import folders
from published import publish_resnet18
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "weights.md").read_text()
pytestmark = pytest.mark.usefixtures("quickly_drawn")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with photos, a torch file of one's own, and ResNet18's published file in the cache."""
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 8, "dog": 8})
    torch.manual_seed(0)
    torch.save(ResNet18(classes=2).module.state_dict(), tmp_path / "resnet18.pth")
    publish_resnet18(tmp_path / "cache", monkeypatch)
    return tmp_path


def test_what_is_typed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["models", "train", "train", "import-weights", "train"]
    told = ""
    for command in typed[1:]:  # the first is typed in `test_catalogue.py`
        few = ["--size", "32", "--epochs", "1"] if command[0] == "train" else []
        told += run(*command, *few)
    told = "".join(told.split())  # lines are wrapped anywhere
    assert "weights:imagenet(resnet18-" in told
    assert "thelastlayer(fc)beginsfresh" in told
    assert re.search(r"weights:thebestof\S*runs/first", told)
    assert re.search(r"weights:\S*resnet18\.safetensors", told)
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, object] = {}
    exec(program, found)
    assert capsys.readouterr().out.startswith("224 256 bilinear Normalization(mean=(0.485,")
    assert found["features"].output_shape == (None, 512)  # type: ignore[attr-defined]
