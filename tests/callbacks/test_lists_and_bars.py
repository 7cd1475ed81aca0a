"""CallbackList, the progress bar, and what each leaves behind when a training fails."""

import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from callbacks.tiny import model
from convolens import callbacks
from convolens.callbacks import CallbackList, CSVLogger, History, LambdaCallback, ProgbarLogger
from convolens.callbacks import progbar_logger as bars

X, Y = np.linspace(0, 1, 16, dtype=np.float32).reshape(8, 2), np.ones((8, 1), np.float32)


def test_history_and_bar_come_last_and_once() -> None:
    given = callbacks.TerminateOnNaN()
    made = CallbackList([given], add_history=True, add_progbar=True)
    assert [type(callback) for callback in made.callbacks] == [type(given), History, ProgbarLogger]
    own, bar = History(), ProgbarLogger()
    made = CallbackList([own, bar, given], add_history=True, add_progbar=True)
    assert made.callbacks == [own, bar, given]
    assert made.history is own
    assert CallbackList(made).callbacks == made.callbacks
    assert CallbackList(given).callbacks == [given]
    assert CallbackList(None).callbacks == CallbackList([]).callbacks == []
    assert CallbackList(iter([given])).callbacks == [given]


def test_model_and_params_reach_everyone() -> None:
    one, two = callbacks.LearningRateScheduler(lambda epoch: 0.1), callbacks.EarlyStopping("loss")
    trained = model()
    made = CallbackList([one, two], model=trained, metrics=["loss"], epochs=3)
    assert one.model is two.model is trained
    assert one.params["metrics"] == ["loss"]
    assert two.params["metrics"] == ["loss", "learning_rate"]
    assert two.params["epochs"] == 3
    made.set_params({"epochs": 4})
    assert two.params == {"epochs": 4}


def test_a_whole_list_can_be_given_to_fit() -> None:
    own = History()
    assert model().fit(X, Y, epochs=2, verbose=0, callbacks=CallbackList([own])) is own
    assert own.epoch == [0, 1]


@pytest.mark.parametrize("hook", [name for name in vars(CallbackList) if name.startswith("on_")])
def test_every_hook_is_passed_on_in_order(hook: str) -> None:
    heard: list[Any] = []
    newer = {"on_batch_begin": "on_train_batch_begin", "on_batch_end": "on_train_batch_end"}.get(hook, hook)
    listeners = [
        LambdaCallback(**{newer: lambda *arguments, place=place: heard.append((place, *arguments))})
        for place in range(2)
    ]
    made = CallbackList([listeners[0], History(), listeners[1]])
    arguments = (
        ()
        if hook == "on_train_abort"
        else (7, {"a": 1})
        if any(word in hook for word in ("batch", "epoch", "checkpoint"))
        else ({},)
    )
    getattr(made, hook)(*arguments)
    assert heard == [(0, *arguments), (1, *arguments)]
    assert hasattr(callbacks.Callback, hook)


def test_nobody_reads_the_device_where_nobody_listens() -> None:
    """Logs are read when a callback looks at them, not for every step."""
    read: list[int] = []

    class Counting(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            read.append(1)
            return super().__getitem__(key)

    made = CallbackList([History(), callbacks.EarlyStopping("loss")])
    made.on_train_batch_end(0, Counting(loss=1.0))
    assert read == []


def lines(**options: Any) -> str:
    stream = io.StringIO()
    bar = ProgbarLogger(Console(file=stream, width=200, **options.pop("console", {})))
    model().fit(
        X,
        Y,
        batch_size=2,
        epochs=2,
        validation_data=(X, Y),
        callbacks=[*options.pop("before", []), bar],
        **options,
    )
    return stream.getvalue()


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_without_a_terminal_there_is_a_line_an_epoch(verbose: Any) -> None:
    before = [callbacks.LearningRateScheduler(lambda epoch: 0.25)]
    text = lines(verbose=verbose, before=before).splitlines()
    assert len(text) == 2
    for number, line in enumerate(text, 1):
        assert line.startswith(f"Epoch {number}/2 - 4 steps - ")
        names = [part.split(": ")[0] for part in line.split(" - ") if ": " in part]
        assert names == ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert "learning_rate: 0.2500" in text[0]


def test_the_bar_takes_the_words_of_keras_2() -> None:
    assert (
        ProgbarLogger("steps").console is ProgbarLogger(count_mode="samples", stateful_metrics=["a"]).console
    )


def test_silence(capsys: Any) -> None:
    assert lines(verbose=0) == ""
    model().fit(X, Y, verbose=0)
    assert capsys.readouterr().out == ""
    model().fit(X, Y, verbose=1)
    assert capsys.readouterr().out.startswith("Epoch 1/1 - 1 steps - ")


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "UPDATE_SECONDS", -1.0)
    text = lines(verbose=1, console={"force_terminal": True})
    assert "Epoch 1/2" in text
    assert "4/4" in text
    assert "━" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 2  # the cursor is hidden, and shown again
    assert "━" not in lines(verbose=2, console={"force_terminal": True})


def test_a_failed_training_gives_terminal_and_files_back(tmp_path: Path) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=200)

    def fail(batch: int, logs: Any) -> None:
        raise RuntimeError("broken")

    log = CSVLogger(tmp_path / "log.csv")
    trained = model()
    with pytest.raises(RuntimeError, match="broken"):
        trained.fit(X, Y, callbacks=[log, ProgbarLogger(console), LambdaCallback(on_train_batch_end=fail)])
    assert stream.getvalue().count("\x1b[?25l") == stream.getvalue().count("\x1b[?25h") == 1
    assert log._file is None
    trained.fit(X, Y, callbacks=[log, ProgbarLogger(console)])  # rich refuses a second bar beside a first
    assert (tmp_path / "log.csv").read_text().startswith("epoch,accuracy,loss,")
    with pytest.raises(RuntimeError, match="broken"):
        trained.fit(
            X, Y, verbose=0, callbacks=[log, LambdaCallback(on_train_begin=lambda logs: fail(0, logs))]
        )
    assert log._file is None


def test_a_line_of_logs() -> None:
    logs = {
        "loss": 0.5,
        "zero": 0,
        "tiny": 1e-5,
        "nan": float("nan"),
        "note": "so",
        "f1": np.ones(2),
        "none": None,
    }
    assert bars.describe(logs) == "loss: 0.5000 - zero: 0.0000 - tiny: 1.0000e-05 - nan: nan - note: so"


def test_the_older_names_of_csv_columns_stay_when_a_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "log.csv"
    for append, names in itertools.product([True], [["loss", "val_loss"], ["val_loss", "extra", "loss"]]):
        log = CSVLogger(path, append=append)
        log.on_train_begin()
        log.on_epoch_end(0, dict.fromkeys(names, 1.5))
        log.on_train_end()
        log.on_epoch_end(1, dict.fromkeys(names, 9.5))  # after the end: nothing is written
    assert path.read_text().splitlines() == ["epoch,loss,val_loss", "0,1.5,1.5", "0,1.5,1.5"]
