"""What README and docs/few-photos.md tell a newcomer to type about few photos is typed here, on photographs."""

import json
import re
from pathlib import Path

from photographs import pieces
from typed import commands, run

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


def test_the_page(tmp_path, monkeypatch, learnt_cache):
    write(tmp_path / "photos", 0, 8)
    monkeypatch.chdir(tmp_path)
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["train"] * 6
    for command in typed:
        few = ["--epochs", "1"] if command[2] in ("--epochs", "--from-scratch") else []
        printed = run(*command, *few)
        if "--from-scratch" in command:
            assert "First answer" not in printed
        else:
            assert re.search(
                r"^First answer after .* s: \d+\.\d% of \d+ validation photos", printed, re.MULTILINE
            )
    results = json.loads((tmp_path / "runs" / "photos" / "results.json").read_text())
    assert results["accuracy"] == 1.0
    assert results["best_epoch"] == 0


def test_the_readme(tmp_path, monkeypatch, learnt_cache):
    write(tmp_path / "photos", 0, 8)
    write(tmp_path / "photos-to-test", 8, 4)
    write(tmp_path / "holiday", 12, 2)
    monkeypatch.chdir(tmp_path)
    typed = commands(README)
    assert [command[0] for command in typed] == ["studio", "train", "predict", "evaluate"]
    typed = typed[1:]  # the studio is opened in tests/studio
    for command in typed:
        printed = run(*command)
    assert re.search(r"Accuracy 1\.0000|accuracy 1\.0000", printed), printed
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 5
    page = (ROOT / "docs" / "run-folder.md").read_text()
    named = set(re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE))
    there = {path.name for path in (tmp_path / "runs" / "photos").iterdir()}
    assert there <= named | {"checkpoints", "kept_photos"}
    sometimes = {"curves.png", "mistakes.png", "skipped_images.csv", "calibration.json"}
    assert named <= there | sometimes | {"calibration.safetensors", "held_out.safetensors"}
