"""What docs/kfold.md tells a newcomer to type is typed here."""

import json
import re
from pathlib import Path

from images import overlapping
from typed import commands, run

PAGE = (Path(__file__).parents[2] / "docs" / "kfold.md").read_text()


def test_what_is_typed(tmp_path, monkeypatch, capsys):
    for place, seed, count in (("photos", 0, 12), ("photos-to-test", 1, 6), ("holiday", 2, 3)):
        overlapping(tmp_path / place, {"cat": count, "dog": count}, seed)
    typed = commands(PAGE)
    assert [command[0] for command in typed] == ["train", "predict", "evaluate", "train", "diff"]
    monkeypatch.chdir(tmp_path)
    for command in typed:
        few = ["--epochs", "1", "--size", "8", "--kfold", "2"] if command[0] == "train" else []
        printed = run(*command, *few)
    assert "24 photos: runs/photos is right on" in printed
    made = {path.name for path in (tmp_path / "runs" / "photos").iterdir()}
    table = PAGE[PAGE.index("| file |") : PAGE.index("    convolens predict")]
    named = set(re.findall(r"`(\w+\.(?:png|html|json|csv))`", table))
    assert made == named | {"folds", "checkpoints", "run.toml"}
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program, "kfold.md", "exec"), {})
    mean, spread, accuracy = map(float, capsys.readouterr().out.splitlines()[-1].split())
    results = json.loads((tmp_path / "runs" / "mine" / "results.json").read_text())
    assert [mean, spread, accuracy] == [
        results[name] for name in ("fold_accuracy", "fold_spread", "accuracy")
    ]
