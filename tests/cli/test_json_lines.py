"""--json-lines: one event a line on standard output, the last one done or failed; everything for people on standard error."""

import json
import math
from typing import Any

import pytest

from convolens import runs
from convolens.cli import main
from images import folders, label_table, shapes
from learnt_photos import learnt_photos

FEW = ["--size", "8", "--batch-size", "16", "--threads", "1"]


def events(capsys, *arguments):
    """Run a command in this process; return its exit status, its lines as values but for those that a slow machine alone tells, and its errors."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    told = [json.loads(line, parse_constant=pytest.fail) for line in captured.out.splitlines()]
    return ended.value.code or 0, [event for event in told if event["event"] != "progress"], captured.err


def names(told: list[dict[str, Any]]) -> list[str]:
    """The names of events, findings counted once."""
    found = [event["event"] for event in told]
    return [name for i, name in enumerate(found) if name != "finding" or found[i - 1] != name]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return folders(tmp_path_factory.mktemp("lines") / "data", {"dark": 20, "light": 20})


def test_from_scratch_and_resumed(capsys, data, tmp_path):
    out = tmp_path / "run"
    status, told, err = events(capsys, "train", data, "--epochs", "2", "--out", out, "--json-lines", *FEW)
    assert status == 0
    assert names(told) == ["measurement", "plan", "epoch", "epoch", "finding", "done"]
    measured, plan, first, second, *findings, done = told
    assert plan["seconds"] == {"training": measured["seconds"]}
    assert (plan["run"], plan["classes"], plan["training"] + plan["validation"], plan["epochs"]) == (
        str(out), 2, 40, 2,
    )  # fmt: skip
    rows = (out / "history.csv").read_text().splitlines()
    assert [first["number"], second["number"]] == [1, 2]
    assert [f"{first['measures']['val_loss']:.3f}", f"{second['measures']['val_loss']:.3f}"] == [
        f"{float(row.split(',')[rows[0].split(',').index('val_loss')]):.3f}" for row in rows[1:]
    ]
    assert first["best"]
    assert first["images_per_second"] * first["seconds"] == pytest.approx(plan["training"])
    assert (done["run"], done["interrupted"]) == (str(out), False)
    assert done["result"] == json.loads((out / "results.json").read_text())
    assert done["result"]["findings"] == [
        {name: value for name, value in finding.items() if name != "event"} for finding in findings
    ]
    assert "measured here" in err
    assert f"Training into {out}" in " ".join(err.split())  # however long the lines are
    assert "Epoch 2/2" in err
    status, told, _ = events(capsys, "resume", out, "--epochs", "3", "--json-lines", "--quiet")
    assert status == 0
    assert names(told) == ["plan", "epoch", "finding", "done"]
    assert told[1]["number"] == 3


def test_a_first_answer(capsys, learnt_cache, tmp_path):
    """No layer learns: a plan of no epochs."""
    photos, out = learnt_photos(tmp_path / "data", 10, 10), tmp_path / "run"
    status, told, err = events(
        capsys, "train", photos, "--size", "64", "--threads", "1", "--out", out, "--json-lines"
    )
    assert status == 0
    assert names(told) == ["first_answer", "plan", "finding", "done"]
    first, plan, *_, done = told
    assert f"{first['accuracy']:.1%} of {first['accuracy_of']}; by {first['folds']}-fold" in err
    assert first["mean"] == done["result"]["first_answer"]["cross_validated"]["accuracy"]
    assert (plan["epochs"], plan["seconds"]) == (0, {})
    assert done["result"]["best_epoch"] == 0


def test_several_labels(capsys, tmp_path):
    label_table(tmp_path / "labels.csv", shapes(tmp_path / "photos", 60))
    status, told, err = events(
        capsys, "train", tmp_path / "photos", "--labels", tmp_path / "labels.csv", "--epochs", "1",
        "--out", tmp_path / "run", "--json-lines", *FEW,
    )  # fmt: skip
    assert status == 0
    assert names(told) == ["measurement", "plan", "epoch", "finding", "done"]
    assert "mean_average_precision" in told[-1]["result"]
    assert told[-2]["title"] in err


def test_folds_finetuning_and_comparing(capsys, data, tmp_path):
    asked = ["--epochs", "1", "--json-lines", "--quiet", *FEW]
    status, told, _ = events(capsys, "train", data, "--kfold", "2", "--out", tmp_path / "folds", *asked)
    assert status == 0
    assert [event["run"] for event in told if event["event"] == "plan"] == [
        str(tmp_path / "folds" / "folds" / f"fold-{fold}") for fold in (1, 2)
    ]
    assert told[-1]["result"] == json.loads((tmp_path / "folds" / "results.json").read_text())
    first = tmp_path / "folds" / "folds" / "fold-1"
    status, told, _ = events(
        capsys,
        "finetune",
        first,
        data,
        "--epochs",
        "2",
        "--head-epochs",
        "1",
        "--out",
        tmp_path / "tuned",
        *asked[2:],
    )
    assert status == 0
    measured, plan = told[:2]
    assert list(plan["seconds"]) == ["features", "training"]
    assert sum(plan["seconds"].values()) == measured["seconds"]
    status, told, _ = events(
        capsys, "compare", data, "--models", "shallow-vgg", "--out", tmp_path / "compared", *asked
    )
    assert status == 0
    assert told[-1]["event"] == "done"
    assert [row["name"] for row in told[-1]["result"]["models"]] == ["shallow-vgg"]


def test_bad_data_is_one_line_and_an_event(capsys, tmp_path):
    status, told, err = events(capsys, "train", tmp_path / "none", "--out", tmp_path / "run", "--json-lines")
    assert status == 2
    assert told == [{"event": "failed", "message": err.removeprefix("convolens: ").rstrip("\n"), "status": 2}]
    assert err.startswith("convolens: ")
    assert err.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_a_loss_that_is_no_number_is_null(capsys, data, tmp_path):
    status, told, _ = events(
        capsys, "train", data, "--epochs", "3", "--optimizer", "sgd", "--learning-rate", "1e30", "--recipe", "lecture",
        "--out", tmp_path / "run", "--json-lines", "--quiet", *FEW,
    )  # fmt: skip
    assert status == 2
    assert told[-1]["event"] == "failed"
    assert "the loss became NaN or infinite" in told[-1]["message"]
    assert all(math.isfinite(event["images_per_second"]) for event in told if event["event"] == "epoch")


@pytest.mark.parametrize(
    ("error", "message", "status"),
    [
        (KeyboardInterrupt(), "interrupted.", 130),
        (OSError(28, "No space left on device", "runs"), "runs: No space left on device.", 2),
        (RuntimeError("CUDA out of memory"), "there is not enough memory for this; take a smaller --batch-size or --size.", 2),
    ],
)  # fmt: skip
def test_whatever_ends_it_is_told(capsys, monkeypatch, tmp_path, error, message, status):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(runs, "resume", fail)
    assert events(capsys, "resume", tmp_path, "--json-lines") == (
        status, [{"event": "failed", "message": message, "status": status}], f"convolens: {message}\n",
    )  # fmt: skip


def test_a_fault_of_ours_is_told_and_shown(capsys, monkeypatch, tmp_path):
    def fail(*arguments, **options):
        raise KeyError("x")

    monkeypatch.setattr(runs, "resume", fail)
    with pytest.raises(KeyError):
        main(["resume", str(tmp_path), "--json-lines"])
    assert json.loads(capsys.readouterr().out) == {"event": "failed", "message": "KeyError('x')", "status": 1}


def test_one_of_the_two_ways_for_programs(capsys, tmp_path):
    status, told, err = events(capsys, "resume", tmp_path, "--json-lines", "--json")
    assert (status, told) == (2, [])
    assert err == "convolens: --json prints one object, --json-lines one a line; give one of them.\n"
