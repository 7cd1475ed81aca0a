"""What docs/comparing.md tells a newcomer to type is typed here."""

import re
from pathlib import Path

import numpy as np

from convolens.applications import build
from images import folders
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text()


def test_the_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 12, "dog": 12})
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["compare", "lr-find"]
    for command in typed:
        run(*(word.replace("2e11", "2e9") for word in command))  # seconds instead of minutes
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
