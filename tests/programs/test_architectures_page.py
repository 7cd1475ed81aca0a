"""What docs/architectures.md tells a newcomer to type is typed here; `test_examples.py` holds that the page is true."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from convolens.cli import main
from images import folders

PAGE = (Path(__file__).parents[2] / "docs" / "architectures.md").read_text()


def run(arguments: list[str], folder: Path) -> str:
    """Run a command in a folder and return what it printed."""
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = re.findall(r"^    convolens (.+)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in typed] == ["models", "cost", "train", "predict"]
    folders(tmp_path / "photos", {"cat": 20, "dog": 20})
    folders(tmp_path / "holiday", {".": 4})
    monkeypatch.chdir(tmp_path)
    for command in typed[1:]:  # the first is typed in `test_catalogue.py`
        few = ["--epochs", "1"] if command.startswith("train") else []
        with pytest.raises(SystemExit) as ended:
            main([*shlex.split(command), *few])
        assert not ended.value.code, command
    assert len(re.findall(r"holiday/\d+\.png", capsys.readouterr().out)) == 4


def test_the_python(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert run([sys.executable, "-c", program], tmp_path).startswith("(None, 5) 27")
