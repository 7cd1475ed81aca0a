"""Two runs compared photo by photo."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from scipy.stats import binomtest

from convolens import runs
from convolens.checkpoints import tensors
from convolens.errors import ArgumentError, CheckpointError, DataError, MissingFileError
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv
from images import folders, overlapping

QUIET = Screen(quiet=True)
COLUMNS = ["path", "label", "predicted", "confidence"]


@pytest.fixture
def other_run(noisy_run, tmp_path):
    """The same run with other weights: the last layer of the first class made weaker."""
    folder = runs.RunFolder.open(shutil.copytree(noisy_run.folder.path, tmp_path / "other"))
    weights = tensors.read(folder.best)
    last = next(name for name, value in weights.items() if value.shape == (3,) and name.endswith("bias"))
    weights[last] = weights[last].clone()
    weights[last][0] -= 1.5
    tensors.write(folder.best, weights)
    return folder


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_by_data_it_agrees_with_evaluate(noisy_run, other_run, tmp_path):
    data = overlapping(tmp_path / "data", {"dark": 30, "light": 30, "middling": 30}, seed=3)
    screen = Screen(console=Console(record=True, width=250))
    found = runs.diff(noisy_run.folder.path, other_run.path, data, screen=screen, out=tmp_path / "out")
    scores = [runs.evaluate(run, data, screen=QUIET) for run in (noisy_run.folder.path, other_run.path)]
    assert [found.accuracy("first"), found.accuracy("second")] == pytest.approx([s.accuracy for s in scores])
    counts = {change: len(found.of(change)) for change in ("fixed", "broken", "right", "wrong")}
    assert sum(counts.values()) == len(found.pairs) == 90
    assert counts["broken"] > counts["fixed"], "dark photos are no longer found"
    assert (counts["fixed"] - counts["broken"]) / 90 == pytest.approx(scores[1].accuracy - scores[0].accuracy)
    changed = counts["fixed"] + counts["broken"]
    assert found.p_value == binomtest(counts["fixed"], changed, 0.5).pvalue
    printed = screen.console.export_text()
    assert f"Fixed {counts['fixed']}, broken {counts['broken']}" in printed
    assert "McNemar's exact test: p = " in printed
    assert json.loads((tmp_path / "out" / "diff.json").read_text()) == json.loads(json.dumps(found.as_dict()))
    table = rows(tmp_path / "out" / "diff.csv")
    assert len(table) == 90
    assert sum(row["change"] == "broken" for row in table) == counts["broken"]
    for row in table:
        right = row["first"] == row["label"], row["second"] == row["label"]
        assert row["change"] == {(1, 1): "right", (0, 0): "wrong", (0, 1): "fixed", (1, 0): "broken"}[right]
    assert (tmp_path / "out" / "broken.png").is_file()
    assert (tmp_path / "out" / "fixed.png").is_file() == bool(counts["fixed"])
    back = runs.diff(other_run.path, noisy_run.folder.path, data, screen=QUIET)
    assert len(back.of("fixed")) == counts["broken"]


def test_by_predictions(noisy_run, tmp_path):
    folder = runs.RunFolder.open(shutil.copytree(noisy_run.folder.path, tmp_path / "other"))
    table = rows(noisy_run.folder.predictions)
    same = runs.diff(noisy_run.folder.path, folder.path, screen=QUIET)
    assert (len(same.pairs), len(same.of("fixed")), len(same.of("broken")), same.p_value) == (
        len(table),
        0,
        0,
        1.0,
    )
    for row in table[:7]:
        row["predicted"] = next(name for name in ("dark", "light") if name != row["label"])
    write_csv(folder.predictions, COLUMNS, [[row[c] for c in COLUMNS] for row in reversed(table)])
    found = runs.diff(noisy_run.folder.path, folder.path, screen=QUIET)
    before = sum(row["label"] == row["predicted"] for row in rows(noisy_run.folder.predictions)[:7])
    assert len(found.of("broken")) == before, "matched by path, whatever the order"
    assert [pair.second.confidence for pair in found.of("broken")] == sorted(
        (pair.second.confidence for pair in found.of("broken")), reverse=True
    )


def test_photos_are_known_by_what_was_recorded_of_them(tmp_path, monkeypatch):
    """Their names, as they were typed from somewhere, say neither that photos are the same nor that they are not."""
    folders(tmp_path / "one/photos/train", {"a": 8, "b": 8}, seed=1)
    folders(tmp_path / "one/photos/val", {"a": 6, "b": 6}, seed=2)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    folders(tmp_path / "two/photos/val", {"a": 6, "b": 6}, seed=3)  # others of the same names
    folders(tmp_path / "one/more", {"a": 9, "b": 9}, seed=4)

    def train(project, data, **options):
        monkeypatch.chdir(tmp_path / project)
        asked = runs.TrainOptions(
            data=data, size=8, epochs=1, model="shallow-vgg", from_scratch=True, **options
        )
        return runs.train(asked, QUIET).folder.path.resolve()

    first, second = train("one", Path("photos")), train("two", Path("photos"))
    assert rows(first / "predictions.csv")[0]["path"] == rows(second / "predictions.csv")[0]["path"]
    with pytest.raises(DataError, match="validated on different photos: 12 and 12, 0 of them in both"):
        runs.diff(first, second, screen=QUIET)
    more = train("one", tmp_path / "one/more", validation=tmp_path / "one/photos/val")
    monkeypatch.chdir(tmp_path)
    screen = Screen(console=Console(record=True, width=250))
    found = runs.diff(first, more, screen=screen)
    assert [pair.second.path for pair in found.pairs] == [
        tmp_path / "one" / pair.first.path for pair in found.pairs
    ]
    assert "not recorded" not in screen.console.export_text()
    for run in (first, more):  # as an earlier version wrote them
        table = rows(run / "predictions.csv")
        write_csv(run / "predictions.csv", COLUMNS, [[row[c] for c in COLUMNS] for row in table])
    with pytest.raises(DataError, match="validated on different photos: 12 and 12, 0 of them in both"):
        runs.diff(first, more, screen=QUIET)
    monkeypatch.chdir(tmp_path / "one")
    screen = Screen(console=Console(record=True, width=250))
    assert len(runs.diff(first, more, screen=screen).pairs) == 12
    assert "It is not recorded whether the validation photos were the same" in screen.console.export_text()


def test_the_last_weights_need_photos(noisy_run):
    first = noisy_run.folder.path
    with pytest.raises(
        ArgumentError, match=r"answers of their best weights alone; to compare the last ones give"
    ):
        runs.diff(first, first, weights="last", screen=QUIET)


def test_what_cannot_be_compared(noisy_run, small_run, tmp_path):
    first = noisy_run.folder.path
    with pytest.raises(
        DataError, match=r"validated on different photos: 89 and \d+, 0 of them in both\. Give photos"
    ):
        runs.diff(first, small_run.folder.path, screen=QUIET)
    folder = runs.RunFolder.open(shutil.copytree(first, tmp_path / "other"))
    table = rows(folder.predictions)
    kept = [[row[c] for c in COLUMNS] for row in table]
    write_csv(folder.predictions, COLUMNS, kept[:-4])
    with pytest.raises(DataError, match="89 and 85, 85 of them in both"):
        runs.diff(first, folder.path, screen=QUIET)
    kept[0][1] = "light" if kept[0][1] != "light" else "dark"
    write_csv(folder.predictions, COLUMNS, kept)
    with pytest.raises(DataError, match="the photos were sorted anew between them"):
        runs.diff(first, folder.path, screen=QUIET)
    folder.predictions.write_text("a,b\n1,2\n")
    with pytest.raises(CheckpointError, match="not a table with the columns path, label"):
        runs.diff(first, folder.path, screen=QUIET)
    folder.predictions.unlink()
    with pytest.raises(MissingFileError, match=r"predictions\.csv: no such file; a training writes it"):
        runs.diff(first, folder.path, screen=QUIET)
    description = json.loads(folder.model.read_text())
    description["class_names"][0] = "black"
    folder.model.write_text(json.dumps(description))
    with pytest.raises(DataError, match=r"different classes: .* alone knows 'dark'; .* alone knows 'black'"):
        runs.diff(first, folder.path, screen=QUIET)
    with pytest.raises(DataError, match="'wolf' is not one of the classes"):
        runs.diff(first, first, folders(tmp_path / "d", {"wolf": 1}), screen=QUIET)
    with pytest.raises(MissingFileError, match="no such run folder"):
        runs.diff(first, tmp_path / "none", screen=QUIET)


def test_photos_that_went_away_are_not_drawn(noisy_run, tmp_path):
    folder = runs.RunFolder.open(shutil.copytree(noisy_run.folder.path, tmp_path / "other"))
    table = rows(folder.predictions)
    gone = [[tmp_path / f"{i}.png", "dark", "dark", "0.9"] for i in range(3)]
    for run, said in (
        (folder, "dark"),
        (runs.RunFolder.open(shutil.copytree(folder.path, tmp_path / "b")), "light"),
    ):
        write_csv(run.predictions, COLUMNS, [[path, label, said, c] for path, label, _, c in gone])
    screen = Screen(console=Console(record=True, width=250))
    found = runs.diff(folder.path, tmp_path / "b", screen=screen, out=tmp_path / "out")
    assert len(found.of("broken")) == 3
    assert screen.console.export_text().count("not drawn:") == 3
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"diff.csv", "diff.json"}
    assert len(table) == 89
