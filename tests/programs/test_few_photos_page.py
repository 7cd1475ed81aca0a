"""What README and docs/few-photos.md tell a newcomer to type about few photos is typed here, on photographs."""

import json
import re
import shlex
from pathlib import Path

import pytest

from convolens.cli import main
from photographs import pieces

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "few-photos.md").read_text()
README = (ROOT / "README.md").read_text()


def write(root: Path, start: int, count: int) -> None:
    """Write pieces of two photographs as JPEG files of two classes."""
    found = [piece.resize((96, 96)) for piece in pieces(80)]
    for name, some in (("temple", found), ("flower", found[::-1])):
        (root / name).mkdir(parents=True)
        for number, piece in enumerate(some[start : start + count]):
            piece.save(root / name / f"{number:02d}.jpg", quality=95)


def typed(text: str) -> list[list[str]]:
    """Return the commands of a page, without their comments."""
    found = re.findall(r"^    (?:\.venv/bin/)?convolens (.+)$", text, re.MULTILINE)
    return [shlex.split(command, comments=True) for command in found]


def run(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that has to succeed, and return what it printed."""
    with pytest.raises(SystemExit) as ended:
        main(command)
    told = capsys.readouterr()
    assert not ended.value.code, told.err
    return told.out


def test_the_page(tmp_path, monkeypatch, capsys, learnt_cache):
    write(tmp_path / "photos", 0, 8)
    monkeypatch.chdir(tmp_path)
    commands = typed(PAGE)
    assert len(commands) == 6
    for command in commands:
        printed = run(command, capsys)
        if "--from-scratch" in command:
            assert "First answer" not in printed
        else:
            assert re.search(
                r"^First answer after .* s: \d+\.\d% of \d+ validation photos", printed, re.MULTILINE
            )
    results = json.loads((tmp_path / "runs" / "photos" / "results.json").read_text())
    assert results["accuracy"] == 1.0
    assert results["best_epoch"] == 0


def test_the_readme(tmp_path, monkeypatch, capsys, learnt_cache):
    write(tmp_path / "photos", 0, 8)
    write(tmp_path / "photos-to-test", 8, 4)
    write(tmp_path / "holiday", 12, 2)
    monkeypatch.chdir(tmp_path)
    commands = typed(README)
    assert [command[0] for command in commands] == ["train", "predict", "evaluate"]
    for command in commands:
        printed = run(command, capsys)
    assert re.search(r"Accuracy 1\.0000|accuracy 1\.0000", printed), printed
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 5
