"""Networks compared: the budgets, the failures, the files, and going on after kills."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch

from convolens import runs
from convolens.applications import APPLICATIONS
from convolens.errors import ArgumentError
from convolens.options.training import TrainOptions
from convolens.runs.folder.record import read_record
from convolens.runs.output.screen import Screen
from convolens.runs.preflight import measure
from typed import call

BOTH = ["shallow-vgg", "conv-model"]
QUIET = Screen(quiet=True)


def rows_of(folder):
    """Return compare.csv by name."""
    with (folder / "compare.csv").open(newline="", encoding="utf-8") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def test_the_command(small_data, tmp_path):
    out = tmp_path / "compared"
    status, printed, err = call(
        "compare", small_data, "--models", ",".join(BOTH), "--size", "24", "--epochs", "2", "--batch-size", "16",
        "--out", out, "--json",
    )  # fmt: skip
    assert status == 0
    found = json.loads(printed)
    assert [row["name"] for row in found["models"]] == BOTH
    assert "Network 2 of 2: conv-model" in err
    rows = rows_of(out)
    for name, row in rows.items():
        result = json.loads((out / name / "results.json").read_text())
        assert float(row["validation_accuracy"]) == pytest.approx(result["accuracy"], rel=1e-5)
        assert row["epochs"] == "2"
        assert row["reason"] == ""
        assert float(row["latency_ms"]) > 0
        assert float(row["images_per_second"]) > 0
        images = 2 * read_record(runs.RunFolder(out / name)).tables["data"]["training_images"]
        assert images / float(row["seconds"]) == pytest.approx(
            float(row["training_images_per_second"]), rel=1e-4
        )
        assert float(row["training_multiply_accumulates"]) == pytest.approx(
            3 * images * int(row["multiply_accumulates"]), rel=1e-4
        )
        cost = runs.load(runs.RunFolder(out / name)).model.count_params()
        assert int(row["parameters"]) == cost
    page = (out / "compare.html").read_text()
    assert page.count("data:image/png;base64,") == 1
    assert "shallow-vgg, conv-model" in page
    assert "&#39;" not in page, "no Python in it"
    assert not re.search(r'(?:src|href)="(?!data:)', page), "nothing from elsewhere"
    # each is an ordinary run
    photo = next(small_data.rglob("*.png"))
    assert call("predict", out / "conv-model", photo)[0] == 0
    status, printed, _ = call("resume", out / "conv-model", "--epochs", "3", "--json")
    assert json.loads(printed)["result"]["epochs"] == 3


def test_a_finished_comparison_is_not_trained_again(small_data, tmp_path, capsys):
    options = runs.CompareOptions(
        ["shallow-vgg"], TrainOptions(small_data, size=8, epochs=1, out=tmp_path / "c")
    )
    first = runs.compare(options, QUIET)
    weights = (tmp_path / "c" / "shallow-vgg" / "checkpoints" / "best.safetensors").stat().st_mtime_ns
    again = runs.compare(replace(options, training=replace(options.training, resume=True)))
    assert "Was trained before." in capsys.readouterr().out
    assert weights == (tmp_path / "c" / "shallow-vgg" / "checkpoints" / "best.safetensors").stat().st_mtime_ns
    speeds = {"latency_ms": None, "images_per_second": None}
    assert replace(first.rows[0], **speeds) == replace(again.rows[0], **speeds)


@pytest.fixture(scope="module")
def spent(small_data):
    """What an epoch of batches of 16 takes."""
    probe = runs.TrainOptions(small_data, size=8, epochs=1, batch_size=16, out=small_data.parent / "probe", max_seconds=float("inf"))  # fmt: skip
    return runs.train(probe, QUIET).spent


@pytest.mark.parametrize("share", [0.4, 2.5])
def test_operations_end_at_the_first_step_beyond(small_data, spent, tmp_path, share):
    """Batches of 16: the images seen are the fewest whole batches that reach the budget."""
    per_image = spent.operations / spent.images
    options = TrainOptions(small_data, size=8, batch_size=16, out=tmp_path / "c")
    budget = share * spent.operations
    found = runs.compare(runs.CompareOptions(["shallow-vgg"], options, operations=budget), QUIET)
    row = found.rows[0]
    assert budget <= row.operations < budget + 16 * per_image
    assert row.epochs == -(-share // 1)
    settings = read_record(found.folder.run("shallow-vgg")).tables["settings"]
    assert settings["schedule_epochs"] == pytest.approx(share)
    assert settings["epochs"] == -(-share // 1)


def test_seconds_end_the_training(small_data, tmp_path):
    options = TrainOptions(small_data, size=8, batch_size=8, out=tmp_path / "c")
    found = runs.compare(runs.CompareOptions(["shallow-vgg"], options, seconds=0.4), QUIET)
    run = found.folder.run("shallow-vgg")
    planned = read_record(run).tables["settings"]["epochs"]
    assert found.rows[0].epochs <= planned
    if found.rows[0].epochs < planned:  # the machine was slower than measured
        assert found.rows[0].seconds >= 0.4
    assert read_record(run).tables["settings"]["max_seconds"] == 0.4


def test_seconds_are_counted_over_restarts(small_data, tmp_path):
    """Killed at a step and gone on with, the sums are those of all steps, and a longer run counts on."""
    options = TrainOptions(small_data, size=8, batch_size=8, epochs=2, out=tmp_path / "run", max_seconds=float("inf"))  # fmt: skip
    first = runs.train(options, QUIET)
    again = runs.resume(first.folder.path, runs.ResumeOptions(), QUIET)
    assert again.spent == first.spent
    more = runs.resume(first.folder.path, runs.ResumeOptions(epochs=3), QUIET)
    assert more.spent.images == 1.5 * first.spent.images
    assert more.spent.seconds > first.spent.seconds


def test_a_limit_does_not_hold_a_longer_training_back(small_data, tmp_path):
    options = TrainOptions(small_data, size=8, batch_size=16, out=tmp_path / "run", max_operations=1e8)
    first = runs.train(options, QUIET)
    more = runs.resume(first.folder.path, runs.ResumeOptions(epochs=first.outcome.epochs + 2), QUIET)
    assert more.outcome.epochs == first.outcome.epochs + 2


def greedy(**arguments):
    """Ask torch for more memory than any machine has."""
    torch.empty(2**60, device="cpu")


def broken(**arguments):
    raise TypeError("a mistake in an architecture")


def test_failures_are_told_and_the_others_go_on(small_data, tmp_path, monkeypatch):
    for build in (greedy, broken):
        entry = replace(APPLICATIONS["shallow-vgg"], name=build.__name__, build=build)
        monkeypatch.setitem(APPLICATIONS, entry.name, entry)
    out = tmp_path / "c"
    status, printed, err = call(
        "compare", small_data, "--models", "conv-model,greedy,broken,shallow-vgg", "--size", "16", "--epochs", "1",
        "--out", out,
    )  # fmt: skip
    assert status == 1
    assert err.splitlines() == [
        "convolens: compare: 3 of 4 networks were not trained (conv-model, greedy, broken); conv-model: conv-model: an input "
        "of 16 x 16 pixels is too small; the smallest is 22 x 22. Use larger images, or scale them up."
    ]
    rows = rows_of(out)
    assert "the smallest is 22 x 22" in rows["conv-model"]["reason"]
    assert rows["greedy"]["reason"] == "there was not enough memory"
    assert rows["broken"]["reason"] == "TypeError: a mistake in an architecture"
    assert float(rows["shallow-vgg"]["validation_accuracy"]) > 0.3
    assert "not trained: there was not enough memory" in (out / "compare.html").read_text()
    assert (out / "compare.png").is_file()
    assert "greedy was not trained: there was not enough memory" in printed


def test_what_the_preflight_refuses(small_data, tmp_path, monkeypatch):
    """On a machine of 10 MB one network has room, the other has not."""
    monkeypatch.setattr(measure, "machine_memory", lambda: 1e7)
    options = TrainOptions(small_data, size=32, epochs=1, out=tmp_path / "c")
    found = runs.compare(runs.CompareOptions(BOTH, options), QUIET)
    assert [row.name for row in found.failed] == ["shallow-vgg"]
    assert "has 2,164,771 parameters and needs 0 GiB of memory" in found.failed[0].reason


def test_a_loss_that_is_no_number(small_data, tmp_path):
    options = TrainOptions(small_data, size=24, epochs=1, recipe="lecture", learning_rate=1e30, out=tmp_path / "c")  # fmt: skip
    found = runs.compare(runs.CompareOptions(BOTH, options), QUIET)
    assert len(found.failed) == 2
    assert "the loss became NaN or infinite in epoch 1" in found.failed[0].reason
    assert not (tmp_path / "c" / "compare.png").exists()
    assert (tmp_path / "c" / "compare.html").is_file()


COMMAND = ["--models", ",".join(BOTH), "--size", "24", "--epochs", "4", "--batch-size", "8", "--checkpoint-steps", "2", "--threads", "1"]  # fmt: skip


def start(data, out, *more):
    command = [sys.executable, "-m", "convolens", "compare", str(data), *COMMAND, "--out", str(out), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_killed_and_gone_on_with(small_data, tmp_path):
    """kill -9 in the first network and again in the second, SIGTERM too: the weights are those of a whole comparison."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert call("compare", small_data, *COMMAND, "--out", whole)[0] == 0
    for name, how in ((BOTH[0], signal.SIGKILL), (BOTH[1], signal.SIGKILL), (BOTH[1], signal.SIGTERM)):
        process = start(small_data, killed, "--resume")
        before = {path.name for path in killed.glob(f"{name}/checkpoints/state-*")}
        while before >= {path.name for path in killed.glob(f"{name}/checkpoints/state-*")}:
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.01)
        os.kill(process.pid, how)
        printed, _ = process.communicate(timeout=60)
        if how is signal.SIGKILL:
            assert process.returncode == -9
        else:
            assert process.returncode == 75, printed
            assert "ended by SIGTERM while conv-model was trained; all is saved, the same command with --resume goes on." in printed  # fmt: skip
        assert not (killed / "compare.csv").exists()
    first_trained = (killed / BOTH[0] / "checkpoints" / "best.safetensors").stat().st_mtime_ns
    process = start(small_data, killed, "--resume")
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    assert "Was trained before." in printed
    assert (killed / BOTH[0] / "checkpoints" / "best.safetensors").stat().st_mtime_ns == first_trained
    for name in BOTH:
        for file in ("best.safetensors", "last.safetensors"):
            one, other = (place / name / "checkpoints" / file for place in (whole, killed))
            assert one.read_bytes() == other.read_bytes()
    same = ("validation_accuracy", "validation_loss", "epochs", "training_multiply_accumulates", "parameters")
    for name, row in rows_of(whole).items():
        assert [row[column] for column in same] == [rows_of(killed)[name][column] for column in same]
    assert sorted(path.name for path in killed.iterdir()) == sorted(path.name for path in whole.iterdir())


def test_ctrl_c_keeps_what_there_is(small_data, tmp_path, monkeypatch):
    from convolens.training.step import Step

    train, left = Step.train, [16]

    def pressed(self, batch):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        train(self, batch)

    monkeypatch.setattr(Step, "train", pressed)
    arguments = ["compare", small_data, *COMMAND, "--epochs", "2", "--out", tmp_path / "c"]
    status, out, err = call(*arguments)
    assert (status, err) == (130, "convolens: interrupted.\n")
    assert "Interrupted in shallow-vgg; the same command with --resume goes on." in out
    status, out, _ = call(*arguments, "--resume")
    assert status == 0
    assert rows_of(tmp_path / "c")["shallow-vgg"]["epochs"] == "2"


def bad(small_data):
    yield ["--models", "shallow-vvg"], "compare: unknown model 'shallow-vvg'. Did you mean 'shallow-vgg'?"
    yield ["--models", "shallow-vgg,shallow-vgg"], "compare: shallow-vgg is named twice in --models"
    yield ["--models", ","], "compare: no model is named; give --models with some of alexnet, conv-model, "
    yield [], "Missing option '--models'"
    yield ["--models", "conv-model", "--seconds", "0"], "compare: seconds must be above 0; received 0.0."
    yield ["--models", "conv-model", "--operations", "-1"], "compare: operations must be a number in [0, inf)"
    yield ["--models", "conv-model", "--epochs", "0"], "epochs must be an integer of at least 1"
    yield (
        ["--models", "conv-model", "--epochs", "2", "--seconds", "3"],
        "compare: --epochs and --seconds are two budgets; give one of them.",
    )
    yield ["--models", "conv-model", "--augment", "all"], "--augment must be recipe or none"
    yield ["--models", "conv-model", "--batch-size", "4000"], "batch_size 4000 is larger than the"
    yield ["--models", "conv-model", "--operations", "1e30"], "the limit would last for"


def test_bad_input_is_one_line_and_exit_2(small_data, tmp_path):
    for number, (flags, words) in enumerate(bad(small_data)):
        status, _, err = call("compare", small_data, "--size", "24", "--out", tmp_path / f"c{number}", *flags)
        assert (status, len(err.splitlines())) == (2, 1), (flags, err)
        assert words in err, (flags, err)
    status, _, err = call("compare", tmp_path / "none", "--models", "conv-model")
    assert (status, "no such folder" in err) == (2, True)


def test_a_folder_that_is_taken_or_of_other_settings(small_data, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    options = TrainOptions(small_data, size=8, epochs=1, out=mine)

    def compared(models=("shallow-vgg",), **changed):
        return runs.compare(runs.CompareOptions(models, replace(options, **changed)), QUIET)

    with pytest.raises(ArgumentError, match=r"compare: .*mine is taken; name another folder by --out\.$"):
        compared()
    with pytest.raises(ArgumentError, match=r"mine holds no compare\.toml, so it is no comparison to go on"):
        compared(resume=True)
    out = tmp_path / "c"
    compared(out=out, resume=True)  # nothing there yet: begins
    with pytest.raises(ArgumentError, match=r"is taken; name another folder by --out or give --resume to go"):
        compared(out=out)
    with pytest.raises(
        ArgumentError, match=r"begun with other settings: epochs, models, seed differ; type the same"
    ):
        compared(models=BOTH, out=out, resume=True, epochs=2, seed=3)
    next(small_data.rglob("*.png")).touch()  # the same content still
    compared(out=out, resume=True)
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        compared(out=small_data / "c")


def test_other_photos_are_refused(tmp_path):
    from images import folders, photo

    data = folders(tmp_path / "data", {"dark": 12, "light": 12})
    options = runs.CompareOptions(["shallow-vgg"], TrainOptions(data, size=8, epochs=1, out=tmp_path / "c", resume=True))  # fmt: skip
    runs.compare(options, QUIET)
    photo(77).save(data / "dark" / "new.png")
    with pytest.raises(ArgumentError, match="begun with other settings: the photos differ"):
        runs.compare(options, QUIET)
