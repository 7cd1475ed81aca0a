"""What docs/evaluating.md tells a newcomer to type is typed here."""

import re
from pathlib import Path

from convolens import runs
from convolens.runs.output.screen import Screen
from convolens.runs.report.findings import FINDINGS
from images import overlapping
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "evaluating.md").read_text()


def test_the_commands(tmp_path, monkeypatch):
    for place, seed, count in (("photos", 0, 40), ("photos-to-test", 1, 6), ("holiday", 2, 3)):
        overlapping(tmp_path / place, {"cat": count, "dog": count}, seed)
    for name, epochs in (("photos", 2), ("longer", 4)):
        options = runs.TrainOptions(
            data=tmp_path / "photos", size=8, epochs=epochs, batch_size=16, validation_split=0.4,
            out=tmp_path / "runs" / name,
        )  # fmt: skip
        runs.train(options, Screen(quiet=True))
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["evaluate", "calibrate", "predict", "diff"]
    monkeypatch.chdir(tmp_path)
    for command in typed:
        run(*command)
    made = {path.name for path in (tmp_path / "runs" / "photos-test").iterdir()}
    named = set(re.findall(r"`(\w+\.(?:png|html|json|csv))`", PAGE[: PAGE.index("## How sure")]))
    assert named == made | {"mistakes.png"}
    assert (tmp_path / "runs" / "photos-diff" / "diff.csv").is_file()
    assert (tmp_path / "runs" / "photos" / "calibration.safetensors").is_file()


def test_the_program(capsys):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "evaluating.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[-1].startswith("0.0385")


def test_every_finding_is_told_of():
    section = PAGE[PAGE.index("## What a run shows") : PAGE.index("## In your own")]
    assert len(re.findall(r"^\| (?!finding|---)", section, re.MULTILINE)) == len(FINDINGS)
