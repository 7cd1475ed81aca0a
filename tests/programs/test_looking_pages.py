"""What docs/checking.md and docs/looking-at-features.md tell a newcomer to type is typed here."""

import re
from pathlib import Path

import pytest

from images import folders
from typed import commands, run

DOCS = Path(__file__).parents[2] / "docs"


def type_all(typed: list[list[str]]) -> list[str]:
    """Run commands and return what each printed."""
    return [run(*command, *(["--epochs", "1"] if command[0] == "train" else [])) for command in typed]


@pytest.fixture
def photos(tmp_path: Path, learnt_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folders(tmp_path / "photos", {"cat": 20, "dog": 20})
    folders(tmp_path / "holiday", {".": 2}, seed=1)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_checking(photos: Path) -> None:
    typed = commands((DOCS / "checking.md").read_text())
    assert [command[0] for command in typed] == ["check", "check", "train", "check"]
    printed = type_all(typed)
    assert "40 photos: 0 broken, 0 pairs of duplicates" in printed[0]
    assert "not looked for: photos that are probably mislabelled" in printed[0], "they are small"
    assert "probably mislabelled" in printed[3]
    assert (photos / "checked-labels" / "label_errors.csv").is_file()
    named = set(re.findall(r"`([\w_]+\.(?:csv|png))`", (DOCS / "checking.md").read_text()))
    assert {path.name for path in (photos / "checked").iterdir()} <= named


def test_checking_photographs(photographs: Path, learnt_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photographs.parent)
    printed = type_all(commands((DOCS / "checking.md").read_text())[:1])
    assert "17 photos: 0 broken, 1 pair of duplicates" in printed[0]
    assert "2 probably mislabelled" in printed[0]


def test_looking(photos: Path) -> None:
    typed = commands((DOCS / "looking-at-features.md").read_text())
    assert [command[0] for command in typed] == ["neighbours", "train", "neighbours", "map", "map"]
    printed = type_all(typed)
    assert "features: efficientnet-lite0, learnt from imagenet" in printed[0]
    for place, network in ((0, "efficientnet-lite0"), (2, "runs/photos")):
        assert f"of {network}: nearest of 40 photos" in printed[place]
    assert (photos / "nearest.png").is_file()
    named = re.findall(r"^\| `([\w.]+)` \|", (DOCS / "looking-at-features.md").read_text(), re.MULTILINE)
    assert sorted(path.name for path in (photos / "map").iterdir()) == sorted(named)


def test_the_python(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", (DOCS / "looking-at-features.md").read_text(), re.DOTALL)
    exec(compile(program, "docs/looking-at-features.md", "exec"), {})
    assert capsys.readouterr().out == "(1, 3) True\n(50, 2)\n"
