"""The number of threads of a run: one is tried against all, the verdict is noted before the first step, and kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from convolens import runs
from convolens.applications import build
from convolens.callbacks import Callback
from convolens.checkpoints.state import newest_state
from convolens.models import Model
from convolens.optimizers import SGD
from convolens.runs.folder.record import read_record
from convolens.runs.output.screen import Screen
from convolens.runs.preflight import threads as threads_module
from convolens.runs.preflight.threads import (
    DECISIVE,
    ThreadComparison,
    choose_threads,
    compare_threads,
    threads_put_back,
)
from convolens.runs.settings.options import resolve
from convolens.runs.several.kfold import fold_run

ALWAYS, NEVER = 0.0, float("inf")  # how many times as fast one thread must be


class Killed(BaseException):
    """Ends a run as a crash does."""


@pytest.fixture
def two_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a user's machine of two cores, who said nothing."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads_module, "TURN", 0.01)
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def told_one(small_data: Path) -> Path:
    """A whole run that was told to take one thread."""
    runs.train(quick(small_data, small_data.parent / "told-one", 1), Screen(quiet=True))
    return small_data.parent / "told-one"


def make_model() -> Model:
    model = build("shallow-vgg", (8, 8, 3), 3)
    model.compile(SGD(0.01), loss="sparse_categorical_crossentropy")
    return model


def quick(data: Path, out: Path, threads: int | None = None) -> runs.TrainOptions:
    return runs.TrainOptions(data, out=out, size=8, epochs=2, batch_size=16, threads=threads)


class Dies(Callback):
    """Ends the training before a step, counted from 1."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.left = step

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


def kill_at(step: int, options: runs.TrainOptions) -> None:
    """Let a run die before its step of that number."""
    fit = Model.fit

    def watched(self, *given, callbacks, **more):
        return fit(self, *given, callbacks=[*callbacks, Dies(step)], **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "fit", watched)
        with pytest.raises(Killed):
            runs.train(options, Screen(quiet=True))


def said(call, *arguments) -> str:
    """Return what was printed."""
    screen = Screen(console=Console(record=True, width=300, force_terminal=False))
    call(*arguments, screen=screen)
    return screen.console.export_text()


def numbers_of(run: Path) -> tuple[int, int, int]:
    """Return the number of threads in the settings, in the environment, and in the newest state."""
    folder = runs.RunFolder(run)
    tables = read_record(folder).tables
    state = newest_state(folder.checkpoints, pytest.fail)[1]
    return tables["settings"]["threads"], tables["environment"]["threads"], state.environment["threads"]


def same_end(one: Path, other: Path) -> bool:
    names = ["history.csv", "checkpoints/best.safetensors", "checkpoints/last.safetensors", "predictions.csv"]
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


@given(threads=st.integers(2, 64), one=st.floats(0.1, 1e4), every=st.floats(0.1, 1e4))
def test_one_thread_must_be_decisively_faster(threads: int, one: float, every: float) -> None:
    found = ThreadComparison(threads, one, every)
    assert found.threads == (1 if one / every >= DECISIVE else threads)
    assert found.line.startswith("1 thread:" if found.threads == 1 else f"{threads} threads:")


def test_what_was_not_tried_stays() -> None:
    assert (ThreadComparison(1).threads, ThreadComparison(1).line) == (1, "1 thread")
    assert (ThreadComparison(4).threads, ThreadComparison(4).line) == (4, "4 threads")


def test_comparing_leaves_no_trace(two_threads: None) -> None:
    random = np.random.default_rng(0)
    batches = [(random.random((8, 8, 8, 3), dtype=np.float32), np.arange(8) % 3) for _ in range(2)]
    state = torch.get_rng_state()
    found = compare_threads(make_model, batches, seconds=0.1)
    assert found.all_threads == 2
    assert found.one_speed > 0
    assert found.all_speed > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == 2


def test_long_steps_are_tried_with_a_part_of_the_batch(
    two_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    train = Model.train_on_batch

    def watched(self, x, y):
        sizes.append(len(x))
        return train(self, x, y)

    monkeypatch.setattr(Model, "train_on_batch", watched)
    monkeypatch.setattr(threads_module, "LONG_STEP", 0.0)
    batches = [(np.zeros((6, 8, 8, 3), np.float32), np.arange(6) % 3)]
    assert compare_threads(make_model, batches, seconds=0.01).times is not None
    assert sizes[:2] == [2, 6]
    assert set(sizes[2:]) == {2}


def test_what_the_user_said_holds(two_threads: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = resolve(runs.TrainOptions(tmp_path, device="cpu", threads=1))
    with threads_put_back():
        assert choose_threads(settings, pytest.fail, pytest.fail) == (1, "1 thread (--threads)")
        assert torch.get_num_threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert choose_threads(replace(settings, threads=None), pytest.fail, pytest.fail) == (
        2,
        "2 threads (OMP_NUM_THREADS)",
    )


@pytest.mark.parametrize(("decisive", "threads"), [(ALWAYS, 1), (NEVER, 2)])
def test_the_choice_is_noted_and_changes_nothing_else(
    two_threads: None, monkeypatch: pytest.MonkeyPatch, small_data: Path, told_one: Path, tmp_path: Path, decisive: float,
    threads: int,
) -> None:  # fmt: skip
    """The end is that of a run which was told the number; the process' own number is put back."""
    monkeypatch.setattr(threads_module, "DECISIVE", decisive)
    text = said(runs.train, quick(small_data, tmp_path / "chosen"))
    assert f"{threads} thread" in text
    assert "times as fast" in text
    assert f"(cpu, {threads} thread" in text
    assert numbers_of(tmp_path / "chosen") == (threads, threads, threads)
    assert torch.get_num_threads() == 2
    told = told_one
    if threads == 2:
        told = tmp_path / "told"
        runs.train(quick(small_data, told, 2), Screen(quiet=True))
    assert same_end(tmp_path / "chosen", told)


@pytest.mark.parametrize(
    ("by", "step"),
    [
        ("resume", 8),
        ("train --resume", 2),
        pytest.param("resume", 2, marks=pytest.mark.soak),
        pytest.param("train --resume", 8, marks=pytest.mark.soak),
    ],
)
def test_going_on_keeps_it(
    two_threads: None,
    monkeypatch: pytest.MonkeyPatch,
    small_data: Path,
    told_one: Path,
    tmp_path: Path,
    step: int,
    by: str,
) -> None:
    """Killed before the first state (step 2 of 5 an epoch) or behind it, on a machine that would now choose otherwise."""
    asked = quick(small_data, tmp_path / "run")
    monkeypatch.setattr(threads_module, "DECISIVE", ALWAYS)
    kill_at(step, asked)
    assert read_record(runs.RunFolder(tmp_path / "run")).tables["settings"]["threads"] == 1
    assert torch.get_num_threads() == 2
    monkeypatch.setattr(threads_module, "DECISIVE", NEVER)
    text = (
        said(runs.resume, tmp_path / "run")
        if by == "resume"
        else said(runs.train, replace(asked, resume=True))
    )
    assert "1 thread, as before" in text
    assert numbers_of(tmp_path / "run") == (1, 1, 1)
    assert same_end(tmp_path / "run", told_one)
    assert torch.get_num_threads() == 2


def test_another_number_before_the_first_state_is_noted(
    two_threads: None, small_data: Path, tmp_path: Path
) -> None:
    asked = quick(small_data, tmp_path / "run", 1)
    kill_at(1, asked)
    runs.train(replace(asked, threads=2, resume=True), Screen(quiet=True))
    assert numbers_of(tmp_path / "run")[::2] == (2, 2)
    assert "2 threads, as before" not in said(runs.resume, tmp_path / "run"), (
        "nothing refused, nothing changed"
    )


def test_all_folds_take_what_the_first_chose(
    two_threads: None, monkeypatch: pytest.MonkeyPatch, small_data: Path, tmp_path: Path
) -> None:
    """The first chooses one; from then on the others would choose two."""
    chosen = []

    def choose(make_model, batches, **_):
        chosen.append(1)
        return ThreadComparison(2, 3.0, 1.0) if len(chosen) == 1 else ThreadComparison(2, 1.0, 3.0)

    monkeypatch.setattr(threads_module, "compare_threads", choose)
    options = replace(quick(small_data, tmp_path / "run"), kfold=2, epochs=1)
    result = runs.kfold(options, Screen(quiet=True))
    assert [numbers_of(fold_run(result.folder, fold).path) for fold in (1, 2)] == [(1, 1, 1)] * 2
    assert len(chosen) == 1
    assert torch.get_num_threads() == 2
