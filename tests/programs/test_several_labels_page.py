"""What docs/several-labels.md tells a newcomer to type is typed here."""

import csv
import re
import shutil
from pathlib import Path

from convolens.data import read_label_table
from images import label_table, shapes
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "several-labels.md").read_text()


def in_folders(root: Path, photos: Path, rows: list[tuple[str, tuple[str, ...]]]) -> None:
    """Copy each photo into the folders of all its labels."""
    for name, labels in rows:
        for label in labels:
            (root / label).mkdir(parents=True, exist_ok=True)
            shutil.copy(photos / name, root / label / name)


def test_the_commands(tmp_path, monkeypatch):
    for number, (place, table) in enumerate((("photos", "labels"), ("photos-to-test", "labels-to-test"))):
        rows = shapes(tmp_path / place, 60, seed=number, size=16)
        label_table(tmp_path / f"{table}.csv", rows)
        in_folders(tmp_path / place.replace("photos", "folders"), tmp_path / place, rows)
    shapes(tmp_path / "holiday", 4, seed=2)
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["train", "evaluate", "predict", "train", "evaluate"]
    monkeypatch.chdir(tmp_path)
    for command in typed:
        few = ["--epochs", "1"] if command[0] == "train" else []
        run(*command, *few)
    with Path("answers.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [
        "path",
        "labels",
        *(f"probability_{name}" for name in ("circle", "square", "triangle")),
        "error",
    ]
    assert len(rows) == 5
    for place in ("runs/photos", "runs/photos-test"):
        assert {"average_precision.png", "precision_recall.png", "mistakes.png"} <= {
            p.name for p in Path(place).iterdir()
        }


def test_both_tables_say_the_same(tmp_path):
    tables = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    found = []
    for name in ("1.png", "2.png", "holiday/3.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"not looked into")
    for text in tables:
        (tmp_path / "labels.csv").write_text(text)
        found.append(read_label_table(tmp_path / "labels.csv", tmp_path).labels.tolist())
    assert found == [[[1, 1], [0, 1], [0, 0]]] * 2


def test_the_program(capsys):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "several-labels.md", "exec"), {})
    printed = capsys.readouterr().out.strip()
    assert f"prints `{printed}`" in PAGE
