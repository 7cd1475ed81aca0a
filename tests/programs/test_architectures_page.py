"""What docs/architectures.md tells a newcomer to type is typed here; `test_examples.py` holds that the page is true."""

import re
from pathlib import Path

import pytest

from images import folders
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "architectures.md").read_text()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["models", "cost", "train", "predict"]
    folders(tmp_path / "photos", {"cat": 8, "dog": 8})
    folders(tmp_path / "holiday", {".": 4})
    monkeypatch.chdir(tmp_path)
    for command in typed[1:]:  # the first is typed in `test_catalogue.py`
        few = ["--epochs", "1"] if command[0] == "train" else []
        printed = run(*command, *few)
    assert len(re.findall(r"holiday/\d+\.png", printed)) == 4


def test_the_python(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "architectures.md", "exec"), {})
    assert capsys.readouterr().out.startswith("(None, 5) 27")
