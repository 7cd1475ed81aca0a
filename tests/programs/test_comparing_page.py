"""What docs/comparing.md tells a newcomer to type is typed here."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from convolens.applications import build
from convolens.cli import main
from images import folders

PAGE = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text()


def test_the_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 12, "dog": 12})
    typed = re.findall(r"^    convolens (.+)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in typed] == ["compare", "lr-find"]
    for command in typed:
        less = command.replace("2e11", "2e9")  # seconds instead of minutes
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(less))
        assert not ended.value.code, capsys.readouterr().err
    named = re.findall(r"`(compare\.\w+)`", PAGE)
    there = {path.name for path in (tmp_path / "runs" / "photos-compare").iterdir() if path.is_file()}
    assert set(named) == there
    assert (tmp_path / "runs" / "photos-lr" / "lr_find.png").is_file()


def test_the_program(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model = build("shallow-vgg", (8, 8, 3), 2)
    model.compile("adamw", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).uniform(size=(64, 8, 8, 3)).astype(np.float32)
    names = {"model": model, "x": x, "y": (x.mean((1, 2, 3)) > 0.5).astype(int)}
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "comparing.md", "exec"), names)
    assert (tmp_path / "lr.png").is_file()
    assert len(capsys.readouterr().out.split()) == 2
