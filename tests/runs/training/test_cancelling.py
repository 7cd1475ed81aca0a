"""A job that is cancelled: it ends as by SIGTERM, whatever it was doing, and goes on to the same bytes."""

import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from convolens import runs
from convolens.callbacks import Callback
from convolens.checkpoints.state import list_states, read_state
from convolens.errors import CancelledError, TerminatedError
from convolens.files import plain_json
from convolens.files.lock import NAME
from convolens.models import Model
from convolens.runs.output.events import Epoch, Event, Plan
from convolens.runs.output.screen import Advance, Screen
from learnt_photos import learnt_photos


class Countdown:
    """A cancel that is set from the NUMBERth time on that a job looks at it; counts how often that was."""

    def __init__(self, number: float = float("inf")) -> None:
        self.number, self.asked = number, 0

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked >= self.number


class AfterStep(Callback):
    """Has another thread set a cancel after a step, counted from 1."""

    def __init__(self, step: int, cancel: threading.Event) -> None:
        super().__init__()
        self.left, self.cancel = step, cancel

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if self.left == 0:
            thread = threading.Thread(target=self.cancel.set)
            thread.start()
            thread.join()


def quick(data: Path, out: Path, **options: Any) -> runs.TrainOptions:
    return runs.TrainOptions(
        **({"data": data, "out": out, "size": 8, "epochs": 3, "batch_size": 16, "threads": 1} | options)
    )


def quiet(listeners: Sequence[Callable[[Event], None]] = ()) -> Screen:
    return Screen(quiet=True, listeners=listeners)


def same_end(one: Path, other: Path) -> bool:
    names = ["history.csv", "checkpoints/best.safetensors", "checkpoints/last.safetensors", "predictions.csv"]
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


@pytest.fixture(scope="module")
def whole(small_run: runs.TrainResult) -> runs.TrainResult:
    """The undisturbed run, of the settings of `quick`."""
    return small_run


@pytest.mark.parametrize(
    ("step", "where"),
    [(2, "0 epochs and 2 batches"), (5, "0 epochs and 5 batches"), (7, "1 epochs and 2 batches")],
)
def test_cancelled_after_a_step_by_another_thread(
    step: int,
    where: str,
    small_data: Path,
    whole: runs.TrainResult,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The fifth is the last of the first epoch: its validation is left to the resuming."""
    out, cancel, fit = tmp_path / "run", threading.Event(), Model.fit

    def watched(self: Any, *given: Any, callbacks: Any, **options: Any) -> Any:
        return fit(self, *given, callbacks=[AfterStep(step, cancel), *callbacks], **options)

    with monkeypatch.context() as patch:
        patch.setattr(Model, "fit", watched)
        with pytest.raises(CancelledError) as raised:
            runs.train(quick(small_data, out), quiet(), cancel=cancel)
    assert str(raised.value) == f"cancelled after {where}; all is saved, `convolens resume {out}` goes on."
    assert not (out / NAME).exists()
    assert read_state(list_states(out / "checkpoints")[0]).step == step
    runs.resume(out, screen=quiet())
    assert same_end(out, whole.folder.path)


def test_a_listener_cancels_a_run_and_its_resuming(
    small_data: Path, whole: runs.TrainResult, tmp_path: Path
) -> None:
    """Each call trains one epoch."""
    out, heard = tmp_path / "run", []

    def one_epoch(call: Callable[..., Any], *arguments: Any) -> None:
        cancel = threading.Event()

        def listen(event: Event) -> None:
            heard.append(event)
            if isinstance(event, Epoch):
                cancel.set()

        with pytest.raises(CancelledError, match=r"cancelled after \d epochs; all is saved"):
            call(*arguments, screen=quiet([listen]), cancel=cancel)

    one_epoch(runs.train, quick(small_data, out))
    one_epoch(runs.resume, out)
    one_epoch(runs.resume, out)
    assert [event.number for event in heard if isinstance(event, Epoch)] == [1, 2, 3]
    assert not (out / "report.html").exists()
    runs.resume(out, screen=quiet())  # nothing is left to train, all is left to score
    assert same_end(out, whole.folder.path)


@pytest.mark.parametrize("number", [1, 2])
def test_ctrl_c_as_an_epoch_ends_keeps_it(number: int, small_data: Path, tmp_path: Path) -> None:
    """An epoch is told of before its weights are written."""

    def listen(event: Event) -> None:
        if isinstance(event, Epoch) and event.number == number:
            assert event.best
            raise KeyboardInterrupt

    folder = runs.train(quick(small_data, tmp_path / "run"), quiet([listen])).folder
    assert plain_json.read(folder.results)["best_epoch"] == number
    assert folder.best.read_bytes() == folder.last.read_bytes()


def test_sigterm_before_the_first_step(small_data: Path, whole: runs.TrainResult, tmp_path: Path) -> None:
    """A training that has told its plan ends politely, whatever it does before its first step."""

    def listen(event: Event) -> None:
        if isinstance(event, Plan):
            signal.raise_signal(signal.SIGTERM)

    out = tmp_path / "run"
    with pytest.raises(
        TerminatedError, match=r"^ended by SIGTERM after 0 epochs and 1 batches; all is saved"
    ):
        runs.train(quick(small_data, out), quiet([listen]))
    runs.resume(out, screen=quiet())
    assert same_end(out, whole.folder.path)
    tuned = tmp_path / "tuned"
    asked = (whole.folder.path, small_data, runs.FineTuning(head_epochs=1))
    with pytest.raises(TerminatedError) as raised:
        runs.finetune(*asked, quiet([listen]), out=tuned, epochs=2, batch_size=16, threads=1)
    assert str(raised.value) == f"ended by SIGTERM before the first step; `convolens resume {tuned}` goes on."
    assert runs.resume(tuned, screen=quiet()).folder.path == tuned


def go_on(options: runs.TrainOptions, **given: Any) -> runs.TrainResult:
    """Do the same again: from what is there, or from the beginning."""
    if options.out is not None and (options.out / "run.toml").is_file():
        return runs.resume(options.out, **given)
    return runs.train(options, **given)


@pytest.mark.parametrize("quarters", [(0, 2, 4), pytest.param((1, 3), marks=pytest.mark.soak)], ids=str)
def test_cancelled_at_any_time_it_goes_on_to_the_same_bytes(
    quarters: tuple[int, ...],
    small_data: Path,
    whole: runs.TrainResult,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While it reads photos, measures, trains; at the very end before it scores."""
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    never = Countdown()
    runs.train(quick(small_data, tmp_path / "counted"), quiet(), cancel=never)
    for quarter in quarters:
        monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / f"cache-{quarter}"))
        options = quick(small_data, tmp_path / f"run-{quarter}")
        with pytest.raises(CancelledError, match=r"^cancelled"):
            runs.train(options, quiet(), cancel=Countdown(1 + quarter * (never.asked - 1) // 4))
        leftovers = [path for path in tmp_path.rglob(".*") if path.suffix != ".lock"]
        assert leftovers == []
        result = go_on(options, screen=quiet())
        assert result.folder.path == options.out
        assert same_end(result.folder.path, whole.folder.path)


class CancelsAt(Screen):
    """Sets a cancel as work of a title begins."""

    def __init__(self, title: str, cancel: threading.Event) -> None:
        super().__init__(quiet=True)
        self.title, self.event = title, cancel

    def progress(self, title: str) -> AbstractContextManager[Advance]:
        if title == self.title:
            self.event.set()
        return super().progress(title)


def cancelled_at(title: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Expect a job to be cancelled in work of a title."""
    cancel = threading.Event()
    with pytest.raises(CancelledError, match=r"^cancelled; what was finished before is kept, the same again"):
        call(*arguments, screen=CancelsAt(title, cancel), cancel=cancel, **options)
    assert cancel.is_set()


def test_a_fine_tuning_is_cancelled_while_it_computes_features(
    small_data: Path, whole: runs.TrainResult, tmp_path: Path
) -> None:
    asked = (whole.folder.path, small_data, runs.FineTuning(head_epochs=1))
    options = {"epochs": 2, "batch_size": 16, "threads": 1}
    expected = runs.finetune(*asked, quiet(), out=tmp_path / "whole", **options)
    out = tmp_path / "run"
    cancelled_at("features of the validation photos", runs.finetune, *asked, out=out, **options)
    assert not list((out / "checkpoints").iterdir())
    cancelled_at("features of the training photos", runs.resume, out)
    cancelled_at("scoring the best epoch", runs.resume, out)
    runs.resume(out, screen=quiet())
    assert same_end(out, expected.folder.path)


def test_nothing_is_left_of_a_first_answer_that_was_cancelled(learnt_cache: Path, tmp_path: Path) -> None:
    data, out = learnt_photos(tmp_path / "data", 8, 8, seed=5), tmp_path / "run"
    options = runs.TrainOptions(data, size=64, threads=1, out=out)
    for title in ("features of the training photos", "features of the validation photos"):
        cancelled_at(title, runs.train, options)
        assert not out.exists()
    assert runs.train(options, quiet()).folder.path == out


def test_folds_are_cancelled_and_go_on(small_data: Path, tmp_path: Path) -> None:
    def options(name: str, **more: Any) -> runs.TrainOptions:
        return quick(small_data, tmp_path / name, epochs=1, kfold=2, **more)

    whole = runs.kfold(options("whole"), quiet())
    cancel, epochs = threading.Event(), []

    def listen(event: Event) -> None:
        if isinstance(event, Epoch):
            epochs.append(event)
            if len(epochs) == 2:
                cancel.set()

    with pytest.raises(CancelledError) as raised:
        runs.kfold(options("run"), quiet([listen]), cancel=cancel)
    assert str(raised.value) == "cancelled in fold 2; all is saved, the same command with --resume goes on."
    again = runs.kfold(options("run", resume=True), quiet())
    assert again.folder.path == tmp_path / "run"
    assert again.folder.best.read_bytes() == whole.folder.best.read_bytes()
    assert again.folder.predictions.read_bytes() == whole.folder.predictions.read_bytes()
