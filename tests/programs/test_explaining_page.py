"""What docs/explaining.md tells a newcomer to type is typed here."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.applications import build
from images import folders, photo
from typed import commands, run

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "explaining.md").read_text()


def test_the_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 12, "dog": 12})
    folders(tmp_path / "holiday", {".": 2})
    photo(1).save(tmp_path / "holiday" / "beach.jpg")
    run("train", "photos", "--size", 16, "--epochs", 1, "--out", "runs/photos")
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["explain"] * 4
    printed = [run(*command) for command in typed]
    places = tmp_path / "runs" / "photos" / "explanations"
    assert sorted(path.name for path in places.iterdir()) == ["beach", "beach-2", "beach-3", "holiday"]
    assert printed[0] == "runs/photos/explanations/beach/explain.html holds everything\n"
    told = json.loads(printed[2])
    assert len(told["photos"]) == 3
    assert {item["layer"] for item in told["photos"]} == {"conv2d_3"}
    named = set(re.findall(r"^\| `([\w.-]+?)/?` \|", PAGE.split("## ")[0], re.MULTILINE))
    there = {path.name for place in places.iterdir() for path in place.iterdir()}
    assert named == {name for name in there if not re.match(r"\d{3}-", name)}
    assert not (places / "beach-2" / "feature-maps").exists()
    assert (places / "beach-3" / "top-photos.png").is_file()


def test_the_program(capsys):
    names = {
        "model": build("shallow-vgg", (16, 16, 3), 2),
        "image": np.random.default_rng(0).random((16, 16, 3), dtype=np.float32),
    }
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "explaining.md", "exec"), names)
    assert re.fullmatch(r"conv2d_3 \(16, 16\) gap \d\.\d\d%\n", capsys.readouterr().out)
    assert names["falls"].min() < names["falls"].max()
    assert names["picture"].shape == (16, 16, 3)
    assert [found.maps.shape[2] for found in names["maps"]] == [16] * 6


@pytest.mark.parametrize("name", re.findall(r"\]\((pictures/[\w-]+\.png)\)", PAGE))
def test_pictures_are_small(name):
    assert (DOCS / name).stat().st_size < 100_000
    assert Image.open(DOCS / name).width > 500
