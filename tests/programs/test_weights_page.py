"""What docs/weights.md tells a newcomer to type is typed here, with a file of the publisher's form in the cache."""

import re
import shlex
from pathlib import Path

import pytest
import torch

from convolens.applications import ResNet18
from convolens.cli import main
from images import folders
from published import publish_resnet18

PAGE = (Path(__file__).parents[2] / "docs" / "weights.md").read_text()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with photos, a torch file of one's own, and ResNet18's published file in the cache."""
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 20, "dog": 20})
    torch.manual_seed(0)
    torch.save(ResNet18(classes=2).module.state_dict(), tmp_path / "resnet18.pth")
    publish_resnet18(tmp_path / "cache", monkeypatch)
    return tmp_path


def test_what_is_typed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = re.findall(r"^    convolens (.+)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in typed] == [
        "models",
        "train",
        "train",
        "import-weights",
        "train",
    ]
    for command in typed:
        few = ["--size", "32", "--epochs", "1"] if command.startswith("train") else []
        with pytest.raises(SystemExit) as ended:
            main([*shlex.split(command), *few])
        assert not ended.value.code, command
    told = "".join(capsys.readouterr().out.split())  # lines are wrapped anywhere
    assert "weights:imagenet(resnet18-" in told
    assert "thelastlayer(fc)beginsfresh" in told
    assert re.search(r"weights:thebestof\S*runs/first", told)
    assert re.search(r"weights:\S*resnet18\.safetensors", told)
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, object] = {}
    exec(program, found)
    assert capsys.readouterr().out.startswith("224 256 bilinear Normalization(mean=(0.485,")
    assert found["features"].output_shape == (None, 512)  # type: ignore[attr-defined]
