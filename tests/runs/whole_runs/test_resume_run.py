"""A run goes on from its folder: killed, stopped, finished, moved, extended or branched from."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given
from rich.console import Console
from safetensors.numpy import load_file

from convolens import runs
from convolens.augmentation import Augmentation
from convolens.callbacks import Callback
from convolens.checkpoints.state import list_states, read_state
from convolens.errors import (
    ArgumentError,
    BusyError,
    CheckpointError,
    DataError,
    MissingFileError,
    ShapeError,
)
from convolens.files.lock import NAME, locked
from convolens.models import Model
from convolens.runs.folder.record import Record, plain, read_record
from convolens.runs.output.screen import Screen
from convolens.runs.settings.options import RECIPES, resolve
from images import folders, photo


class Killed(BaseException):
    """Ends a run as a crash does."""


def quick(data: Path, out: Path, **options: Any) -> runs.TrainOptions:
    return runs.TrainOptions(
        **({"data": data, "out": out, "size": 8, "epochs": 3, "batch_size": 16} | options)
    )


def said(call: Any, *arguments: Any) -> tuple[Any, str]:
    """Return a result and what was printed."""
    screen = Screen(console=Console(record=True, width=300, force_terminal=False))
    result = call(*arguments, screen=screen)
    return result, screen.console.export_text()


class Before(Callback):
    """Does something before a step, counted from 1 over what is trained in this call."""

    def __init__(self, step: int, act: Callable[[Any], None]) -> None:
        super().__init__()
        self.left, self.act = step, act

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if self.left == 0:
            self.act(self.model)


def before_step(step: int, act: Callable[[Any], None], call: Any, *arguments: Any) -> None:
    """Train or resume with one more callback, which is expected to let it die."""
    fit = Model.fit

    def watched(self: Any, *given: Any, callbacks: Any, **options: Any) -> Any:
        return fit(self, *given, callbacks=[*callbacks, Before(step, act)], **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "fit", watched)
        with pytest.raises(Killed):
            call(*arguments, screen=Screen(quiet=True))


def die(model: Any) -> None:
    raise Killed


def kill_at(step: int, call: Any, *arguments: Any) -> None:
    """Let a run die before its step of that number."""
    before_step(step, die, call, *arguments)


def same_end(one: Path, other: Path) -> bool:
    names = ["history.csv", "checkpoints/best.safetensors", "checkpoints/last.safetensors", "predictions.csv"]
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def epochs_of(run: Path) -> list[str]:
    with (run / "history.csv").open(newline="") as file:
        return [row["epoch"] for row in csv.DictReader(file)]


def rates_of(run: Path) -> list[float]:
    with (run / "history.csv").open(newline="") as file:
        return [float(row["learning_rate"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    "step", [1, pytest.param(4, marks=pytest.mark.soak), 8, pytest.param(14, marks=pytest.mark.soak)]
)
def test_resume_ends_as_if_nothing_had_been(
    step: int, small_data: Path, small_run: runs.TrainResult, tmp_path: Path
) -> None:
    """Killed before the first step too, when no state is there yet."""
    out = tmp_path / "run"
    kill_at(step, runs.train, quick(small_data, out))
    result, text = said(runs.resume, out)
    assert same_end(out, small_run.folder.path)
    assert (f"Going on from {out}" in text) == (step > 5)
    assert ("No state was written yet" in text) == (step <= 5)
    assert result.outcome.best_epoch == small_run.outcome.best_epoch
    assert result.outcome.scores.accuracy == small_run.outcome.scores.accuracy


def test_what_is_ahead_of_the_state_is_taken_back(
    small_data: Path, small_run: runs.TrainResult, tmp_path: Path
) -> None:
    """Killed after an epoch's files and before its state; another future is not left lying about."""
    out = tmp_path / "run"
    kill_at(8, runs.train, quick(small_data, out, checkpoint_steps=2))
    folder = runs.RunFolder(out)
    best = folder.best.read_bytes()
    folder.best.unlink()
    folder.best.write_bytes(b"of an epoch that is not yet")
    folder.last.write_bytes(b"half")
    folder.history.write_text("epoch,loss\n1,2\n2,3\n")
    (folder.checkpoints / ".last.0a1b2c3d.safetensors").write_bytes(b"")
    kill_at(1, runs.resume, out)
    assert folder.best.read_bytes() == best
    assert epochs_of(out) == ["1"]
    runs.resume(out, screen=Screen(quiet=True))
    assert same_end(out, small_run.folder.path)
    assert not list(out.rglob(".*"))


def test_resume_of_a_finished_run_says_so(small_run: runs.TrainResult, tmp_path: Path) -> None:
    out = Path(shutil.copytree(small_run.folder.path, tmp_path / "run"))
    history = (out / "history.csv").read_bytes()
    result, text = said(runs.resume, out)
    assert f"All 3 epochs are done; `convolens resume {out} --epochs N` adds more." in text
    assert result.outcome.epochs == 3
    assert (out / "history.csv").read_bytes() == history
    assert same_end(out, small_run.folder.path)


def test_train_resume_goes_on_begins_or_begins_another(
    small_data: Path, small_run: runs.TrainResult, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    options = quick(small_data, out, resume=True)
    kill_at(8, runs.train, options)
    _, text = said(runs.train, options)
    assert "Going on from" in text
    assert same_end(out, small_run.folder.path)
    other, text = said(runs.train, quick(small_data, out, resume=True, seed=1, batch_size=8, epochs=1))
    assert f"{out}: is not gone on with, for batch_size, epochs, seed differ." in text
    assert other.folder.path == tmp_path / "run-2"
    again, text = said(
        runs.train, quick(small_data, out, resume=True, seed=1, batch_size=8, epochs=1, keep=1)
    )
    assert again.folder.path == tmp_path / "run-2"
    assert "All 1 epochs are done" in text
    more = folders(tmp_path / "more", {"dark": 30, "light": 30, "middling": 31})
    third, text = said(runs.train, quick(more, out, resume=True, epochs=3))
    assert f"{out}: is not gone on with, for the photos differ." in text
    assert third.folder.path == tmp_path / "run-3"
    (tmp_path / "run-4").mkdir()
    assert f"{tmp_path / 'run-4'}: holds no whole run.toml" in said(runs.train, options)[1]


def test_photos_that_moved_or_changed(tmp_path: Path) -> None:
    data, out = folders(tmp_path / "data", {"a": 20, "b": 20}), tmp_path / "run"
    kill_at(4, runs.train, quick(data, out))
    moved = data.rename(tmp_path / "moved")
    with pytest.raises(
        MissingFileError, match=r"data: the photos of the run are no longer there; say where .* --data DIR"
    ):
        runs.resume(out)
    kill_at(2, runs.resume, out, runs.ResumeOptions(data=moved))
    assert read_record(runs.RunFolder(out)).tables["data"]["path"] == str(moved)
    photo(9).save(moved / "a" / "new.png")
    with pytest.raises(
        DataError, match=r"moved: these are not the photos of the run \(\d+ to learn from.*--branch-from"
    ) as raised:
        runs.resume(out)
    assert "\n" not in str(raised.value)
    (moved / "a" / "new.png").unlink()
    assert runs.resume(out, screen=Screen(quiet=True)).outcome.epochs == 3
    val = folders(tmp_path / "val", {"a": 4, "b": 4})
    kill_at(4, runs.train, quick(moved, tmp_path / "two", validation=val))
    val.rename(tmp_path / "elsewhere")
    with pytest.raises(
        MissingFileError,
        match="the validation photos of the run are no longer there; say where they are by --val",
    ):
        runs.resume(tmp_path / "two")
    asked = runs.ResumeOptions(validation=tmp_path / "elsewhere")
    assert runs.resume(tmp_path / "two", asked, Screen(quiet=True)).outcome.epochs == 3


def test_no_run_and_damaged_ones(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nowhere: no such run folder; `convolens train` makes one"):
        runs.resume(tmp_path / "nowhere")
    with pytest.raises(MissingFileError, match=r"run\.toml: no such file, so this is no run"):
        runs.resume(tmp_path)
    out = tmp_path / "run"
    kill_at(14, runs.train, quick(small_data, out))
    record = (out / "run.toml").read_text()
    for text, words in (
        ("x = ", "not readable as TOML"),
        ("x = 1", r"\[settings\] epochs is missing"),
        (record.replace('model = "shallow-vgg"', 'model = "shallow-vgh"'), "unknown model 'shallow-vgh'"),
        (
            record.replace("batch_size = 16", "batch_size = 16\nbatch_sizes = 3"),
            r"incomplete or of another version .*batch_sizes",
        ),
        (
            record.replace("rotation_range = 10.0", 'rotation_range = "wide"'),
            "incomplete or of another version .*rotation_range",
        ),
    ):
        (out / "run.toml").write_text(text)
        with pytest.raises((CheckpointError, ArgumentError), match=words) as raised:
            runs.resume(out)
        assert "\n" not in str(raised.value)
    (out / "run.toml").write_text(record)
    newest, before = list_states(out / "checkpoints")
    (newest / "tensors.safetensors").write_bytes(b"")
    _, text = said(runs.resume, out)
    assert f"{newest}/tensors.safetensors: damaged" in text
    assert f"Going on from {before}" in text
    for place in list_states(out / "checkpoints"):
        (place / "state.json").unlink()
    with pytest.raises(CheckpointError, match="checkpoints: holds no whole state to go on from"):
        said(runs.resume, out)


def test_threads_are_those_of_before(small_data: Path, small_run: runs.TrainResult, tmp_path: Path) -> None:
    out = tmp_path / "run"
    kill_at(8, runs.train, quick(small_data, out))
    torch.set_num_threads(2)
    try:
        with pytest.raises(CheckpointError, match=r"threads 1 there, 2 here\. The end would not .* --anyway"):
            runs.resume(out, runs.ResumeOptions(threads=2), Screen(quiet=True))
        assert read_record(runs.RunFolder(out)).tables["settings"]["threads"] == 1, "refused, so not noted"
        _, text = said(runs.resume, out)
        assert "1 thread, as before" in text
        assert same_end(out, small_run.folder.path)
        asked = runs.ResumeOptions(threads=2, anyway=True, epochs=4)
        assert (
            "The end will not be the same to the bit: threads 1 there, 2 here."
            in said(runs.resume, out, asked)[1]
        )
    finally:
        torch.set_num_threads(1)


def test_more_epochs_stretch_the_schedule(
    small_data: Path, small_run: runs.TrainResult, tmp_path: Path
) -> None:
    out, whole = tmp_path / "run", tmp_path / "whole"
    shutil.copytree(small_run.folder.path, out)
    with pytest.raises(ArgumentError, match="--epochs 2 is fewer than the 3 of the run; give more"):
        runs.resume(out, runs.ResumeOptions(epochs=2))
    before = rates_of(out)
    result, text = said(runs.resume, out, runs.ResumeOptions(epochs=5))
    assert (
        "5 epochs instead of 3; from here on the learning rate is that of a one-cycle over all 5 epochs: 0.00"
        in text
    )
    assert result.outcome.epochs == 5
    assert epochs_of(out) == ["1", "2", "3", "4", "5"]
    runs.train(quick(small_data, whole, epochs=5), Screen(quiet=True))
    assert rates_of(out) == before + rates_of(whole)[3:]
    record = read_record(runs.RunFolder(out))
    assert record.tables["extended"] == [{"after_epoch": 3, "epochs_before": 3, "epochs": 5}]
    assert record.epochs == 5
    assert "All 5 epochs are done" in said(runs.resume, out)[1]


def test_branched_with_dropout_and_killed_before_its_first_state(small_data: Path, tmp_path: Path) -> None:
    """Reading the parent again draws nothing that the branch's dropout would miss."""
    from_ = quick(small_data, tmp_path / "parent", model="conv-model", size=24, epochs=1)
    runs.train(from_, Screen(quiet=True))
    branch = {"model": "conv-model", "size": 24, "epochs": 1, "branch_from": tmp_path / "parent"}
    runs.train(quick(small_data, tmp_path / "whole", **branch), Screen(quiet=True))
    kill_at(2, runs.train, quick(small_data, tmp_path / "killed", **branch))
    runs.resume(tmp_path / "killed", screen=Screen(quiet=True))
    assert same_end(tmp_path / "whole", tmp_path / "killed")
    states = [
        list_states(tmp_path / run / "checkpoints")[0] / "tensors.safetensors" for run in ("whole", "killed")
    ]
    assert states[0].read_bytes() == states[1].read_bytes(), "the generators too"


def test_an_extension_is_killed_and_goes_on_too(small_data: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    flat = quick(small_data, one, recipe="lecture", augmentation={"rotation_range": 9.0})
    shutil.copytree(runs.train(flat, Screen(quiet=True)).folder.path, two)
    _, text = said(runs.resume, one, runs.ResumeOptions(epochs=5))
    assert "5 epochs instead of 3; the learning rate stays." in text
    kill_at(1, runs.resume, two, runs.ResumeOptions(epochs=5))
    kill_at(7, runs.resume, two)
    runs.resume(two, screen=Screen(quiet=True))
    assert same_end(one, two)


def test_early_stopping_ends_and_more_epochs_go_on(small_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = quick(
        small_data, out, recipe="lecture", learning_rate=1e-9, monitor="val_accuracy", patience=1, epochs=9
    )
    result, text = said(runs.train, options)
    assert epochs_of(out) == ["1", "2"]
    assert "Ended after epoch 2: 1 epochs without a better val_accuracy" in text
    assert result.outcome.best_epoch == 1, "of two equal ones the first"
    assert "All 2 epochs are done" in said(runs.resume, out)[1]
    assert "Ended after epoch 3" in said(runs.resume, out, runs.ResumeOptions(epochs=10))[1]
    assert epochs_of(out) == ["1", "2", "3"]
    page = (out / "report.html").read_text()
    assert "with the weights of epoch 1 of 3, where val_accuracy\nwas largest (" in page
    assert json.loads((out / "results.json").read_text())["monitor"] == "val_accuracy"


@pytest.mark.parametrize("keep", [1, 3])
def test_keep(keep: int, small_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    runs.train(quick(small_data, out, keep=keep, checkpoint_steps=2, epochs=2), Screen(quiet=True))
    names = ["state-0002-000010", "state-0001-000009", "state-0001-000007"]
    assert [path.name for path in list_states(out / "checkpoints")] == names[:keep]
    assert (out / "checkpoints" / "best.safetensors").is_file()


def test_minutes(small_data: Path, tmp_path: Path) -> None:
    runs.train(
        quick(small_data, tmp_path / "run", keep=99, checkpoint_minutes=0.0, epochs=1), Screen(quiet=True)
    )
    assert len(list_states(tmp_path / "run" / "checkpoints")) == 6  # after each of 5 steps, and the epoch
    with pytest.raises(ArgumentError, match="checkpoint_minutes must be a number in"):
        runs.train(quick(small_data, tmp_path / "x", checkpoint_minutes=-1.0))


PROGRAM = """
import sys, time
from pathlib import Path
from convolens.callbacks import LambdaCallback
from convolens.cli import main
from convolens.models import Model
sign, fit, steps = Path(sys.argv[1]), Model.fit, []
def wait(batch, logs):
    steps.append(batch)
    if len(steps) == 8:
        sign.touch()
        while sign.exists():
            time.sleep(0.02)
def slow(self, *arguments, callbacks, **options):
    return fit(self, *arguments, callbacks=[*callbacks, LambdaCallback(on_train_batch_end=wait)], **options)
Model.fit = slow
main(sys.argv[2:])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to be heard")
def test_sigterm_and_a_second_process(small_data: Path, small_run: runs.TrainResult, tmp_path: Path) -> None:
    """A process in the middle of a run: another one is refused; SIGTERM lets it save and end with 75."""
    out, sign = tmp_path / "run", tmp_path / "sign"
    arguments = [
        "train",
        str(small_data),
        "--size",
        "8",
        "--epochs",
        "3",
        "--batch-size",
        "16",
        "--threads",
        "1",
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(sign), *arguments, "--out", str(out)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not sign.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    with pytest.raises(
        BusyError, match=rf"run: process {process.pid} is at work in this folder; wait until"
    ) as raised:
        runs.resume(out)
    assert "\n" not in str(raised.value)
    process.send_signal(signal.SIGTERM)
    sign.unlink()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 75, errors
    assert errors == (
        f"convolens: ended by SIGTERM after 1 epochs and 3 batches; all is saved, `convolens resume {out}` goes on.\n"
    )
    assert not (out / NAME).exists()
    assert read_state(list_states(out / "checkpoints")[0]).name == "state-0001-000008"
    runs.resume(out, screen=Screen(quiet=True))
    assert same_end(out, small_run.folder.path)


def test_a_dead_process_holds_no_lock(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from convolens.files.lock import locked\n"
        "with locked(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program, tmp_path]).returncode == -signal.SIGKILL
    assert (tmp_path / NAME).read_text().isdigit()
    with locked(tmp_path):
        assert (tmp_path / NAME).read_text() == str(os.getpid())
        with pytest.raises(BusyError, match=f"process {os.getpid()} is at work"), locked(tmp_path):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def none(*arguments: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    told: list[str] = []
    with locked(tmp_path, told.append):
        pass
    assert told == [
        f"{tmp_path}: this file system has no locks (No locks available); start no second process in it."
    ]


# -- the record


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(["shallow-vgg", "conv-model"]),
        "size": st.integers(32, 64),
        "recipe": st.sampled_from(sorted(RECIPES)),
        "epochs": st.integers(1, 99),
        "batch_size": st.integers(1, 99),
        "optimizer": st.sampled_from(["sgd", "Adam", "rmsprop"]),
        "learning_rate": st.floats(0, 1),
        "augment": st.booleans(),
        "validation": st.just(Path("val")),
        "validation_split": st.floats(0.01, 0.9),
        "group_by": st.text("a(.*)\\d", max_size=5),
        "balance": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
        "monitor": st.sampled_from(["val_loss", "accuracy"]),
        "patience": st.integers(1, 9),
        "threads": st.integers(1, 4),
        "kfold": st.integers(2, 9),
        "checkpoint_minutes": st.floats(0, 100),
        "keep": st.integers(1, 5),
        "augmentation": st.fixed_dictionaries(
            {},
            optional={
                "zoom_range": st.just((0.8, 1.1)) | st.floats(0, 0.5),
                "width_shift_range": st.just([0.1, 0.3]) | st.just(5) | st.floats(0, 0.5),
                "colour_jitter": st.just((0.2, 0.2, 0.2, 0.1)),
                "randaugment": st.just((2, 9.0)),
                "brightness_range": st.just((0.5, 1.5)),
                "horizontal_flip": st.booleans(),
            },
        ),
    },
)  # fmt: skip


@given(OPTIONS)
def test_run_toml_gives_the_settings_back(options: dict[str, Any]) -> None:
    """As if the user had asked for them."""
    settings = resolve(runs.TrainOptions(Path("photos"), **options))
    record = Record(Path("run.toml"), {"settings": plain(settings), "data": {}})
    again = resolve(record.options())
    assert plain(again) == plain(settings)
    assert record.differences(again) == []
    assert again.augmentation == Augmentation(**vars(settings.augmentation))
    assert again.schedule == settings.schedule


# -- branches


def first_weights(options: runs.TrainOptions) -> dict[str, np.ndarray]:
    """Return the weights with which a run begins; it is killed before its first step."""
    found: dict[str, np.ndarray] = {}

    def look(model: Any) -> None:
        found.update({name: t.numpy(force=True).copy() for name, t in model.module.state_dict().items()})
        raise Killed

    before_step(1, look, runs.train, options)
    return found


def test_a_branch_keeps_the_outputs_of_known_classes(
    small_data: Path, small_run: runs.TrainResult, tmp_path: Path
) -> None:
    more = folders(tmp_path / "data", {"dark": 20, "brand-new": 20, "middling": 20})
    parent = small_run.folder
    for select in ("best", "last"):
        out = tmp_path / select
        options = runs.TrainOptions(
            more, out=out, epochs=1, learning_rate=1e-4, branch_from=parent.path, select=select
        )
        begun = first_weights(options)
        weights = load_file(parent.weights(select))
        assert set(begun) == set(weights)
        *body, weight, bias = begun
        for name in body:
            np.testing.assert_array_equal(begun[name], weights[name])
        # brand-new, dark, middling here; dark, light, middling there
        for here, there in ((1, 0), (2, 2)):
            np.testing.assert_array_equal(begun[weight][here], weights[weight][there])
            assert begun[bias][here] == weights[bias][there]
        assert not any((begun[weight][0] == row).all() for row in weights[weight])
    record = tomllib.loads((out / "run.toml").read_text())
    assert record["parent"]["path"] == str(parent.path)
    assert record["parent"]["select"] == "last"
    assert record["parent"]["classes"] == ["dark", "light", "middling"]
    assert record["parent"]["fingerprint"] == read_record(parent).fingerprint
    assert record["settings"]["size"] == [8, 8], "of the parent"
    result, _ = said(runs.resume, out)  # killed before its first state
    assert result.outcome.epochs == 1


def test_a_branch_says_what_it_takes(small_data: Path, small_run: runs.TrainResult, tmp_path: Path) -> None:
    more = folders(tmp_path / "data", {"dark": 20, "new": 20})
    options = runs.TrainOptions(more, out=tmp_path / "run", epochs=1, branch_from=small_run.folder.path)
    result, text = said(runs.train, options)
    assert f"weights: best of {small_run.folder.path}" in text
    assert "the outputs of dark are kept; new: new; gone: light, middling" in text
    assert json.loads(result.folder.model.read_text())["preprocessing"]["size"] == [8, 8]


def test_two_classes_become_three_without_a_change_of_what_was_learnt(tmp_path: Path) -> None:
    """One sigmoid is a softmax of two outputs, one of them zero."""
    two = folders(tmp_path / "two", {"a": 20, "c": 20})
    parent = runs.train(
        quick(two, tmp_path / "parent", model="conv-model", size=22, epochs=2), Screen(quiet=True)
    )
    three = folders(tmp_path / "three", {"a": 20, "b": 20, "c": 20})
    options = runs.TrainOptions(three, out=tmp_path / "run", epochs=1, branch_from=parent.folder.path)
    begun = first_weights(options)
    weights = load_file(parent.folder.best)
    *_, weight, bias = begun
    assert begun[weight].shape[0] == 3
    assert not begun[weight][0].any()
    assert begun[bias][0] == 0
    np.testing.assert_array_equal(begun[weight][2], weights[weight][0])
    back = runs.TrainOptions(two, out=tmp_path / "back", epochs=1, branch_from=tmp_path / "run")
    runs.resume(tmp_path / "run", screen=Screen(quiet=True))
    trained = load_file(tmp_path / "run" / "checkpoints" / "best.safetensors")
    begun = first_weights(back)
    np.testing.assert_array_equal(begun[weight][0], trained[weight][2] - trained[weight][0])


def test_a_branch_that_does_not_fit(small_data: Path, small_run: runs.TrainResult, tmp_path: Path) -> None:
    for options, kind, words in (
        (
            {"size": 16},
            ShapeError,
            r"the weights of .* do not fit \(.* differs\).*leave them out to take the parent's",
        ),
        ({"branch_from": tmp_path}, MissingFileError, "holds no model.json"),
        ({"select": "worst"}, ArgumentError, "which must be one of 'best', 'last'"),
    ):
        asked = {"data": small_data, "out": tmp_path / "run", "branch_from": small_run.folder.path} | options
        with pytest.raises(kind, match=words) as raised:
            runs.train(runs.TrainOptions(**asked), Screen(quiet=True))
        assert "\n" not in str(raised.value)
        assert not (tmp_path / "run").exists()


def test_a_branch_whose_parent_has_changed(small_data: Path, tmp_path: Path) -> None:
    runs.train(quick(small_data, tmp_path / "parent", epochs=1), Screen(quiet=True))
    options = runs.TrainOptions(small_data, out=tmp_path / "run", epochs=1, branch_from=tmp_path / "parent")
    first_weights(options)
    (tmp_path / "parent").rename(tmp_path / "away")
    with pytest.raises(
        CheckpointError, match=r"run\.toml: the run it branched from cannot be read .*parent: no such run"
    ):
        runs.resume(tmp_path / "run", screen=Screen(quiet=True))
    (tmp_path / "away").rename(tmp_path / "parent")
    best = tmp_path / "parent" / "checkpoints" / "best.safetensors"
    best.write_bytes(
        (tmp_path / "parent" / "checkpoints" / "state-0001-000005" / "best.safetensors").read_bytes()[:-1]
        + b"!"
    )
    with pytest.raises(
        CheckpointError,
        match=r"run\.toml: the weights of .*parent have changed since this run branched from them; branch anew",
    ):
        runs.resume(tmp_path / "run", screen=Screen(quiet=True))
