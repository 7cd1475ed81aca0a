"""What docs/features.md tells a newcomer to type is typed here."""

import re
from pathlib import Path

import pytest

from images import folders
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "features.md").read_text()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learnt_cache: Path) -> None:
    typed = commands(PAGE)
    assert [command[0] for command in typed] == [
        "features", "train", "features", "features", "probe", "probe", "predict", "evaluate",
    ]  # fmt: skip
    folders(tmp_path / "photos", {"cat": 20, "dog": 20})
    folders(tmp_path / "photos-to-test", {"cat": 5, "dog": 5}, seed=1)
    folders(tmp_path / "holiday", {".": 4})
    printed = {}
    monkeypatch.chdir(tmp_path)
    for command in typed:
        few = ["--epochs", "1"] if command[0] == "train" else []
        printed[command[0]] = run(*command, *few)
    assert re.search(r"conv2d_1: 40 photos, \d+ numbers each", printed["features"])
    assert (tmp_path / "features.csv").read_text().count("\n") == 41
    accuracy = re.search(r"cross-validated accuracy (\d\.\d+)", printed["probe"])
    assert accuracy
    assert float(accuracy[1]) > 0.9
    assert len(re.findall(r"holiday/\d+\.png", printed["predict"])) == 4


def test_the_python(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "docs/features.md", "exec"), {})
    assert capsys.readouterr().out == "('layer2.1',) (20, 128)\n(20,)\n"


def test_the_table_is_the_one_that_is_used() -> None:
    from convolens.features.learners.classical import GRIDS, LEARNERS

    assert re.findall(r"^\| `(\w+)` \| ", PAGE, re.MULTILINE) == list(LEARNERS)
    assert (GRIDS["logistic"]["C"][0], GRIDS["logistic"]["C"][-1]) == (0.001, 10)
    assert (GRIDS["svm"]["C"][0], GRIDS["svm"]["C"][-1]) == (0.0001, 0.1)
    assert (GRIDS["neighbours"]["n_neighbors"][0], GRIDS["neighbours"]["n_neighbors"][-1]) == (1, 21)
    assert GRIDS["boosting"] == {"learning_rate": [0.1, 0.3]}
    assert GRIDS["forest"] == {"max_features": ["sqrt", 0.2], "min_samples_leaf": [1, 3]}
